"""Settling: candidates of one stretch weighed by their context, and one kind for one number."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from detect.classified.above import Above
from detect.classified.context import LABEL, NEGATIVE, Said, Words, raised
from detect.classified.recogniser import Candidate

ACCEPTED: Final = 0.5
"""Confidence from which something is reported."""

_ENOUGH: Final = 5
_CHANCE: Final = 0.25
"""Share of those that fail by their checksum alone up to which others pass by chance: it is a
tenth for Luhn and an eleventh for MOD 11-2, and some more by the spread of small numbers."""


def by_chance(passed: int, near: int) -> bool:
    """Tell whether numbers without a label pass only because so many of their look were tried."""
    return near >= _ENOUGH and passed <= _CHANCE * near


_BY: Final[Mapping[Said, float]] = {1: LABEL, 0: 0.0, -1: NEGATIVE}
_RANKLESS: Final = 1_000

Ranks = Mapping[str, int]
"""Place of a kind in the order of priority."""


def ranks_of(priority: Sequence[str]) -> Ranks:
    """Return the place of each kind."""
    return {kind: place for place, kind in enumerate(priority)}


class Settling:
    """Weighs candidates with the words about their kinds, and settles who takes a stretch."""

    def __init__(self, words: Mapping[str, Words], ranks: Ranks) -> None:
        self._words = words
        self._ranks = ranks

    def rank(self, kind: str) -> int:
        """Return the place of a kind in the order of priority."""
        return self._ranks.get(kind, _RANKLESS)

    def heads(self, kind: str, header: str) -> float:
        """Return what the heading of a column adds to the confidence of a kind."""
        words = self._words.get(kind)
        return words.heads(header) if words else 0.0

    def settle(
        self, text: str, candidates: Iterable[Candidate], header: str = ""
    ) -> list[Candidate]:
        """Return what is to be reported of a normalised stretch, from left to right.

        A heading speaks where the words beside a value say nothing: `header`, or that of a table
        in the text.
        """
        above = Above(text)
        weighed = (self._weighed(text, candidate, header, above) for candidate in candidates)
        kept = [each for each in weighed if each[1].confidence >= ACCEPTED]
        kept.sort(key=lambda each: (-each[0], self.rank(each[1].kind), each[1].start - each[1].end))
        return _apart([candidate for _, candidate in kept])

    def _weighed(
        self, text: str, candidate: Candidate, header: str, above: Above
    ) -> tuple[int, Candidate]:
        words = self._words.get(candidate.kind)
        if words is None:
            return 0, candidate
        said = words.beside(text, candidate.start, candidate.end)
        by = _BY[said]
        if not said and (heading := header or above.heading(candidate.start)):
            by = words.heads(heading)
        confidence = raised(candidate.confidence, by)
        return int(by > 0), candidate._replace(confidence=confidence)


def _apart(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Take each candidate that no earlier one overlaps; from left to right."""
    taken: list[tuple[int, int]] = []
    kept: list[Candidate] = []
    for candidate in ordered:
        at = bisect_right(taken, (candidate.start, candidate.end))
        if at and taken[at - 1][1] > candidate.start:
            continue
        if at < len(taken) and taken[at][0] < candidate.end:
            continue
        taken.insert(at, (candidate.start, candidate.end))
        kept.append(candidate)
    return sorted(kept, key=attrgetter("start"))
