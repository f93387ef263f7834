"""RTF as Outlook packs it ([MS-OXRTFCP]): LZ with a dictionary that is filled at first."""

import struct
from collections.abc import Callable

from sensors.content.reader import Broken

_PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_SIZE = 4096
_HEAD = struct.Struct("<IIII")
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_LEAST = 2


def unpacked_rtf(octets: bytes, spend: Callable[[int], None]) -> bytes:
    """Return the RTF; `spend` is told of each stretch before it is kept."""
    if len(octets) < _HEAD.size:
        raise Broken("packed RTF without its head")
    _, raw, kind, _ = _HEAD.unpack_from(octets)
    if kind == _PLAIN:
        return octets[_HEAD.size : _HEAD.size + raw]
    if kind != _PACKED:
        raise Broken("packed RTF of an unknown kind")
    spend(min(raw, len(octets) * 18))
    return _unpacked(octets[_HEAD.size :])


def _unpacked(packed: bytes) -> bytes:
    window = bytearray(_PRELOADED.ljust(_SIZE, b"\0"))
    write, at, out = len(_PRELOADED), 0, bytearray()
    while at < len(packed):
        control = packed[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                run = packed[at : at + 1]
                at += 1
            else:
                token = int.from_bytes(packed[at : at + 2], "big")
                at += 2
                read, length = token >> 4, (token & 15) + _LEAST
                if read == write or at > len(packed):
                    return bytes(out)
                run = _run(window, read, length, write)
            for octet in run:
                window[write] = octet
                write = (write + 1) % _SIZE
            out += run
    return bytes(out)


def _run(window: bytearray, read: int, length: int, write: int) -> bytes:
    """Return a stretch of the dictionary, which may go on into what it writes itself."""
    distance = (write - read) % _SIZE
    seen = bytes(window[(read + step) % _SIZE] for step in range(min(length, distance)))
    return (seen * (length // len(seen) + 1))[:length]
