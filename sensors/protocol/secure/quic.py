"""QUIC (RFC 9000, RFC 9001, RFC 9369, drafts from 21 on): the handshake in its Initial packets.

Of Google's own QUIC version and hello are read (sensors.protocol.web.google). A version that is
reserved, which a client offers so that the server must name those that it has (RFC 9000, 15), is
told by its form alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import DONE, Fields, Message, Parser, Sample, Session
from sensors.protocol.secure import description
from sensors.protocol.secure.frame import frames, varint
from sensors.protocol.secure.handshake import Gathering, Handshake
from sensors.protocol.secure.piece import Pieces
from sensors.protocol.secure.protection import DIALECTS, Dialect, initial_keys, opened
from sensors.protocol.web.google import google_hello

_LONG, _FIXED, _TYPE_AT, _TYPES = 0x80, 0x40, 4, 4
_RETRY = 3
_RESERVED, _RESERVED_VERSION = 0x0F0F0F0F, 0x0A0A0A0A
_LEAST_FIRST = 1200
"""Octets that a client's first datagram has at least (RFC 9000, 14.1)."""
_MOST_ID = 20
_LEAST_OCTETS = 7
_GOOGLE_OLD, _GOOGLE_AT, _VERSION_OCTETS = 0x09, 9, 4
_FIRST = frozenset(
    octet for octet in range(256) if octet & _LONG or octet & _GOOGLE_OLD == _GOOGLE_OLD
)
_CRYPTO_OCTETS = 16 * 1024
_FATAL = 2
_KEY = "connection"

FIELDS = (
    *description.FIELDS, "quic.version", "quic.client_initial_dcid", "quic.client_scid",
    "quic.server_scid", "user_agent.original",
)  # fmt: skip


@dataclass(slots=True)
class _Connection:
    """What is known of a connection."""

    handshake: Handshake = field(default_factory=lambda: Handshake("q"))
    gathering: Gathering = field(default_factory=Gathering)
    version: str = ""
    destination: bytes = b""
    """Connection id that the client's first packet went to; that of a retry takes its place."""
    sources: dict[str, bytes] = field(default_factory=dict)
    """Connection ids that the sides chose, by side."""
    pieces: dict[str, Pieces] = field(default_factory=dict)
    """What is there of the handshake messages, by side."""
    read: dict[str, int] = field(default_factory=dict)
    """Octets of them that were read, by side."""


class _Packet(NamedTuple):
    """A packet with a long header."""

    dialect: Dialect
    is_initial: bool
    destination: bytes
    source: bytes
    octets: bytes
    number_at: int


def begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a datagram begins with an Initial packet of a version that is known."""
    if len(octets) < _LEAST_OCTETS:
        return False
    dialect = DIALECTS.get(int.from_bytes(octets[1:5]))
    if dialect is None:
        return _google_version(octets) is not None or _is_reserved(octets)
    return (
        octets[0] & _LONG != 0
        and _kind(octets[0], dialect) == 0
        and octets[5] <= _MOST_ID
        and octets[6 + octets[5] : 7 + octets[5]] <= bytes((_MOST_ID,))
    )


def _is_reserved(octets: bytes) -> bool:
    """Tell a first packet, which is always long, of a version that stands for none."""
    version = int.from_bytes(octets[1:5])
    return (
        len(octets) >= _LEAST_FIRST
        and octets[0] & (_LONG | _FIXED) == _LONG | _FIXED
        and version & _RESERVED == _RESERVED_VERSION
        and octets[5] <= _MOST_ID
    )


def _kind(first: int, dialect: Dialect) -> int:
    """Return the type of a long header as version 1 counts: Initial 0, 0-RTT, Handshake, Retry."""
    return ((first >> _TYPE_AT) - dialect.initial) % _TYPES


def _google_version(octets: bytes) -> str | None:
    """Return the version of Google's QUIC, in the newer header or in the old one."""
    if len(octets) < _LEAST_OCTETS:
        return None
    is_old = octets[0] & (_LONG | _GOOGLE_OLD) == _GOOGLE_OLD
    at = _GOOGLE_AT if is_old else 1
    version = octets[at : at + _VERSION_OCTETS]
    fits = (is_old or octets[0] & _LONG) and len(version) == _VERSION_OCTETS
    return version.decode() if fits and version[:1] == b"Q" and version[1:].isdigit() else None


def read(message: Message) -> Iterable[Fields]:
    """Read the packets of a datagram; yield the record of the handshake once it is over."""
    connection = _connection_of(message.session)
    octets, at = message.octets, 0
    google = _google_version(octets) if not connection.version else None
    if google is not None:
        message.session[DONE] = True
        hello = google_hello(octets)
        return ({"event.action": "quic_handshake", "quic.version": google, **hello},)
    while at + _LEAST_OCTETS <= len(octets):
        if not octets[at] & _LONG:
            connection.handshake.protect(len(octets) - at, from_client=message.from_client)
            break
        packet = _packet(octets, at)
        if packet is None:
            break
        if packet.is_initial:
            _take(connection, packet, message)
        at += len(packet.octets)
    if not connection.handshake.is_over:
        return ()
    message.session[DONE] = True
    return finish(message.session)


def _packet(octets: bytes, at: int) -> _Packet | None:
    """Return the packet that begins at an offset; None where the rest cannot be read or is cut."""
    cursor = Cursor(octets, at)
    first = cursor.octet()
    dialect = DIALECTS.get(cursor.big(4))
    if dialect is None:
        return None
    destination = cursor.take(cursor.octet())
    source = cursor.take(cursor.octet())
    kind = _kind(first, dialect)
    if kind == _RETRY:
        return None
    if kind == 0:
        cursor.skip(varint(cursor))
    length = varint(cursor)
    number_at = cursor.at - at
    if length > cursor.left:
        return None
    cursor.skip(length)
    return _Packet(dialect, kind == 0, destination, source, octets[at : cursor.at], number_at)


def _take(connection: _Connection, packet: _Packet, message: Message) -> None:
    """Open an Initial packet and hand what it says to the handshake."""
    side, payload = _opened(connection, packet, from_client=message.from_client)
    if payload is None:
        return
    from_client = message.from_client
    connection.sources.setdefault(side, packet.source)
    found = frames(payload)
    pieces = connection.pieces.setdefault(side, Pieces(_CRYPTO_OCTETS))
    for offset, octets in found.pieces:
        pieces.add(offset, octets)
    fresh = pieces.front[connection.read.get(side, 0) :]
    connection.read[side] = len(pieces.front)
    for kind, body in connection.gathering.messages(fresh, from_client=from_client):
        connection.handshake.take(kind, body, from_client=from_client, time=message.time)
    if found.alert is not None:
        connection.handshake.alert(bytes((_FATAL, found.alert)))


def _opened(
    connection: _Connection, packet: _Packet, *, from_client: bool
) -> tuple[str, bytes | None]:
    """Return who sent a packet and what it holds, None where no key fits.

    Keys come from where the client's first packet went to, and after a retry from where the next
    one goes to.
    """
    side = connection.handshake.who(from_client=from_client)
    for destination, sender in ((connection.destination, side), (packet.destination, "client")):
        if not destination:
            continue
        keys = initial_keys(packet.dialect, destination, sender)
        payload = opened(packet.octets, packet.number_at, keys)
        if payload is not None:
            if sender == "client":
                connection.version = packet.dialect.name
                connection.destination = destination
            return sender, payload
    return side, None


def _connection_of(session: Session) -> _Connection:
    known = session.get(_KEY)
    if isinstance(known, _Connection):
        return known
    session[_KEY] = made = _Connection()
    return made


def finish(session: Session) -> Iterator[Fields]:
    """Yield the record of a connection whose handshake could be read."""
    connection = session.get(_KEY)
    if not isinstance(connection, _Connection) or not connection.handshake.is_heard:
        return
    said = description.description(connection.handshake)
    said["event.action"] = "quic_handshake"
    said["quic.version"] = connection.version
    said["quic.client_initial_dcid"] = connection.destination.hex()
    said |= {f"quic.{side}_scid": one.hex() for side, one in connection.sources.items() if one}
    yield said


PARSER = Parser(
    name="quic",
    standard="RFC 9000, RFC 9001, RFC 9369",
    transport="udp",
    ports=(443, 784, 853, 4433, 8853),
    begins=begins,
    read=read,
    finish=finish,
    fields=FIELDS,
    anywhere=True,
    first=_FIRST,
    samples=(Sample(b"\x0dCONNECTNQ043\1" + bytes(20), {"quic.version": "Q043"}),),
)
