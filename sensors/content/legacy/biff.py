"""Records of a workbook's stream, and the strings in them (MS-XLS, 2.1.4, 2.5.293, 2.5.294)."""

from collections.abc import Iterator
from typing import NamedTuple

from sensors.content.decoding import decoded
from sensors.content.legacy.octets import little

CONTINUE = 0x003C
_WIDE = 0x01
_MOST_CONTINUED = 4096


class Record(NamedTuple):
    """One record: its kind, where it begins in the stream, its octets."""

    kind: int
    at: int
    data: bytes


def records(stream: bytes) -> Iterator[Record]:
    """Yield the records one behind the other; a cut one is the last."""
    at = 0
    while at + 4 <= len(stream):
        size = little(stream, at + 2, 2)
        yield Record(little(stream, at, 2), at, stream[at + 4 : at + 4 + size])
        at += 4 + size


def text(data: bytes, at: int, count: int, *, is_wide: bool) -> str:
    """Return a string of `count` characters that begins at a place."""
    if is_wide:
        return data[at : at + 2 * count].decode("utf-16-le", errors="replace")
    return data[at : at + count].decode("latin-1")


def marked_text(data: bytes, at: int, count: int) -> str:
    """Return a string that begins with an octet that says how wide its characters are."""
    return text(data, at + 1, count, is_wide=bool(little(data, at, 1) & _WIDE))


def narrow_text(data: bytes, at: int) -> str:
    """Return a string of octets behind its length, as they were written before Excel 97."""
    return decoded(data[at + 1 : at + 1 + little(data, at, 1)])


def continued_text(parts: list[bytes], count: int) -> str:
    """Return a string over records, each of which begins with the octet of its width."""
    found = ""
    for part in parts[:_MOST_CONTINUED]:
        left = count - len(found)
        if left <= 0:
            break
        is_wide = bool(little(part, 0, 1) & _WIDE)
        room = (len(part) - 1) // (2 if is_wide else 1)
        found += text(part, 1, min(left, room), is_wide=is_wide)
    return found
