"""The directory at the end of a zip archive, before anything is made of it (APPNOTE 4.3.12-16).

A library makes an object of each entry: how long the directory is has to be known before.
"""

import os
import struct
from typing import BinaryIO

_END = b"PK\x05\x06"
_END_OCTETS = 22
_COMMENT_OCTETS = 65_535
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
_LOCATOR_OCTETS = 20
_WIDE = 0xFFFFFFFF


def directory_octets(stream: BinaryIO) -> int:
    """Return how many octets the directory claims; 0 where the archive has no end."""
    size = stream.seek(0, os.SEEK_END)
    start = stream.seek(max(0, size - _END_OCTETS - _COMMENT_OCTETS - _LOCATOR_OCTETS))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_OCTETS:
        return 0
    claimed: int = struct.unpack_from("<I", tail, at + 12)[0]
    if claimed != _WIDE:
        return claimed
    return _wide_octets(stream, tail, at, start + at)


def _wide_octets(stream: BinaryIO, tail: bytes, at: int, end: int) -> int:
    """Return what the ZIP64 record says, or all before the end where it is not found."""
    locator = at - _LOCATOR_OCTETS
    if locator < 0 or tail[locator : locator + 4] != _LOCATOR_64:
        return end
    stream.seek(min(end, struct.unpack_from("<Q", tail, locator + 8)[0]))
    record = stream.read(56)
    if record[:4] != _END_64 or len(record) < 56:  # noqa: PLR2004 - APPNOTE 4.3.14
        return end
    claimed: int = struct.unpack_from("<Q", record, 40)[0]
    return claimed
