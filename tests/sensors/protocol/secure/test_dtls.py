"""Handshakes of DTLS: fragments, cookies, records under keys."""

import struct

from sensors.protocol.secure.dtls import PARSER
from tests.sensors.protocol.secure.certified import certificate
from tests.sensors.protocol.secure.spoken import (
    begun,
    chain,
    client_body,
    extension,
    named,
    server_body,
    told,
    versions,
)


def record(kind: int, content: bytes, *, epoch: int = 0, version: int = 0xFEFD) -> bytes:
    return struct.pack(">BHH6xH", kind, version, epoch, len(content)) + content


def fragment(kind: int, body: bytes, number: int, begin: int = 0, end: int | None = None) -> bytes:
    """Return a part of a handshake message."""
    part = body[begin:end]
    head = bytes((kind,)) + len(body).to_bytes(3) + number.to_bytes(2)
    return head + begin.to_bytes(3) + len(part).to_bytes(3) + part


CLIENT = client_body(named("things.example"), version=0xFEFD, cookie=b"")
CHANGE = record(20, b"\1")


def test_a_handshake_with_a_cookie_is_one_record() -> None:
    again = client_body(named("things.example"), version=0xFEFD, cookie=b"cookie")
    server = server_body(version=0xFEFD)
    said = told(
        PARSER,
        (True, record(22, fragment(1, CLIENT, 0))),
        (False, record(22, fragment(3, b"\xfe\xfd\6cookie", 0))),
        (True, record(22, fragment(1, again, 1))),
        (
            False,
            record(22, fragment(2, server, 1) + fragment(11, chain(certificate()), 2)),
        ),
        (True, CHANGE + record(22, b"f" * 48, epoch=1)),
        (False, CHANGE + record(22, b"f" * 48, epoch=1)),
    )
    assert (said["tls.version_protocol"], said["tls.version"]) == ("dtls", "1.2")
    assert said["tls.client.server_name"] == "things.example"
    assert str(said["citywatch.tls.client.ja4"]).startswith("dd2d0301")
    assert said["tls.established"] is True
    assert said["tls.server.subject"] == "CN=portal.example,C=CN"


def test_fragments_come_in_any_order_and_twice() -> None:
    parts = [fragment(1, CLIENT, 0, at, at + 20) for at in range(0, len(CLIENT), 20)]
    said = told(PARSER, *[(True, record(22, part)) for part in [*parts[::-1], parts[0]]])
    assert said["tls.client.server_name"] == "things.example"


def test_dtls_1_3_is_told_by_its_extension() -> None:
    client = client_body(versions(0xFEFC, 0xFEFD), version=0xFEFD, cookie=b"")
    server = server_body(extension(43, b"\xfe\xfc"), version=0xFEFD, suite=0x1301)
    said = told(
        PARSER,
        (True, record(22, fragment(1, client, 0))),
        (False, record(22, fragment(2, server, 0))),
    )
    assert (said["tls.version_protocol"], said["tls.version"]) == ("dtls", "1.3")
    assert str(said["citywatch.tls.client.ja4"]).startswith("dd3i")


def test_other_datagrams_do_not_begin_one() -> None:
    whole = record(22, fragment(1, CLIENT, 0))
    assert begun(PARSER, whole)
    assert not begun(PARSER, whole[:13])
    assert not begun(PARSER, record(22, fragment(1, CLIENT, 0), epoch=1))
    assert not begun(PARSER, record(22, fragment(1, CLIENT, 0), version=0x0303))
    assert not begun(PARSER, record(23, b"d" * 40))
