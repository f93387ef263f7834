"""Numbers as rows: the shape of a kind, its one form, and the validators that judge it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detect.classified.context import BEFORE
from detect.classified.recogniser import LEFT, NEAR, RIGHT, Candidate, Fits, Judged

Judge = Callable[[str], Judged | None]
"""Says what the validators make of a value in its one form; None: it is not of the kind."""
Many = Callable[[Sequence[str]], NDArray[np.bool_]]
"""Tells of many values at once which ones pass in full."""

_SEPARATORS: Final = re.compile("[ \\-\u00b7]")


NEARLY: Final = Judged(NEAR, ("shape",))


def compact(found: str) -> str:
    """Return a number without the separators of its groups, in capitals."""
    return (found if found.isalnum() else _SEPARATORS.sub("", found)).upper()


def always(confidence: float, *checks: str) -> Judge:
    """Return the judge of a kind whose shape says all that can be said."""
    judged = Judged(confidence, checks or ("shape",))
    return lambda _: judged


@dataclass(frozen=True, kw_only=True)
class Number:
    """A recogniser of one kind of number.

    `shape` is its pattern without bounds, in normalised text; `form` makes its one form, `judge`
    validates that. `many` says of values at once which ones are worth `full`; the others are
    judged one by one. A number with decimals, or as decimals of another, is none.
    """

    kind: str
    group: int
    wakes: tuple[str, ...]
    shape: str
    judge: Judge
    form: Callable[[str], str] = compact
    many: Many | None = None
    full: Judged | None = None
    near: Callable[[str], bool] | None = None
    """Tells of what was refused whether nothing but its checksum is wrong."""
    masked: bool = False
    left: str = LEFT
    right: str = RIGHT
    beside: Callable[[str], object] | None = None
    """Tells of what stands before a number in a text whether it can be one there."""
    decimals: bool = False
    """Whether a point beside it is part of it, so that it does not make it a decimal fraction."""

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(f"{self.left}(?:{self.shape}){self.right}")

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self.shape})")

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the numbers of normalised text that the validators accept."""
        for match in self._found.finditer(text):
            start, end = match.span()
            if not self.decimals and is_decimal(text, start, end):
                continue
            if self.beside is not None and not self.beside(text[max(0, start - BEFORE) : start]):
                continue
            value = self.form(match[0])
            judged = self.judge(value) or self._nearly(value)
            if judged is not None:
                yield self._candidate(start, end, judged, value)

    def _nearly(self, value: str) -> Judged | None:
        return NEARLY if self.near is not None and self.near(value) else None

    def _candidate(self, start: int, end: int, judged: Judged, value: str) -> Candidate:
        return Candidate(
            self.kind, start, end, judged.confidence, judged.checks, self.masked, value
        )

    def fits(self, cell: str) -> Candidate | None:
        """Return the number that is the whole of a cell, as a spreadsheet may have written it."""
        text = bare(cell)
        if self._whole.fullmatch(text) is None:
            return None
        value = self.form(text)
        judged = self.judge(value)
        if judged is None:
            return None
        begin = cell.index(text)
        return self._candidate(begin, begin + len(text), judged, value)

    def cells(self, cells: Sequence[str]) -> Iterator[Fits]:
        """Yield the bare cells that are such a number as a whole, by what was said of them."""
        rows = [row for row, match in enumerate(map(self._whole.fullmatch, cells)) if match]
        if not rows:
            return
        values = [self.form(cells[row]) for row in rows]
        if self.many is not None and self.full is not None:
            passed = self.many(values)
            taken = np.flatnonzero(passed).tolist()
            if taken:
                yield self._fits(self.full, [(rows[at], values[at]) for at in taken])
            left = np.flatnonzero(~passed).tolist()
            rows, values = [rows[at] for at in left], [values[at] for at in left]
        yield from self._one_by_one(rows, values)

    def _one_by_one(self, rows: Sequence[int], values: Sequence[str]) -> Iterator[Fits]:
        sorted_out: dict[Judged, list[tuple[int, str]]] = {}
        for row, value in zip(rows, values, strict=True):
            judged = self.judge(value) or self._nearly(value)
            if judged is not None:
                sorted_out.setdefault(judged, []).append((row, value))
        for judged, fitting in sorted_out.items():
            yield self._fits(judged, fitting)

    def _fits(self, judged: Judged, fitting: Sequence[tuple[int, str]]) -> Fits:
        rows, values = zip(*fitting, strict=True)
        return Fits(self.kind, rows, values, judged.confidence, judged.checks, self.masked)


_NO_DECIMALS: Final = re.compile(r"\.0+$")


def bare(cell: str) -> str:
    """Return a cell without what spreadsheets put around a number: blanks, an apostrophe, `.0`."""
    if cell.isalnum():
        return cell
    cell = cell.strip(" \t'\"`=")
    return _NO_DECIMALS.sub("", cell) if cell.endswith("0") else cell


_ENTRY: Final = 2
"""Digits that the number of an entry has at most."""
_FIRST: Final = frozenset({"", "\n", "\t"})
"""What stands before it: nothing, it begins its line."""


def is_decimal(text: str, start: int, end: int) -> bool:
    """Tell whether digits are part of a decimal fraction: `0.138…`, `113.138…`, `138….50`.

    The number of an entry, `1.138…` or `12.138…` at the beginning of its line, is none.
    """
    if text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
        return not re.match(r"\.0(?![0-9])", text[end : end + 3])
    if text[start - 1 : start] != "." or not text[: start - 1][-1:].isdigit():
        return False
    begin = start - 1
    while begin and text[begin - 1].isdigit():
        begin -= 1
    whole = text[begin : start - 1]
    listed = len(whole) <= _ENTRY and text[max(0, begin - 1) : begin] in _FIRST
    return whole == "0" or not listed
