"""JSON (RFC 8259): arrays and lines of objects as tables, everything else as keys with values.

Values are decoded one after the other out of a window of text, so that an export of any length
takes the memory of one of its objects. What is no JSON after all is read as text.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from sensors.content.decoding import TextBlock, blocks
from sensors.content.reader import Reading, TooDeep
from sensors.content.text.delimited import ROWS
from sensors.content.text.plain import as_block, text_blocks
from sensors.content.text.values import Json, Rows, told, told_list
from situation.content.piece import Block, Piece
from situation.content.place import Place

_VALUE_LIMIT = 32 * 1024 * 1024
"""Characters of one value that are decoded; a longer one is read as text."""
_GAP = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)


class _Window:
    """The text that was read and not yet decoded."""

    def __init__(self, blocks: Iterator[TextBlock]) -> None:
        self._blocks = blocks
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def fill(self, characters: int = 1) -> None:
        """Take so much more text, whole blocks of it; drops what was decoded."""
        taken: list[str] = []
        while characters > 0 and not self.ended:
            block = next(self._blocks, None)
            self.ended = block is None
            if block is not None:
                taken.append(block.data.decode("utf-8", errors="replace"))
                characters -= len(taken[-1])
        self.line += self.text.count("\n", 0, self.at)
        self.text = self.text[self.at :] + "".join(taken)
        self.at = 0

    def skip_gap(self) -> bool:
        """Go to the next value; False where nothing is left."""
        while True:
            gap = _GAP.match(self.text, self.at)
            self.at = gap.end() if gap else self.at
            if self.at < len(self.text):
                return True
            if self.ended:
                return False
            self.fill()

    def value(self) -> Json:
        """Decode one value and go behind it; ValueError where it is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                if self.ended or len(self.text) - self.at > _VALUE_LIMIT:
                    raise
                self.fill(len(self.text) - self.at)  # twice as much, so that it is tried seldom
                continue
            if end == len(self.text) and not self.ended:
                self.fill()  # a number may go on
                continue
            self.at = end
            return value  # type: ignore[no-any-return]

    def rest(self, place: Place) -> Iterator[Block]:
        """Yield what was not decoded as text."""
        self.line += self.text.count("\n", 0, self.at)
        data = self.text[self.at :].encode("utf-8", errors="replace")
        for block in blocks(io.BytesIO(data), len(data), "utf-8"):
            line = self.line + block.line - 1
            yield as_block(TextBlock(block.data, line, block.offset), place)
        yield from (as_block(block, place) for block in self._blocks)


def read_json(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield tables as grids, other values as passages; from what is no JSON on, text."""
    window = _Window(text_blocks(stream, reading))
    if not window.skip_gap():
        return
    array = window.text[window.at] == "["
    window.at += array
    rows = Rows("", reading.place)
    try:
        yield from _values(window, rows, reading.place, array=array)
    except (ValueError, RecursionError) as fault:
        yield from rows.rest()
        yield from window.rest(reading.place)
        if isinstance(fault, RecursionError):
            raise TooDeep("JSON, read as text") from None
        return
    yield from rows.rest()


def _values(window: _Window, rows: Rows, place: Place, *, array: bool) -> Iterator[Piece]:
    """Yield values that follow one another: the items of an array, or the lines of a file.

    A file that is one object alone is told by its keys.
    """
    others: list[Json] = []
    for number, value in enumerate(_decoded(window, array=array)):
        if not isinstance(value, dict):
            others.append(value)
            if len(others) >= ROWS:
                yield from told_list(others, "", place)
                others = []
        elif number == 0 and not array and not window.skip_gap():
            yield from told(value, "", place)
        else:
            yield from rows.take(value)
    yield from told_list(others, "", place)


def _decoded(window: _Window, *, array: bool) -> Iterator[Json]:
    while window.skip_gap():
        if array and window.text[window.at] == "]":
            window.at += 1
            array = False
        else:
            yield window.value()
