"""QUIC: Initial packets are opened, whatever way their pieces come."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sensors.protocol.secure.protection import DIALECTS, Dialect, initial_keys
from sensors.protocol.secure.quic import PARSER
from tests.sensors.protocol.secure.spoken import (
    begun,
    client_body,
    extension,
    heard,
    message,
    named,
    numbers,
    protocols,
    server_body,
    sized,
    told,
    versions,
)

DESTINATION = bytes.fromhex("8394c8f03e515708")
CLIENT = message(1, client_body(named("portal.example"), protocols(b"h3"), versions(0x0304)))
SERVER = message(
    2, server_body(extension(43, b"\3\4"), extension(51, numbers(29, 0)), suite=0x1301)
)
LEAST = 1200


def crypto(octets: bytes, at: int = 0) -> bytes:
    """Return a frame with a piece of the handshake."""
    return b"\6" + (0x4000 | at).to_bytes(2) + (0x4000 | len(octets)).to_bytes(2) + octets


def initial(
    payload: bytes,
    *,
    side: str = "client",
    version: int = 1,
    destination: bytes = DESTINATION,
    keyed: bytes = DESTINATION,
    number: int = 0,
) -> bytes:
    """Return a protected Initial packet, padded to what a datagram needs."""
    dialect: Dialect = DIALECTS[version]
    keys = initial_keys(dialect, keyed, side)
    padded = payload + b"\0" * (LEAST - 60 - len(payload))
    length = 0x4000 | 2 + len(padded) + 16
    first = 0xC1 | dialect.initial << 4
    head = bytes((first,)) + version.to_bytes(4) + sized(1, destination) + sized(1, b"source")
    head += b"\0" + length.to_bytes(2)
    nonce = (int.from_bytes(keys.iv) ^ number).to_bytes(12)
    sealed = keys.packet.encrypt(nonce, padded, head + number.to_bytes(2))
    sample = sealed[2:18]
    mask = keys.header.encryptor().update(sample)
    hidden = (number ^ int.from_bytes(mask[1:3])).to_bytes(2)
    return bytes((first ^ mask[0] & 0x0F,)) + head[1:] + hidden + sealed


def test_keys_are_those_of_the_worked_example() -> None:
    keys = initial_keys(DIALECTS[1], DESTINATION, "client")
    expected = AESGCM(bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d"))
    assert keys.iv == bytes.fromhex("fa044b2f42a3fd3b46fb255c")
    assert keys.packet.encrypt(keys.iv, b"", b"") == expected.encrypt(keys.iv, b"", b"")
    sample = bytes.fromhex("d1b1c98dd7689fb8ec11d242b123dc9b")
    assert keys.header.encryptor().update(sample)[:5] == bytes.fromhex("437b9aec36")


@pytest.mark.parametrize("version", DIALECTS)
def test_both_hellos_are_read_in_every_version(version: int) -> None:
    said = told(
        PARSER,
        (True, initial(crypto(CLIENT), version=version)),
        (
            False,
            initial(
                b"\2\0\0\0\0" + crypto(SERVER), side="server", version=version, destination=b""
            ),
        ),
        (True, b"\x41" + b"p" * 60),
    )
    assert said["quic.version"] == DIALECTS[version].name
    assert said["tls.client.server_name"] == "portal.example"
    assert said["tls.client.alpn"] == ["h3"]
    assert str(said["citywatch.tls.client.ja4"]).startswith("q13d0303h3")
    assert (said["tls.version"], said["tls.cipher"]) == ("1.3", "TLS_AES_128_GCM_SHA256")
    assert said["tls.established"] is True
    assert said["quic.client_initial_dcid"] == DESTINATION.hex()
    assert said["quic.client_scid"] == b"source".hex()


def test_pieces_come_in_any_order_over_several_datagrams() -> None:
    pieces = [crypto(CLIENT[at : at + 30], at) for at in range(0, len(CLIENT), 30)]
    first = initial(pieces[2] + b"\1" + pieces[0] + b"\0" * 5, number=0)
    second = initial(b"".join(pieces[3:]) + pieces[1] + pieces[0], number=1)
    said = told(PARSER, (True, first), (True, second))
    assert said["tls.client.server_name"] == "portal.example"


def test_packets_that_share_a_datagram_are_told_apart() -> None:
    half = len(CLIENT) // 2
    both = initial(crypto(CLIENT[half:], half)) + initial(crypto(CLIENT[:half]), number=1)
    assert told(PARSER, (True, both))["tls.client.server_name"] == "portal.example"


def test_after_a_retry_keys_come_from_the_new_destination() -> None:
    later = b"retry-id"
    said = told(
        PARSER,
        (True, initial(crypto(CLIENT))),
        (False, b"\xf0" + (1).to_bytes(4) + b"\6source" + sized(1, later) + b"t" * 40),
        (True, initial(crypto(CLIENT), destination=later, keyed=later, number=1)),
        (False, initial(crypto(SERVER), side="server", destination=b"source", keyed=later)),
    )
    assert said["tls.cipher"] == "TLS_AES_128_GCM_SHA256"


def test_a_close_for_an_alert_is_told() -> None:
    close = b"\x1c\x41\x28\0\0"
    said = told(PARSER, (True, initial(crypto(CLIENT))), (False, initial(close, side="server")))
    assert said["tls.alerts"] == ["handshake_failure"]


def test_a_packet_under_other_keys_says_nothing() -> None:
    assert heard(PARSER, (True, initial(crypto(CLIENT), keyed=b"another!"))) == []


@pytest.mark.parametrize(
    "octets",
    [b"\x0d" + b"c" * 8 + b"Q043" + b"\1" + b"x" * 30, b"\xc3Q046\x50" + b"c" * 8 + b"x" * 30],
)
def test_quic_of_google_is_told_by_its_version(octets: bytes) -> None:
    assert begun(PARSER, octets)
    assert str(told(PARSER, (True, octets))["quic.version"]).startswith("Q04")


def test_a_version_that_is_reserved_is_told_by_the_form_of_a_first_packet() -> None:
    first = b"\xc0" + bytes.fromhex("1a2a3a4a") + b"\x08" + b"d" * 1300
    assert begun(PARSER, first)
    assert not begun(PARSER, first[:1000])
    assert not begun(PARSER, b"\xc0" + bytes.fromhex("1a2a3a4b") + first[5:])
    assert heard(PARSER, (True, first)) == []


def test_other_datagrams_do_not_begin_one() -> None:
    whole = initial(crypto(CLIENT))
    assert begun(PARSER, whole)
    assert not begun(PARSER, b"\x40" + whole[1:])
    assert not begun(PARSER, b"\xc0\x1a\x2a\x3a\x4a" + whole[5:])
    assert not begun(PARSER, whole[:6])
