"""Frames of QUIC's Initial packets (RFC 9000, 19)."""

from typing import NamedTuple

from sensors.protocol.cursor import Cursor

_PADDING, _PING, _ACK, _ACK_ECN, _CLOSE = 0x00, 0x01, 0x02, 0x03, 0x1C
_CRYPTO = (0x06, 0x08)
"""The second one is that of Google's T050 and T051; it is no frame of Initial packets else."""
_ECN_COUNTS = 3
_ALERTS = 0x01
_SIZE_AT = 6


class Frames(NamedTuple):
    """What an Initial packet says of the handshake."""

    pieces: list[tuple[int, bytes]]
    """Of the handshake messages, each with its offset."""
    alert: int | None
    """The alert of TLS that the connection is closed for (RFC 9001, 4.8)."""


def varint(cursor: Cursor) -> int:
    """Read a number of 1, 2, 4 or 8 octets (RFC 9000, 16)."""
    first = cursor.octet()
    rest = (1 << (first >> _SIZE_AT)) - 1
    return (first & 0x3F) << 8 * rest | int.from_bytes(cursor.take(rest))


def frames(payload: bytes) -> Frames:
    """Read the frames up to one that is no frame of Initial packets.

    Raises `Short` where a frame ends before what it announces.
    """
    cursor = Cursor(payload)
    pieces: list[tuple[int, bytes]] = []
    while cursor.left:
        kind = cursor.octet()
        if kind == _PADDING:
            cursor.at = cursor.end - len(payload[cursor.at :].lstrip(b"\0"))
        elif kind in _CRYPTO:
            pieces.append((varint(cursor), cursor.take(varint(cursor))))
        elif kind in (_ACK, _ACK_ECN):
            _skip_acknowledgment(cursor, kind)
        elif kind == _CLOSE:
            error = varint(cursor)
            return Frames(pieces, error & 0xFF if error >> 8 == _ALERTS else None)
        elif kind != _PING:
            break
    return Frames(pieces, None)


def _skip_acknowledgment(cursor: Cursor, kind: int) -> None:
    varint(cursor)
    varint(cursor)
    numbers = 1 + 2 * varint(cursor) + (_ECN_COUNTS if kind == _ACK_ECN else 0)
    for _ in range(numbers):
        varint(cursor)
