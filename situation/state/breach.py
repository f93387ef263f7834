"""What was done to a chain where it does not fit: told from the lines around the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from situation.state.chain import Said, digest_of

AHEAD = 1_000
"""How many lines after a place are looked at."""


class Line(NamedTuple):
    """A line as it is kept: what it says, and its digest."""

    said: Said
    digest: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that was done. `number` is the line where it shows, 0 for the whole chain.

    `code`: changed, removed, inserted, reordered, cut_tail, head_changed, rewritten, rewound,
    swapped, anchor_missing, anchor_broken.
    """

    code: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the walk: the last line's number and digest.

    `shift` is what a line's number lacks to the one that it was chained with, once lines before
    it were removed or added and the rest was numbered anew. What does not fit up to the line
    `explained` belongs to a breach that is known already.
    """

    number: int
    digest: str
    shift: int = 0
    explained: int = 0

    def is_next(self, line: Line) -> bool:
        """Tell whether a line is the next one and chained to this one."""
        number = line.said.number
        return number == self.number + 1 and _fits(line, self.digest, number + self.shift)


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, how many further lines belong to it, and the place where the walk goes on."""

    breach: Breach
    place: Place
    passed: int = 0


def finding_at(place: Place, line: Line, ahead: Sequence[Line]) -> Finding:
    """Tell what was done where `line` does not fit after `place`.

    `ahead` are the lines after it, in their order; the more, the further a line that was moved
    is found again.
    """
    for test in _TESTS:
        found = test(place, line, ahead)
        if found is not None:
            return found
    return _changed(place, line)


def _gap(place: Place, line: Line, _ahead: Sequence[Line]) -> Finding | None:
    first, last = place.number + 1, line.said.number - 1
    if first > last:
        return None
    reason = f"line {first} is missing" if first == last else f"lines {first} to {last} are missing"
    return Finding(Breach("removed", first, reason), _after(place, line))


def _displaced(place: Place, line: Line, ahead: Sequence[Line]) -> Finding | None:
    """Find the line that belongs here further on: others were put before it, or it was moved."""
    number, wanted = line.said.number, line.said.number + place.shift
    far = next((n for n, one in enumerate(ahead) if _fits(one, place.digest, wanted)), None)
    if far is None:
        return None
    found = ahead[far]
    home = _home_of(place, line, ahead)
    if home or _fits(line, found.digest, wanted + 1):
        reason = f"what was line {number} is line {found.said.number} now"
        explained = max(home, found.said.number) + 1
        return Finding(Breach("reordered", number, reason), _after(place, line, explained))
    count = far + 1
    reason = f"{_were(count)} added before what was line {number}"
    shifted = Place(number + far, place.digest, place.shift - count, place.explained)
    return Finding(Breach("inserted", number, reason), shifted, passed=far)


def _home_of(place: Place, line: Line, ahead: Sequence[Line]) -> int:
    """Return the number of the place that the line was taken from, 0 if it is none of these.

    Where two lines were exchanged, the one before its old place still stands there; where one
    was moved, everything between has gone on by one.
    """
    homes = ((one, one.said.number + further) for one in ahead for further in (0, 1))
    return next((home for one, home in homes if _fits(line, one.digest, home + place.shift)), 0)


def _digest_changed(place: Place, line: Line, ahead: Sequence[Line]) -> Finding | None:
    number = line.said.number
    wanted = number + place.shift
    digest = digest_of(place.digest, line.said._replace(number=wanted))
    if not ahead or not _fits(ahead[0], digest, wanted + 1):
        return None
    breach = Breach("changed", number, f"the digest of line {number} was changed")
    return Finding(breach, Place(number, digest, place.shift, place.explained))


def _renumbered(place: Place, line: Line, ahead: Sequence[Line]) -> Finding | None:
    number = line.said.number
    after = number + place.shift + 1
    counts = range(1, AHEAD) if ahead else ()
    count = next((n for n in counts if _fits(ahead[0], line.digest, after + n)), None)
    if count is None:
        return None
    reason = f"{_were(count)} removed before line {number} and the rest was numbered anew"
    shifted = Place(number, line.digest, place.shift + count, place.explained)
    return Finding(Breach("removed", number, reason), shifted)


def _changed(place: Place, line: Line) -> Finding:
    number = line.said.number
    reason = f"line {number} was changed, or the one before it together with its digest"
    return Finding(Breach("changed", number, reason), _after(place, line))


_TESTS = (_gap, _displaced, _digest_changed, _renumbered)


def _after(place: Place, line: Line, explained: int = 0) -> Place:
    explained = max(explained, place.explained)
    return Place(line.said.number, line.digest, place.shift, explained)


def _fits(line: Line, before: str, number: int) -> bool:
    return digest_of(before, line.said._replace(number=number)) == line.digest


def _were(count: int) -> str:
    return "1 line was" if count == 1 else f"{count} lines were"
