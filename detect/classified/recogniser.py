"""Recognisers: what finds one kind of data in text, and the candidates that they find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, runtime_checkable

LEFT: Final = r"(?<![0-9A-Za-z])"
"""Left bound of a number. `\\b` finds no bound between a Han character and a digit."""
RIGHT: Final = r"(?![0-9A-Za-z])"


def behind(*labels: str) -> str:
    """Return the left bound of a number that its Latin label may stand right before: `IMEI86…`."""
    glued = (rf"(?<=[^0-9A-Za-z](?i:{label}))" for label in labels)
    return f"(?:{'|'.join((LEFT, *glued))})"


SEPARATOR: Final = "[ \\-\u00b7]"
"""What people write between the groups of a number, in normalised text."""

COLON: Final = r"(?::|\xef\xbc\x9a)"
"""Piece of a `wakes` pattern: a colon, full-width or not."""
GAP: Final = r"(?:[ \-]|\xc2[\xb7\xa0]|\xe3\x80\x80|\xef\xbc\x8d)?"
"""Piece of a `wakes` pattern: at most one separator, before it is normalised."""

MASKED_SIGNS: Final = "*＊●•×xX"
"""What stands for a digit that was masked."""

LIKELY: Final = 0.75
"""Confidence of a value that passed a checksum and what else its kind can be held against."""
POSSIBLE: Final = 0.55
"""Confidence of a value that is reported without a label, yet is dropped by a negative word."""
NEAR: Final = 0.0
"""Confidence of what fails nothing but its checksum: never reported, yet it tells by its number
whether those that pass do so by chance."""
SHAPE: Final = 0.3
"""Confidence of a value that has the right shape alone: a label has to stand beside it."""


class Candidate(NamedTuple):
    """A stretch of normalised text that may be of a kind.

    `confidence` is what the validators alone say (0 to 1), `checks` names those that were passed.
    `masked` says that digits of it are hidden. `value` is the value in its one form, without
    separators; it lives in memory until it is hashed, and no text of a candidate shows it.
    """

    kind: str
    start: int
    end: int
    confidence: float
    checks: tuple[str, ...]
    masked: bool
    value: str

    def __repr__(self) -> str:
        """Show all but the value."""
        return f"Candidate({self.kind}, {self.start}-{self.end}, {self.confidence:.2f})"


class Recogniser(Protocol):
    """Finds one kind.

    `group` is its bit in the mask of the prefilter. It is asked only about stretches of text in
    which one of `wakes` matches: patterns in the syntax that Vectorscan and `re` share, over
    UTF-8 in which letters and digits are ASCII already and invisible characters are gone; other
    full-width signs may be there (`COLON`). `(?i)` in front ignores case. No look-around.
    """

    @property
    def kind(self) -> str:
        """Key of `KINDS`, or `own:NAME`."""
        ...

    @property
    def group(self) -> int:
        """Bit of the mask, 0 to 60."""
        ...

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of which one matches wherever there is something to find."""
        ...

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield what is found in normalised text, from left to right."""
        ...

    def fits(self, cell: str) -> Candidate | None:
        """Return the candidate that is the whole of a normalised cell."""
        ...


class Fits(NamedTuple):
    """Cells of a column that are of a kind as a whole: their numbers, values, confidence."""

    kind: str
    rows: Sequence[int]
    values: Sequence[str]
    confidence: float
    checks: tuple[str, ...]
    masked: bool

    def __repr__(self) -> str:
        """Show all but the values."""
        return f"Fits({self.kind}, {len(self.rows)} cells, {self.confidence:.2f})"


@runtime_checkable
class Columnar(Recogniser, Protocol):
    """A recogniser that judges the cells of a column at once."""

    def cells(self, cells: Sequence[str]) -> Iterator[Fits]:
        """Yield the normalised cells that fit as a whole, by what the validators say."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the validators say about one value: confidence, and the checks that were passed."""

    confidence: float
    checks: tuple[str, ...]
