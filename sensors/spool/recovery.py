"""What a spool is found to hold when it is opened again."""

import pathlib
from dataclasses import dataclass, field

from sensors.spool.disk import Disk
from sensors.spool.layout import ALL_PLACES, Opening
from sensors.spool.segment import Found, entries, opening_of, segment_path, segment_sizes


@dataclass(slots=True)
class Remains:
    """The segments that are there, and the end that the next row continues.

    `first` is the sequence that the oldest segment begins with, `cut` the octets of a torn end.
    """

    sizes: dict[int, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    epoch: int | None = None
    first: int = 0
    sequence: int = 0
    cut: int = 0


def recover(disk: Disk, folder: pathlib.Path) -> Remains:
    """Read the newest segments, cut off what a crash tore, and tell what there is.

    Places are those of the newest segment that still holds its list of all of them, and of
    whatever follows; a damaged list is made up for by the segment before.
    """
    remains = Remains(segment_sizes(disk, folder))
    for number in sorted(remains.sizes, reverse=True):
        opening, found = _read(disk, folder, number, remains.sizes[number])
        if number == max(remains.sizes):
            _cut_end(disk, folder, remains, found, opening)
        _continue(remains, opening, found)
        if any(one.entry.flags & ALL_PLACES for one in found):
            break
    if remains.sizes:
        remains.first = _first(disk, folder, min(remains.sizes))
    return remains


def _read(
    disk: Disk, folder: pathlib.Path, number: int, octets: int
) -> tuple[Opening | None, list[Found]]:
    file = disk.open(segment_path(folder, number))
    try:
        opening = opening_of(file)
        return opening, list(entries(file, opening.octets if opening else 0, octets))
    finally:
        file.close()


def _cut_end(
    disk: Disk, folder: pathlib.Path, remains: Remains, found: list[Found], opening: Opening | None
) -> None:
    number = max(remains.sizes)
    end = found[-1].end if found else opening.octets if opening else 0
    remains.cut = remains.sizes[number] - end
    remains.sizes[number] = end
    # Even with nothing to cut: what a killed writer left may be in memory only.
    disk.cut(segment_path(folder, number), end)


def _continue(remains: Remains, opening: Opening | None, found: list[Found]) -> None:
    if opening:
        remains.epoch = opening.epoch
        remains.sequence = max(remains.sequence, opening.sequence)
    told: dict[str, str] = {}
    for one in found:
        told |= one.entry.places
        remains.sequence = max(remains.sequence, one.entry.following)
    remains.places = told | remains.places


def _first(disk: Disk, folder: pathlib.Path, number: int) -> int:
    file = disk.open(segment_path(folder, number))
    try:
        opening = opening_of(file)
    finally:
        file.close()
    return opening.sequence if opening else 0
