"""What was found of a kind so far: counted, hashed, placed; the values themselves are gone."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from detect.classified.mask import mask_of
from detect.classified.recogniser import Candidate, Fits
from detect.classified.tally import Tally
from situation.content.place import Place
from situation.content.verdict import MAX_PLACES, Hit

_MOSTLY: Final = 0.9

PlaceOf = Callable[[int], Place]
"""Makes the place of a find: of a character in a stretch, or of a row."""


class Found:
    """Gathers the finds of one kind in one resource, or in one column of it."""

    def __init__(self, kind: str, key: bytes, *, masked: bool = False) -> None:
        self.kind = kind
        self.masked = masked
        self.count = 0
        self.confidence = 0.0
        self.tally = Tally(key)
        self._checks: frozenset[str] = frozenset()
        self._mask = ""
        self._unseen = 0
        self._places: list[Place] = []

    def add(self, candidate: Candidate, place_of: PlaceOf) -> None:
        """Count a candidate."""
        self._note(candidate.confidence, candidate.checks, candidate.value)
        self.count += 1
        self.tally.add((candidate.value,))
        if len(self._places) < MAX_PLACES:
            self._places.append(place_of(candidate.start))

    def add_cells(self, fits: Fits, place_of: PlaceOf) -> None:
        """Count cells of a column."""
        self._note(fits.confidence, fits.checks, fits.values[0])
        self.count += len(fits.rows)
        self.tally.add(fits.values)
        self._places.extend(map(place_of, fits.rows[: MAX_PLACES - len(self._places)]))

    def add_values(self, values: Collection[str], places: Iterable[Place]) -> None:
        """Count cells that the heading of their column alone says are of the kind."""
        self._note(0.0, (), next(iter(values), ""))
        self.count += len(values)
        self.tally.add(values)
        room = MAX_PLACES - len(self._places)
        self._places.extend(place for place, _ in zip(places, range(room), strict=False))

    def merge(self, other: "Found", confidence: float) -> None:
        """Count what another gathered, at the confidence that it turned out to have."""
        self.count += other.count
        self.confidence = max(self.confidence, confidence)
        self.tally.merge(other.tally.sketch)
        self._unseen += other._unseen  # noqa: SLF001 - one of its own
        self._checks |= other._checks  # noqa: SLF001 - same
        self._mask = self._mask or other._mask  # noqa: SLF001 - same
        self._places.extend(other._places[: MAX_PLACES - len(self._places)])  # noqa: SLF001 - same

    def like(self, other: "Found", share: float) -> None:
        """Count a share of what another gathered, which is of this kind as well."""
        self.count += round(other.count * share)
        self._unseen += round(len(other.tally) * share)
        self._mask = self._mask or other._mask  # noqa: SLF001 - one of its own
        self._places.extend(other._places[: MAX_PLACES - len(self._places)])  # noqa: SLF001 - same

    def scale(self, times: float) -> None:
        """Count for all rows of a table what was found in a sample of them.

        The others are taken to be as different from one another as those that were read.
        """
        distinct = len(self.tally)
        if distinct > _MOSTLY * self.count:
            self._unseen += round(distinct * (times - 1))
        self.count = round(self.count * times)

    def _note(self, confidence: float, checks: Iterable[str], value: str) -> None:
        self.confidence = max(self.confidence, confidence)
        self._checks |= frozenset(checks)
        self._mask = self._mask or mask_of(self.kind, value)

    def hit(self) -> Hit:
        """Return what is said about it."""
        return Hit(
            kind=self.kind,
            count=self.count,
            distinct=min(self.count, len(self.tally) + self._unseen),
            confidence=round(self.confidence, 2),
            mask=self._mask,
            checks=tuple(sorted(self._checks)),
            masked=self.masked,
            places=tuple(self._places),
        )
