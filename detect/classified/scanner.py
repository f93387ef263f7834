"""The scanner: takes the pieces of one resource and says what is classified in it."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Final

from detect.classified.column.judging import Columns
from detect.classified.finds.form import Form, is_form
from detect.classified.finds.found import Found
from detect.classified.finds.stretch import Joined, Lines, part, stretches
from detect.classified.finds.table import TableFinds
from detect.classified.finds.text import OTHERS, TextFinds
from detect.classified.grading import Evidence, best_identifier, grade
from detect.classified.mark.marks import Marks
from detect.classified.prefilter import GROUPS, STRETCH
from detect.classified.recogniser import LIKELY, Candidate, Columnar
from detect.classified.ruleset import COLUMN_GROUP, MARK_GROUP, Ruleset
from situation.content.declared import Declared
from situation.content.kind import KINDS
from situation.content.piece import Block, Grid, Nature, Passage, Piece, Unreadable
from situation.content.verdict import Hit, Verdict

_MARK: Final = 1 << MARK_GROUP
_TABLES: Final = 1 << COLUMN_GROUP
_LONGEST_KEY: Final = 64
_PLACES: Final = {kind: place for place, kind in enumerate(KINDS)}


class Scanner:
    """Scans one resource; its pieces come in the order of reading.

    Once a mark of a state secret is sure, nothing more is read, and what was found is forgotten
    (`stopped`): the verdict holds the marks alone.
    """

    def __init__(self, ruleset: Ruleset, key: bytes, resource_name: str) -> None:
        self._ruleset = ruleset
        self._key = key if len(key) <= _LONGEST_KEY else hashlib.blake2b(key).digest()
        counted = (rule.kind for rule in ruleset.recognisers if isinstance(rule, Columnar))
        self._tables = TableFinds(ruleset, self._key, frozenset(counted))
        self._columns = Columns(ruleset.today)
        self._texts = TextFinds(ruleset, self._key)
        self._marks = Marks(resource_name)
        self._found: dict[tuple[str, bool], Found] = {}
        self._unreadable: list[Unreadable] = []
        self._waiting: list[Passage] = []
        self._waiting_size = 0
        self._mask = 0
        self._octets = 0

    @property
    def stopped(self) -> bool:
        """Whether a mark of a state secret ended the reading."""
        return self._marks.raised

    def take(self, piece: Piece) -> None:
        """Take the next piece; after `stopped` it is not looked at."""
        if self._marks.raised:
            return
        if isinstance(piece, Passage):
            self._take_passage(piece)
            return
        self._flush()
        if isinstance(piece, Block):
            self._take_block(piece)
        elif isinstance(piece, Grid):
            self._take_grid(piece)
        elif isinstance(piece, Nature):
            self._take_nature(piece)
        else:
            self._unreadable.append(piece)

    def _take_passage(self, passage: Passage) -> None:
        if self._waiting and self._waiting[-1].place.member != passage.place.member:
            self._flush()
        self._marks.take(passage)
        self._waiting.append(passage)
        self._waiting_size += len(passage.text) + 1
        if self._waiting_size >= STRETCH:
            self._flush()

    def _flush(self) -> None:
        """Judge the passages that wait: together, since labels stand in one before the value."""
        if self._waiting:
            self._octets += self._waiting_size
            self._texts.take_joined(Joined(self._waiting))
            self._waiting, self._waiting_size = [], 0

    def _take_block(self, block: Block) -> None:
        self._octets += len(block.data)
        for begin, end in stretches(block.data):
            mask = self._ruleset.prefilter.awake(block.data[begin:end])
            if mask:
                self._mask |= mask & GROUPS
                self._take_stretch(part(block, begin, end), mask)

    def _take_stretch(self, stretch: Block, mask: int) -> None:
        if mask & _MARK:
            self._marks.take(stretch)
        if mask & OTHERS:
            lines = Lines(stretch)
            self._texts.take(mask, lines.text, lines.place)

    def _take_form(self, grid: Grid) -> None:
        form = Form(grid)
        mask = self._ruleset.prefilter.awake(form.text.encode("utf-8", "surrogatepass"))
        self._mask |= mask & GROUPS | _TABLES
        if mask & _MARK:
            self._marks.take(grid)
        self._texts.take(mask, form.text, form.place)
        self._octets += len(form.text)

    def _take_grid(self, grid: Grid) -> None:
        if is_form(grid):
            self._take_form(grid)
            return
        mask, counts = self._tables.take(grid)
        headings = "\n".join(grid.header).encode("utf-8", "surrogatepass")
        mask |= self._ruleset.prefilter.awake(headings) & _MARK
        self._mask |= mask & GROUPS | _TABLES
        if mask & _MARK:
            self._marks.take(grid)
        self._columns.take(grid, counts)
        self._octets += sum(map(len, chain.from_iterable(grid.columns)))

    def _take_nature(self, nature: Nature) -> None:
        if nature.trait == "key_store":
            store = Candidate(
                "private_key", 0, 0, LIKELY, ("key_store",), masked=False, value=str(nature.place)
            )
            self._of("private_key").add(store, lambda _: nature.place)

    def _of(self, kind: str, *, masked: bool = False) -> Found:
        return self._found.setdefault((kind, masked), Found(kind, self._key, masked=masked))

    def verdict(self, declared: Declared | None = None) -> Verdict:
        """Return what is said about the resource; `declared` is what its owner says of it."""
        if not self._marks.raised:
            self._flush()
        marks = self._marks.marks()
        said = Verdict(
            ruleset=self._ruleset.fingerprint,
            marks=marks,
            unreadable=tuple(self._unreadable),
            mask=self._mask | self._texts.mask,
            octets=self._octets,
            rows=self._tables.rows,
            stopped=self._marks.raised,
        )
        return said if said.stopped else self._graded(said, declared)

    def _graded(self, said: Verdict, declared: Declared | None) -> Verdict:
        """Add what was found, the grade and the people to a verdict."""
        columns = self._columns.verdicts()
        hits = self._hits(self._tables.finds(columns))
        counted, sketch = self._persons()
        evidence = Evidence(
            columns=columns,
            hits=hits,
            together=(*self._texts.together, *self._columns.kinds_together()),
            persons=max(counted, self._columns.sampled_persons()),
            rows=said.rows,
            smallest_group=self._columns.smallest_group(),
            declared=declared,
            own={pattern.kind: pattern.described.grade for pattern in self._ruleset.own},
        )
        graded = grade(evidence)
        return replace(
            said,
            hits=hits,
            columns=graded.columns,
            grade=graded.grade,
            reasons=graded.reasons,
            needs_confirm=graded.needs_confirm,
            persons=evidence.persons,
            sketch=sketch,
        )

    def _hits(self, of_tables: Iterable[tuple[Found, float]]) -> tuple[Hit, ...]:
        """Bring together what text and tables hold, in the order of kinds."""
        for found in self._texts.finds():
            self._of(found.kind, masked=found.masked).merge(found, found.confidence)
        for found, confidence in of_tables:
            self._of(found.kind, masked=found.masked).merge(found, confidence)
        hits = (found.hit() for found in self._found.values() if found.count)
        return tuple(sorted(hits, key=lambda hit: (_PLACES.get(hit.kind, len(_PLACES)), hit.kind)))

    def _persons(self) -> tuple[int, bytes]:
        """Return how many people it is about, and the sketch that counted them.

        The best identifier counts them unless a weaker one tells of more than twice as many.
        """
        kinds = {kind for kind, masked in self._found if not masked}
        best: tuple[int, bytes] = (0, b"")
        while kind := best_identifier(kinds):
            kinds.discard(kind)
            tally = self._found[kind, False].tally
            if len(tally) > 2 * best[0]:
                best = (len(tally), tally.sketch)
        return best


def scan(scanner: Scanner, pieces: Iterable[Piece], declared: Declared | None = None) -> Verdict:
    """Take all pieces, until a mark of a state secret ends it, and return the verdict."""
    for piece in pieces:
        scanner.take(piece)
        if scanner.stopped:
            break
    return scanner.verdict(declared)
