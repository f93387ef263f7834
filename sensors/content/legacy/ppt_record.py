"""Records of a presentation's stream (MS-PPT, 2.3): a tree of containers and atoms."""

from collections.abc import Iterator
from typing import NamedTuple

from sensors.content.legacy.octets import little

DOCUMENT, SLIDE, NOTES, MASTER, HANDOUT = 1000, 1006, 1008, 1016, 4041
LIST, LIST_ENTRY, NOTES_HEAD, SHOW_INFO = 4080, 1011, 1009, 1017
WIDE, NARROW, STRING = 4000, 4008, 4026
MARGINS, COMMENT, SCRAMBLED = 4057, 12000, 12052
EDIT, DIRECTORY = 4085, 6002
TOP = frozenset({DOCUMENT, SLIDE, NOTES, MASTER, HANDOUT})
"""Containers that stand at the top and that a save writes anew."""
HIDDEN = 0x04
"""Flag of a slide that is not shown."""

_CONTAINER = 0xF
_TAGGED = 5003
"""An atom that holds records of later versions."""
_HEAD_OCTETS = 8


class Record(NamedTuple):
    """One record: kind, number among its like, where it begins, where its data do, its end."""

    kind: int
    instance: int
    is_container: bool
    at: int
    start: int
    end: int


def record_at(data: bytes, at: int) -> Record:
    """Return the record that begins at a place."""
    head = little(data, at, 2)
    start = at + _HEAD_OCTETS
    return Record(
        kind=little(data, at + 2, 2),
        instance=head >> 4,
        is_container=head & _CONTAINER == _CONTAINER,
        at=at,
        start=start,
        end=start + little(data, at + 4, 4),
    )


def records(data: bytes, at: int, end: int) -> Iterator[Record]:
    """Yield the records of a stretch; the last one may reach beyond its end."""
    end = min(end, len(data))
    while at + _HEAD_OCTETS <= end:
        record = record_at(data, at)
        yield record
        at = record.end


def below(data: bytes, record: Record) -> Iterator[Record]:
    """Yield the records right in a container; none in an atom."""
    if record.is_container or record.kind == _TAGGED:
        yield from records(data, record.start, record.end)


def text_of(data: bytes, record: Record) -> str:
    """Return the text of an atom."""
    octets = data[record.start : record.end]
    if record.kind == NARROW:
        return octets.decode("latin-1")
    return octets[: len(octets) // 2 * 2].decode("utf-16-le", errors="replace")
