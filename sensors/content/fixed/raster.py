"""Pages as pictures, for those whose characters mean nothing or that are pictures themselves."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_of(pixels: memoryview, width: int, height: int, stride: int) -> bytes:
    """Return rows of grey octets as PNG (RFC 2083): 8 bits of grey, no filter, no interlace."""
    rows = b"".join(b"\0" + pixels[at * stride : at * stride + width] for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", head),
            _chunk(b"IDAT", zlib.compress(rows, 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
