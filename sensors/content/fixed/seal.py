"""Electronic seals of an OFD: what they are called, for whom, and their picture.

A seal is a DER structure (GB/T 38540-2020); only its texts and its picture are looked for, so
that the editions of it need not be told apart.
"""

from collections.abc import Iterator
from dataclasses import replace

from sensors.content.reader import Reading
from situation.content.piece import Nature, Passage, Piece

_CODECS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
"""Strings by their tags (ITU-T X.690): UTF8, Printable, Teletex, IA5, BMP."""
_OCTETS = 0x04
_NESTED = 0x20
_SHORT = 0x80
_MOST_LENGTHS = 4
_DEEPEST = 24
_MOST_ITEMS = 20_000
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"PK\x03\x04")
_FEWEST_CHARACTERS = 2
_SEALS = (".esl", ".dat", ".p7s", ".p7b")
"""Endings of the parts that hold seals and signatures."""


def is_seal(name: str) -> bool:
    """Tell whether a part is a seal or a signature, by its name."""
    return name.endswith(_SEALS)


def seal_pieces(octets: bytes, name: str, reading: Reading) -> Iterator[Piece]:
    """Yield that there is a signature, the texts of its seal, and what its picture shows."""
    place = replace(reading.place, role="annotation")
    yield Nature(trait="signature", place=place)
    texts: dict[str, None] = {}
    for tag, value in _items(octets):
        if tag != _OCTETS:
            texts[value.decode(_CODECS[tag], errors="replace").strip()] = None
        elif value.startswith(_PICTURES):
            yield from reading.inner(value, f"{name}!picture", reading.place)
    said = " ".join(text for text in texts if len(text) >= _FEWEST_CHARACTERS)
    if said:
        yield Passage(text=said, place=place)


def _items(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and value of all strings, at any depth; what is no DER ends the walk."""
    open_ranges = [(0, len(octets), 0)]
    items = 0
    while open_ranges:
        at, end, depth = open_ranges.pop()
        item = _item(octets, at, end)
        items += 1
        if item is None or items > _MOST_ITEMS:
            continue
        tag, start, stop = item
        open_ranges.append((stop, end, depth))
        if tag & _NESTED and depth < _DEEPEST:
            open_ranges.append((start, stop, depth + 1))
        elif tag in _CODECS or tag == _OCTETS:
            yield tag, octets[start:stop]


def _item(octets: bytes, at: int, end: int) -> tuple[int, int, int] | None:
    """Return tag, begin and end of the value at a place; None where there is none."""
    if at + 2 > end:
        return None
    tag, length, start = octets[at], octets[at + 1], at + 2
    if length >= _SHORT:
        count = length & (_SHORT - 1)
        if not 0 < count <= _MOST_LENGTHS or start + count > end:
            return None
        length = int.from_bytes(octets[start : start + count])
        start += count
    return (tag, start, start + length) if start + length <= end else None
