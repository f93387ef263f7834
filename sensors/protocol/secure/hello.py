"""Hello messages of TLS, DTLS and TLCP: what a client offers and what a server chooses.

RFC 8446, 4.1.2 and 4.1.3; RFC 5246, 7.4.1; RFC 6347, 4.2.1; GB/T 38636-2020.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from sensors.protocol.cursor import Cursor, Short
from sensors.protocol.secure.numbers import GREASE, sixteen
from sensors.protocol.text import text_of

SERVER_NAME, GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS, ALPN = 0, 10, 11, 13, 16
PRE_SHARED_KEY, SUPPORTED_VERSIONS, KEY_SHARE = 41, 43, 51
ENCRYPTED_HELLO, ENCRYPTED_NAME = 0xFE0D, 0xFFCE
"""Extensions of which more is read than that they are there."""

_HEAD = struct.Struct(">HH")
_RANDOM = 32
_HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_DTLS = (0xFEFF, 0xFEFD, 0x0100)
_TLS_1_2, _TLS_1_3 = 0x0303, 0x0304
_FIRST_DRAFT, _LAST_SHORT_DRAFT = 0x7F00, 0x7F15
_HOST_NAME = 0


class ClientHello(NamedTuple):
    """What a client offers."""

    version: int
    """As the field says; newer clients tell more in an extension."""
    session: bytes
    ciphers: bytes
    """The suites, two octets each."""
    extensions: tuple[int, ...]
    """Types in the order in which they stand."""
    bodies: Mapping[int, bytes]
    """Contents by type; of a type that stands twice the last."""
    is_old: bool = False
    """Whether it came in the form of SSL 2.0, which has no fingerprint."""


class ServerHello(NamedTuple):
    """What a server chooses."""

    version: int
    session: bytes
    cipher: int
    extensions: tuple[int, ...]
    bodies: Mapping[int, bytes]
    is_retry: bool = False
    """Whether it asks for another hello (RFC 8446, 4.1.4)."""

    @property
    def chosen_version(self) -> int:
        """The version that both speak from here on."""
        body = self.bodies.get(SUPPORTED_VERSIONS, b"")
        return int.from_bytes(body) if len(body) == 2 else self.version  # noqa: PLR2004 - 16 bits


def client_hello(body: bytes) -> ClientHello:
    """Read the message; raises `Short` where it ends before what it announces."""
    cursor = Cursor(body)
    version = cursor.big(2)
    cursor.skip(_RANDOM)
    session = cursor.take(cursor.octet())
    if version in _DTLS:
        cursor.skip(cursor.octet())
    ciphers = cursor.take(cursor.big(2))
    cursor.skip(cursor.octet())
    return ClientHello(version, session, ciphers, *_extensions(cursor))


def server_hello(body: bytes) -> ServerHello:
    """Read the message; raises `Short` where it ends before what it announces."""
    cursor = Cursor(body)
    version = cursor.big(2)
    random = cursor.take(_RANDOM)
    # The first drafts of TLS 1.3 had neither session nor compression.
    is_short = _FIRST_DRAFT <= version <= _LAST_SHORT_DRAFT
    session = b"" if is_short else cursor.take(cursor.octet())
    cipher = cursor.big(2)
    if not is_short:
        cursor.skip(1)
    return ServerHello(version, session, cipher, *_extensions(cursor), random == _HELLO_RETRY)


def _extensions(cursor: Cursor) -> tuple[tuple[int, ...], dict[int, bytes]]:
    """Read the extensions that may follow; a block that is longer than the message is cut."""
    types: list[int] = []
    bodies: dict[int, bytes] = {}
    if cursor.left < 2:  # noqa: PLR2004 - 16 bits
        return (), bodies
    octets, at = cursor.octets, cursor.at + 2
    announced = cursor.big(2)
    end = at + announced
    if end > cursor.end:
        raise Short(announced, cursor.left)
    while at + 4 <= end:
        kind, length = _HEAD.unpack_from(octets, at)
        at += 4
        if at + length > end:
            raise Short(length, end - at)
        types.append(kind)
        bodies[kind] = octets[at : at + length]
        at += length
    return tuple(types), bodies


def server_name(hello: ClientHello) -> str | None:
    """Return the host that the client asks for (RFC 6066, 3)."""
    body = hello.bodies.get(SERVER_NAME, b"")
    length = int.from_bytes(body[3:5])
    name = body[5 : 5 + length]
    if not name or body[2] != _HOST_NAME:
        return None
    return text_of(name).rstrip(".").lower() or None


def application_protocols(bodies: Mapping[int, bytes]) -> list[bytes]:
    """Return the protocols of ALPN (RFC 7301, 3.1) in order."""
    body = bodies.get(ALPN, b"")
    names, at = [], 2
    while at < len(body):
        length = body[at]
        names.append(body[at + 1 : at + 1 + length])
        at += 1 + length
    return names


def offered_version(hello: ClientHello) -> int:
    """Return the highest version that the client speaks, without GREASE.

    Versions of DTLS count downwards.
    """
    body = hello.bodies.get(SUPPORTED_VERSIONS, b"")
    offered = sixteen(body[1 : 1 + body[0]]) if body else []
    if not offered:
        return hello.version
    return min(offered) if hello.version in _DTLS else max(offered)


def chosen_group(hello: ServerHello) -> int | None:
    """Return the group of the key share (RFC 8446, 4.2.8)."""
    body = hello.bodies.get(KEY_SHARE, b"")
    group = int.from_bytes(body[:2])
    return group if group and group not in GREASE else None
