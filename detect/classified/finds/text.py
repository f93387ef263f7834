"""Finds in text: gathered by kind over all stretches of one resource."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from detect.classified.finds.encoded import decoded, stands_in, unescaped
from detect.classified.finds.found import Found, PlaceOf
from detect.classified.finds.stretch import Joined
from detect.classified.normal import folded
from detect.classified.prefilter import GROUPS
from detect.classified.recogniser import LIKELY, NEAR, Candidate
from detect.classified.ruleset import ENCODED_GROUP, MARK_GROUP, Ruleset
from detect.classified.settling import by_chance
from detect.classified.word.minor import Childhood
from situation.content.place import Place

OTHERS: Final = GROUPS & ~(1 << MARK_GROUP)
"""Groups of recognisers, without that of marks."""

SEAM: Final = 0.7
"""Confidence from which a value is taken that goes over the end of a line."""

_BY_CHECKSUM: Final = frozenset({"resident_id", "bank_card"})
"""Kinds whose checksum one number in ten passes by chance. Where nothing stands beside them they
are counted only if they are not outnumbered by those that fail."""


class TextFinds:
    """What was found in the text of one resource.

    `together` are the sets of kinds that stood in one line. `mask` has the groups that were
    awake.
    """

    def __init__(self, ruleset: Ruleset, key: bytes) -> None:
        self._ruleset = ruleset
        self._key = key
        self._childhood = Childhood(ruleset.today)
        self._found: dict[tuple[str, bool], Found] = {}
        self._bare: dict[str, Found] = {}
        self._near: Counter[str] = Counter()
        self.together: set[frozenset[str]] = set()
        self.mask = 0

    def take(self, mask: int, text: str, place_of: PlaceOf) -> None:
        """Judge a stretch of normalised text in which the recognisers of a mask are awake."""
        self._gather(text, self._settled(mask, text), place_of)
        if mask >> ENCODED_GROUP & 1:
            self._take_encoded(text, place_of)

    def _take_encoded(self, text: str, place_of: PlaceOf) -> None:
        """Judge what stands in it as base64 or with escapes; its place is that of the run."""
        for start, inner in decoded(text):
            normal = folded(inner)
            settled = self._settled(self._awake(normal), normal)
            self._gather(normal, settled, _always(place_of(start)))
        for start, word, inner in unescaped(text):
            normal = folded(inner)
            settled = self._settled(self._awake(normal), normal)
            hidden = [
                each for each in settled if not stands_in(normal[each.start : each.end], word)
            ]
            self._gather(normal, hidden, _always(place_of(start)))

    def take_joined(self, joined: Joined) -> None:
        """Judge passages that follow one another, and what goes on over the ends of lines."""
        mask = self._awake(joined.text)
        settled = self._settled(mask, joined.text)
        settled.extend(self._over_seams(joined, settled))
        self._gather(joined.text, settled, joined.place)
        if mask >> ENCODED_GROUP & 1:
            self._take_encoded(joined.text, joined.place)

    def _awake(self, text: str) -> int:
        mask = self._ruleset.prefilter.awake(text.encode("utf-8", "surrogatepass"))
        self.mask |= mask & GROUPS
        return mask

    def _settled(self, mask: int, text: str) -> list[Candidate]:
        if not mask & OTHERS:
            return []
        found = list(chain.from_iterable(rule.find(text) for rule in self._ruleset.awake(mask)))
        self._near.update(each.kind for each in found if each.confidence == NEAR)
        return self._ruleset.settling.settle(text, found)

    def _over_seams(self, joined: Joined, settled: Sequence[Candidate]) -> Iterator[Candidate]:
        """Yield values that go on from one line of a page to the next."""
        seams = joined.seams()
        if not seams.text:
            return
        spans = [(candidate.start, candidate.end) for candidate in settled]
        for candidate in self._settled(self._awake(seams.text), seams.text):
            span = seams.straddling(candidate.start, candidate.end)
            if span is None or candidate.confidence < SEAM:
                continue
            if not any(start < span[1] and span[0] < end for start, end in spans):
                yield candidate._replace(start=span[0], end=span[1])

    def _gather(self, text: str, settled: list[Candidate], place_of: PlaceOf) -> None:
        settled.sort(key=attrgetter("start"))
        for line in _by_line(text, settled):
            kinds = {candidate.kind for candidate in line if not candidate.masked}
            if len(kinds) > 1:
                self.together.add(frozenset(kinds))
            for candidate in line:
                self._count(candidate, place_of, alone=len(line) == 1)

    def _count(self, candidate: Candidate, place_of: PlaceOf, *, alone: bool) -> None:
        bare = alone and candidate.kind in _BY_CHECKSUM and candidate.confidence <= LIKELY
        self._into(candidate, bare=bare).add(candidate, place_of)
        whole = candidate.kind == "resident_id" and not candidate.masked
        if whole and self._childhood.young(candidate.value):
            child = candidate._replace(kind="minor")
            self._into(child, bare=bare).add(child, place_of)

    def _into(self, candidate: Candidate, *, bare: bool) -> Found:
        kind, masked = candidate.kind, candidate.masked
        if bare and not masked:
            if kind not in self._bare:
                self._bare[kind] = Found(kind, self._key)
            return self._bare[kind]
        if (kind, masked) not in self._found:
            self._found[kind, masked] = Found(kind, self._key, masked=masked)
        return self._found[kind, masked]

    def finds(self) -> Iterator[Found]:
        """Yield what is to be counted, once all is read."""
        yield from self._found.values()
        for kind, found in self._bare.items():
            tried = "resident_id" if kind == "minor" else kind
            if not by_chance(self._bare[tried].count, self._near[tried]):
                yield found


def _always(place: Place) -> PlaceOf:
    return lambda _: place


def _by_line(text: str, settled: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Part candidates by the lines that they stand in."""
    line: list[Candidate] = []
    for candidate in settled:
        if line and "\n" in text[line[-1].end : candidate.start]:
            yield line
            line = []
        line.append(candidate)
    if line:
        yield line
