"""Damaged handshakes: whatever stands in them, they are read or refused, and little is kept."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.protocol.parser import DONE, Fields, Message, Parser, Session
from sensors.protocol.secure import dtls, quic, ssh, tls
from situation.faults import Malformed
from tests.faults.site import soak
from tests.sensors.building import START
from tests.sensors.protocol.secure import test_dtls, test_quic, test_ssh
from tests.sensors.protocol.secure.certified import ENCRYPTING, SIGNING
from tests.sensors.protocol.secure.spoken import (
    chain,
    client_body,
    extension,
    hello,
    message,
    named,
    protocols,
    record,
    server_body,
    versions,
)

MUTATIONS = (300, 200_000)
SERVER = message(2, server_body(extension(43, b"\3\4"), extension(51, b"\0\x1d\0\0")))
FLIGHT = record(22, SERVER + message(11, chain(SIGNING, ENCRYPTING)) + message(12, b"\3\0\x17abcd"))

CONVERSATIONS: Sequence[tuple[Parser, Sequence[bytes]]] = (
    (tls.TLS, (hello(named("a.example"), protocols(b"h2"), versions(0x0304)), FLIGHT)),
    (tls.TLCP, (record(22, message(1, client_body(version=0x0101)), 0x0101), FLIGHT)),
    (
        dtls.PARSER,
        (
            test_dtls.record(22, test_dtls.fragment(1, test_dtls.CLIENT, 0, 0, 40)),
            test_dtls.record(22, test_dtls.fragment(11, chain(SIGNING), 1)),
            test_dtls.record(22, test_dtls.fragment(1, test_dtls.CLIENT, 0, 40)),
        ),
    ),
    (ssh.PARSER, (test_ssh.BANNERS[0], test_ssh.offer(test_ssh.CLIENT_LISTS))),
    (ssh.PARSER, (test_ssh.offer(test_ssh.SERVER_LISTS), test_ssh.packet(31, test_ssh.KEY))),
)
PAYLOAD = test_quic.crypto(test_quic.CLIENT[:60]) + b"\2\1\1\1\0\0" + b"\1" + b"\0" * 20
PAYLOAD += test_quic.crypto(test_quic.CLIENT[60:], 60) + b"\x1c\1\x28\0\0"


@st.composite
def damaged(draw: st.DrawFn, octets: bytes) -> bytes:
    """Draw octets of which some are others, missing or doubled."""
    made = bytearray(octets)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(made)))
        how = draw(st.integers(0, 2))
        if how == 0 and at < len(made):
            made[at] = draw(st.sampled_from((0, 1, 2, 0x10, 0x7F, 0x80, 0xFF)))
        elif how == 1:
            del made[at : at + draw(st.integers(1, 8))]
        else:
            made[at:at] = made[at : at + draw(st.integers(1, 64))]
    return bytes(made)


def read(parser: Parser, said: Sequence[bytes]) -> list[Fields]:
    """Read a conversation to its end, return what it says; nothing but Malformed is raised."""
    session: Session = {}
    for number, octets in enumerate(said):
        parser.begins(octets, number % 2 == 0)
        parser.length(octets)
        try:
            list(parser.read(Message(octets, number % 2 == 0, START, session)))
        except Malformed:
            continue
    return [] if session.get(DONE) else list(parser.finish(session))


def declared(parser: Parser, records: Sequence[Fields]) -> bool:
    return all(set(fields) <= set(parser.fields) for fields in records)


@settings(max_examples=soak(*MUTATIONS), deadline=None)
@given(st.data())
def test_damaged_handshakes_are_read_or_refused(data: st.DataObject) -> None:
    parser, said = data.draw(st.sampled_from(CONVERSATIONS))
    assert declared(parser, read(parser, [data.draw(damaged(octets)) for octets in said]))


@settings(max_examples=soak(*MUTATIONS), deadline=None)
@given(damaged(PAYLOAD), damaged(test_quic.initial(PAYLOAD)))
def test_damaged_packets_of_quic_are_read_or_refused(payload: bytes, packet: bytes) -> None:
    records = read(quic.PARSER, [packet, b"", test_quic.initial(payload[:1000])])
    assert declared(quic.PARSER, records)


def test_what_is_kept_of_an_endless_handshake_is_bounded() -> None:
    session: Session = {}
    part = record(22, b"\x0b\0\xff\xff" + b"c" * 16_000)
    for _ in range(40):
        list(tls.TLS.read(Message(part, from_client=False, time=START, session=session)))
    pieces = [test_dtls.fragment(11, bytes(60_000), number, 50, 90) for number in range(400)]
    for piece in pieces:
        octets = test_dtls.record(22, piece)
        list(dtls.PARSER.read(Message(octets, from_client=False, time=START, session=session)))
    assert sum(map(_held, session.values())) < 3 * 64 * 1024


def _held(kept: object) -> int:
    """Return about how many octets a value of a session holds."""
    if isinstance(kept, bytes):
        return len(kept)
    if isinstance(kept, dict):
        return sum(map(_held, kept.values()))
    return sum(_held(getattr(kept, name)) for name in getattr(kept, "__slots__", ()))
