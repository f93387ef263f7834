"""Tracks: ten or more places of one person or device in a table."""

from collections.abc import Mapping, Sequence
from typing import Final

from detect.classified.column.lexicon import kind_of

POINTS: Final = 10
_MOST: Final = 200_000
"""Places that are told apart; a table that goes on has shown by then what it is."""
_HOLDERS: Final = frozenset({
    "resident_id", "resident_id_15", "passport", "name", "mobile", "email", "imei", "imsi", "mac",
    "plate", "account", "bank_card", "vin", "student_number",
})  # fmt: skip


class Tracks:
    """Counts the different places of each holder over the grids of one table."""

    def __init__(self) -> None:
        self._places: set[int] = set()
        self._points: dict[int, int] = {}
        self.found = False

    def take(
        self,
        header: Sequence[str],
        columns: Sequence[Sequence[str]],
        counts: Sequence[Mapping[str, int]],
    ) -> None:
        """Take the next rows."""
        points, holder = _of("gps", header, counts), _holder(header, counts)
        if self.found or not points or holder is None or len(self._places) > _MOST:
            return
        for row in zip(columns[holder], *(columns[index] for index in points), strict=True):
            self._add(row)

    def _add(self, row: tuple[str, ...]) -> None:
        place = hash(row)
        if row[0] and place not in self._places:
            self._places.add(place)
            owner = hash(row[0])
            self._points[owner] = self._points.get(owner, 0) + 1
            self.found = self.found or self._points[owner] >= POINTS


def _of(kind: str, header: Sequence[str], counts: Sequence[Mapping[str, int]]) -> list[int]:
    named = [index for index, name in enumerate(header) if kind_of(name) == kind]
    return named or [index for index, counted in enumerate(counts) if counted.get(kind)]


def _holder(header: Sequence[str], counts: Sequence[Mapping[str, int]]) -> int | None:
    named = (index for index, name in enumerate(header) if kind_of(name) in _HOLDERS)
    counted = (index for index, row in enumerate(counts) if any(row.get(kind) for kind in _HOLDERS))
    return next(named, next(counted, None))
