"""Little-endian integers out of octets; what lies beyond the end is zero, as nobody wrote it."""

import struct


def little(data: bytes, at: int, octets: int) -> int:
    """Return an unsigned integer."""
    return int.from_bytes(data[at : at + octets], "little") if at >= 0 else 0


def quads(data: bytes, at: int, count: int) -> tuple[int, ...]:
    """Return unsigned integers of 4 octets that follow one another, as many as there are."""
    count = max(min(count, (len(data) - at) // 4), 0)
    return struct.unpack_from(f"<{count}I", data, at) if count and at >= 0 else ()
