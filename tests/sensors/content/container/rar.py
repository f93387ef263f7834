"""A writer of stored RAR archives, versions 4 and 5, after the published layouts of their blocks.

No program writes RAR freely; this is enough to give a reader of them something to read.
"""

import struct
import zlib
from collections.abc import Sequence

Member = tuple[str, bytes]

_UNIX, _STORED_4, _DIRECTORY_BITS = 3, 0x30, 0
_FILE_4 = 0x8000  # a block with data behind it
_UNICODE_4, _ENCRYPTED_4 = 0x0200, 0x0004


def rar4(members: Sequence[Member], *, encrypted: bool = False) -> bytes:
    """Return an archive of version 4 with names in GBK, as old programs write them."""
    flags = _FILE_4 | (_ENCRYPTED_4 if encrypted else 0)
    blocks = [_block4(0x73, 0, bytes(6))]
    for name, data in members:
        raw = name.encode("gbk")
        fields = struct.pack(
            "<IIBIIBBHI",
            len(data),
            len(data),
            _UNIX,
            zlib.crc32(data),
            0x5A210000,
            20,
            _STORED_4,
            len(raw),
            0o100644,
        )
        blocks.append(_block4(0x74, flags, fields + raw) + data)
    return b"Rar!\x1a\x07\x00" + b"".join(blocks) + _block4(0x7B, 0x4000, b"")


def _block4(kind: int, flags: int, fields: bytes) -> bytes:
    body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def rar5(members: Sequence[Member]) -> bytes:
    """Return an archive of version 5."""
    blocks = [_block5(_number(1) + _number(0) + _number(0))]
    for name, data in members:
        raw = name.encode()
        fields = b"".join(
            [
                _number(2),  # a file
                _number(0x0002),  # data behind it
                _number(len(data)),
                _number(0x0004),  # with a checksum
                _number(len(data)),
                _number(0o100644),
                struct.pack("<I", zlib.crc32(data)),
                _number(0),  # stored
                _number(1),  # Unix
                _number(len(raw)),
                raw,
            ]
        )
        blocks.append(_block5(fields) + data)
    return (
        b"Rar!\x1a\x07\x01\x00" + b"".join(blocks) + _block5(_number(5) + _number(0) + _number(0))
    )


def _block5(fields: bytes) -> bytes:
    sized = _number(len(fields)) + fields
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    """Return a number in the seven-bit form of RAR 5."""
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])
