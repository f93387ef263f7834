"""Which records of a presentation hold, and which slide is which (MS-PPT, 2.1.2, 2.3.2).

Each save adds what was changed and a directory of it; the last directory that names a thing wins.
"""

from dataclasses import dataclass, field

from sensors.content.legacy.octets import little, quads
from sensors.content.legacy.ppt_record import (
    DIRECTORY,
    DOCUMENT,
    EDIT,
    LIST,
    LIST_ENTRY,
    below,
    record_at,
)

_ENCRYPTED = 0xF3D1C4DF
_EDIT_AT, _TOKEN_AT = 16, 12
_MOST_EDITS = 10_000
_NUMBER_BITS = 20


@dataclass(slots=True)
class Show:
    """What the directories say; empty where they are damaged.

    `live` are the places of records that hold, `slides` numbers of slides by place, `numbers`
    those by the id of the slide.
    """

    live: set[int] = field(default_factory=set)
    slides: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    is_encrypted: bool = False


def show_of(data: bytes, user: bytes) -> Show:
    """Read the directories from the last save back."""
    if little(user, _TOKEN_AT, 4) == _ENCRYPTED:
        return Show(is_encrypted=True)
    places = _places(data, little(user, _EDIT_AT, 4))
    show = Show(live=set(places.values()))
    for place in places.values():
        record = record_at(data, place)
        if record.kind == DOCUMENT:
            for listed in below(data, record):
                if listed.kind == LIST and not listed.instance:
                    entries = [entry for entry in below(data, listed) if entry.kind == LIST_ENTRY]
                    _number(data, [entry.start for entry in entries], places, show)
    return show


def _number(data: bytes, entries: list[int], places: dict[int, int], show: Show) -> None:
    for number, at in enumerate(entries, start=1):
        show.slides[places.get(little(data, at, 4), -1)] = number
        show.numbers[little(data, at + 12, 4)] = number


def _places(data: bytes, at: int) -> dict[int, int]:
    """Return the place of each thing that was kept, by its number."""
    places: dict[int, int] = {}
    seen: set[int] = set()
    while at and at not in seen and len(seen) < _MOST_EDITS:
        seen.add(at)
        edit = record_at(data, at)
        if edit.kind != EDIT:
            break
        for number, place in _directory(data, little(data, edit.start + 12, 4)).items():
            places.setdefault(number, place)
        at = little(data, edit.start + 8, 4)
    return places


def _directory(data: bytes, at: int) -> dict[int, int]:
    record = record_at(data, at)
    if record.kind != DIRECTORY:
        return {}
    found: dict[int, int] = {}
    numbers = quads(data, record.start, (record.end - record.start) // 4)
    at = 0
    while at < len(numbers):
        first, count = numbers[at] & ((1 << _NUMBER_BITS) - 1), numbers[at] >> _NUMBER_BITS
        found |= dict(enumerate(numbers[at + 1 : at + 1 + count], start=first))
        at += 1 + count
    return found
