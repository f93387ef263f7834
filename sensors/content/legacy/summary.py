"""Sets of properties: title, author, keywords, and those that somebody defined (MS-OLEPS)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sensors.content.decoding import decoded
from sensors.content.legacy.compound import Compound
from sensors.content.legacy.octets import little
from sensors.content.reader import Reading, Undone
from situation.content.piece import Passage, Piece

_STREAMS = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_KNOWN = {
    (0, 2): "title",
    (0, 3): "subject",
    (0, 4): "author",
    (0, 5): "keywords",
    (0, 6): "comments",
    (0, 7): "template",
    (0, 8): "last author",
    (1, 2): "category",
    (1, 14): "manager",
    (1, 15): "company",
}
"""Names by the number of the stream and that of the property (3.1.2.1)."""
_DICTIONARY, _CODE_PAGE = 0, 1
_BYTES, _WIDE = 0x1E, 0x1F
_UTF16 = 1200
_MOST = 1000
_LONGEST = 1 << 20


def summary_pieces(compound: Compound, reading: Reading) -> Iterator[Piece]:
    """Yield the properties that hold text as `name: value`; damaged sets yield what is whole."""
    place = replace(reading.place, role="property")
    for number, name in enumerate(_STREAMS):
        path = compound.named(name)
        if path is None:
            continue
        try:
            data = compound.read(path)
        except Undone:
            continue
        for label, text in _properties(data, number):
            if text.strip():
                yield Passage(text=f"{label}: {text}", place=place)


def _properties(data: bytes, number: int) -> Iterator[tuple[str, str]]:
    for at in range(min(little(data, 24, 4), 2)):
        start = little(data, 44 + 20 * at, 4)
        section = _section(data[start:])
        for key, offset in section.offsets.items():
            label = section.names.get(key) if at else _KNOWN.get((number, key))
            text = _text(section.data, offset, section.code_page) if label else None
            if label and text:
                yield label, text


@dataclass(slots=True)
class _Section:
    data: bytes
    offsets: dict[int, int]
    names: dict[int, str]
    code_page: int


def _section(data: bytes) -> _Section:
    count = min(little(data, 4, 4), _MOST)
    offsets = {
        little(data, 8 + 8 * at, 4): little(data, 12 + 8 * at, 4)
        for at in range(count)
        if 12 + 8 * at < len(data)
    }
    code_page = little(data, offsets[_CODE_PAGE] + 4, 2) if _CODE_PAGE in offsets else 0
    names = _names(data, offsets[_DICTIONARY], code_page) if _DICTIONARY in offsets else {}
    return _Section(data, offsets, names, code_page)


def _names(data: bytes, at: int, code_page: int) -> dict[int, str]:
    """Return the names of properties by their numbers (2.16 and 2.17)."""
    names: dict[int, str] = {}
    count = min(little(data, at, 4), _MOST)
    at += 4
    for _ in range(count):
        key, length = little(data, at, 4), little(data, at + 4, 4)
        octets = length * 2 if code_page == _UTF16 else length
        if octets > _LONGEST or at + 8 > len(data):
            break
        names[key] = _decoded(data[at + 8 : at + 8 + octets], is_wide=code_page == _UTF16)
        at += 8 + octets
        at += -octets % 4 if code_page == _UTF16 else 0
    return names


def _text(data: bytes, at: int, code_page: int) -> str | None:
    kind, length = little(data, at, 2), little(data, at + 4, 4)
    if kind not in {_BYTES, _WIDE} or length > _LONGEST:
        return None
    is_wide = kind == _WIDE or code_page == _UTF16
    octets = length * 2 if kind == _WIDE else length
    return _decoded(data[at + 8 : at + 8 + octets], is_wide=is_wide)


def _decoded(octets: bytes, *, is_wide: bool) -> str:
    text = octets.decode("utf-16-le", errors="replace") if is_wide else decoded(octets)
    return text.partition("\0")[0]
