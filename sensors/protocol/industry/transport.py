"""ISO transport over TCP (RFC 1006, 6; X.224, 13): what S7comm and MMS lie in."""

from typing import NamedTuple

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import LOST, MORE, Session
from situation.faults import Malformed

CONNECT, CONFIRM, DATA = 0xE0, 0xD0, 0xF0
KIND_AT = 5
"""Where the kind of the transport unit stands in a packet."""
USER_DATA_AT = 7
"""Where user data begin in a packet of kind DATA."""

_VERSION = b"\x03\x00"
_HEAD_OCTETS = 4
_LEAST_OCTETS = 7
_LAST = 0x80
_CALLED = 0xC2
_FIXED_OCTETS = 6
_GATHERED_LIMIT = 64 * 1024


class Unit(NamedTuple):
    """A transport unit; `data` holds the user data of kind DATA, `called` the called TSAP."""

    kind: int
    data: bytes
    called: bytes
    is_last: bool


def packet_length(octets: bytes) -> int:
    """Return the octets of the packet that stands in front of a stream, MORE or LOST."""
    if len(octets) < _HEAD_OCTETS:
        return MORE
    length = int.from_bytes(octets[2:4])
    return length if octets[:2] == _VERSION and length >= _LEAST_OCTETS else LOST


def unit(octets: bytes) -> Unit:
    """Return the transport unit of a packet; raise Malformed where it is none."""
    cursor = Cursor(octets)
    if cursor.take(2) != _VERSION:
        raise Malformed("the version is another than 3", where="message")
    cursor.skip(2)
    head = cursor.part(cursor.octet())
    kind = head.octet() & 0xF0
    if kind == DATA:
        return Unit(kind, cursor.rest(), b"", bool(head.octet() & _LAST))
    if kind not in {CONNECT, CONFIRM}:
        return Unit(kind, b"", b"", is_last=True)
    head.skip(_FIXED_OCTETS - 1)
    return Unit(kind, b"", _parameter(head, _CALLED), is_last=True)


def _parameter(head: Cursor, wanted: int) -> bytes:
    while head.left:
        code = head.octet()
        value = head.take(head.octet())
        if code == wanted:
            return value
    return b""


def gathered(session: Session, unit: Unit, *, from_client: bool) -> bytes:
    """Return the user data of a unit with those before it; nothing while more are to come."""
    key = f"unit_{int(from_client)}"
    begun = session.pop(key, b"")
    data = begun + unit.data if isinstance(begun, bytes) else unit.data
    if unit.is_last or len(data) > _GATHERED_LIMIT:
        return data
    if data:
        session[key] = data
    return b""
