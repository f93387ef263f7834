"""Stretches: text that is judged at once, and where each character of it stands."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from detect.classified.normal import Normal
from detect.classified.prefilter import STRETCH
from situation.content.piece import Block, Passage
from situation.content.place import Place

_NEWLINE: Final = b"\n"


def stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield begin and end of stretches of whole lines of about 64 KiB."""
    begin = 0
    while begin < len(data):
        end = _end(data, begin)
        yield begin, end
        begin = end


def part(block: Block, begin: int, end: int) -> Block:
    """Return a stretch of a block, with the number of its first line."""
    line = (block.place.line or 1) + block.data.count(_NEWLINE, 0, begin)
    return Block(data=block.data[begin:end], place=replace(block.place, line=line))


def _end(data: bytes, begin: int) -> int:
    if len(data) - begin <= STRETCH:
        return len(data)
    last = data.rfind(_NEWLINE, begin, begin + STRETCH)
    if last < 0:
        last = data.find(_NEWLINE, begin + STRETCH)
    return last + 1 if last >= 0 else len(data)


class Lines:
    """Text out of a block, which knows line and character of each place in its normal form."""

    def __init__(self, block: Block) -> None:
        self._normal = Normal(block.data.decode("utf-8", "replace"))
        self._place = block.place
        self.text = self._normal.folded

    def place(self, index: int) -> Place:
        """Return the place of a character."""
        line, char = self._normal.where(index)
        return replace(self._place, line=(self._place.line or 1) + line, offset=char + 1)


class Joined:
    """Passages that follow one another, a line each, which knows where they come from."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._from: list[tuple[Passage, int]] = []
        lines: list[str] = []
        for passage in passages:
            begin = 0
            for line in passage.text.split("\n"):
                lines.append(line)
                self._from.append((passage, begin))
                begin += len(line) + 1
        self._normal = Normal("\n".join(lines))
        self.text = self._normal.folded

    def place(self, index: int) -> Place:
        """Return the place of a character."""
        line, char = self._normal.where(index)
        passage, begin = self._from[line]
        return replace(passage.place, offset=begin + char + 1)

    def seams(self) -> "Seams":
        """Return where lines of a page meet: a value may go on from one to the next."""
        return Seams(self.text, [_goes_on(*pair) for pair in pairwise(self._from)])


def _goes_on(before: tuple[Passage, int], after: tuple[Passage, int]) -> bool:
    first, second = before[0], after[0]
    laid_out = first.box is not None and second.box is not None
    return laid_out and replace(first.place, offset=None) == replace(second.place, offset=None)


_REACH: Final = 60
_APART: Final = "\n\n\n"


class Seams:
    """The ends of lines, each with the beginning of the next one behind it and nothing between.

    `text` holds all of them; `straddling` leads from a stretch of it that goes over the end of a
    line back to the text.
    """

    def __init__(self, text: str, goes_on: Sequence[bool]) -> None:
        parts: list[str] = []
        self._at: list[int] = []
        self._ends: list[int] = []
        made = end = 0
        lines = text.split("\n")
        for (line, following), wanted in zip(pairwise(lines), goes_on, strict=False):
            end += len(line)
            if wanted and line[-1:].isalnum() and following[:1].isalnum():
                tail, head = line[-_REACH:], following[:_REACH]
                self._at.append(made + len(tail))
                self._ends.append(end)
                parts.append(tail + head)
                made += len(tail) + len(head) + len(_APART)
            end += 1
        self.text = _APART.join(parts)

    def straddling(self, start: int, end: int) -> tuple[int, int] | None:
        """Return begin and end in the text of a stretch over a seam; None where it is over none."""
        seam = bisect_right(self._at, start)
        if seam == len(self._at) or end <= self._at[seam]:
            return None
        at, line_end = self._at[seam], self._ends[seam]
        return line_end - (at - start), line_end + 1 + (end - at)
