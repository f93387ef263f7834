"""Hellos of SSL 2.0, by which old clients also offer newer versions (RFC 6101, appendix E)."""

import struct
from typing import NamedTuple

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import LOST, MORE, Message
from sensors.protocol.secure.handshake import Handshake
from sensors.protocol.secure.hello import ClientHello, ServerHello

_CLIENT_HELLO, _SERVER_HELLO = 1, 4
_CLIENT, _SERVER = struct.Struct(">BHHHH"), struct.Struct(">BxxHHHH")
_SHORT_HEAD, _HEAD_OCTETS = 0x80, 2
FIRST = range(_SHORT_HEAD, 0x100)
"""What the first octet of a hello may be."""
_SSL_2 = 0x0002
_VERSIONS = (_SSL_2, 0x0300, 0x0301, 0x0302, 0x0303)
_SPECIFICATION_OCTETS = 3
_LEAST_OCTETS = _HEAD_OCTETS + _SERVER.size


class _Hello(NamedTuple):
    """Head of a hello: kind, version, and the octets of the three fields behind it."""

    kind: int
    version: int
    first: int
    second: int
    third: int


def _head(octets: bytes) -> _Hello | None:
    """Return the head of a hello whose lengths make up that of its record; None if it is none."""
    if not octets[0] & _SHORT_HEAD or octets[2] not in (_CLIENT_HELLO, _SERVER_HELLO):
        return None
    form = _CLIENT if octets[2] == _CLIENT_HELLO else _SERVER
    hello = _Hello(*form.unpack_from(octets, _HEAD_OCTETS))
    content = (octets[0] & ~_SHORT_HEAD) << 8 | octets[1]
    fits = form.size + hello.first + hello.second + hello.third == content
    return hello if fits and hello.version in _VERSIONS else None


def length(octets: bytes) -> int:
    """Return the octets of a hello record; others are under keys and none of ours."""
    if len(octets) < _LEAST_OCTETS:
        return MORE if octets[0] & _SHORT_HEAD else LOST
    if _head(octets) is None:
        return LOST
    return _HEAD_OCTETS + ((octets[0] & ~_SHORT_HEAD) << 8 | octets[1])


def begins(octets: bytes) -> bool:
    """Tell whether a stream begins with a hello of SSL 2.0."""
    return len(octets) >= _LEAST_OCTETS and _head(octets) is not None


def take(message: Message, handshake: Handshake) -> None:
    """Hand a hello record to the handshake; another record is passed over.

    Raises `Short` where it ends before what it announces.
    """
    octets = message.octets
    hello = _head(octets) if len(octets) >= _LEAST_OCTETS else None
    if hello is None:
        return
    if hello.kind == _CLIENT_HELLO:
        cursor = Cursor(octets, _HEAD_OCTETS + _CLIENT.size)
        ciphers = _registered(cursor.take(hello.first))
        offered = ClientHello(
            hello.version, cursor.take(hello.second), ciphers, (), {}, is_old=True
        )
        handshake.offer(offered, from_client=message.from_client, time=message.time)
        return
    cursor = Cursor(octets, _HEAD_OCTETS + _SERVER.size)
    chain = (cursor.take(hello.first),) if hello.first else ()
    chosen = ServerHello(hello.version, b"", 0, (), {})
    handshake.choose(chosen, from_client=message.from_client, time=message.time)
    handshake.certificates["server"] = chain
    handshake.is_over = True


def _registered(specifications: bytes) -> bytes:
    """Return the suites of newer versions among those of three octets, two octets each."""
    return b"".join(
        specifications[at + 1 : at + _SPECIFICATION_OCTETS]
        for at in range(0, len(specifications), _SPECIFICATION_OCTETS)
        if specifications[at] == 0
    )
