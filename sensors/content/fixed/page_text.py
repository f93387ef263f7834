"""The text of a page of a PDF as lines, with their place on the page as it is shown.

pdfium gives characters in the order of the content, with line ends where the baseline changes.
"""

import ctypes
import sys
import unicodedata
from collections.abc import Iterator
from math import hypot
from typing import NamedTuple

from pypdfium2 import PdfPage, PdfTextPage, raw

from sensors.content.fixed.fragment import Fragment, lines_of

_REACH = 0.6
"""Shares of the size up to which fragments that were drawn apart are one line."""
_WORD_REACH = 2.0
"""Shares of the size up to which parts of one line are one text, where it lies over another."""
_GRAIN = 100_000
"""Steps of the page on which a place is told: far finer than a character."""
_PROBES = 5
"""Characters of a line whose boxes are looked at."""
_HYPHENS = {0x02: "-", 0xFFFE: "-"}
"""What pdfium gives for a hyphen at the end of a line."""
_MOST_CHARACTERS = 2_000_000
_FEWEST_STEP = 0.3
"""Shares of the size from one wide character to the next below which they lie on one another."""
_WIDEST_STEP = 3.0
"""Shares of the size from one character to the next from which a gap lies between them."""
_NARROW = "\u2000"
_LEVEL = 0.1
"""Radians."""

Rectangle = tuple[float, float, float, float]


class _Part(NamedTuple):
    """A part of a line: where it begins and ends, and which of its spaces are wide."""

    start: int
    end: int
    tabs: tuple[int, ...]

    def of(self, text: str) -> str:
        cut = text[self.start : self.end]
        for at in self.tabs:
            cut = cut[: at - self.start] + "\t" + cut[at - self.start + 1 :]
        return cut.strip()


class PageText:
    """The text of one page, while the page is open."""

    def __init__(self, page: PdfPage, text: PdfTextPage) -> None:
        self._page = page.raw
        self._text = text.raw
        self._numbers: dict[int, int] = {}
        self.count = min(max(raw.FPDFText_CountChars(self._text), 0), _MOST_CHARACTERS)

    def characters(self) -> str:
        """Return all characters, each at its own index."""
        buffer = (ctypes.c_ushort * (self.count + 1))()
        written = raw.FPDFText_GetText(self._text, 0, self.count, buffer) - 1
        if written == self.count:
            text = bytes(buffer)[: 2 * written].decode("utf-16-le", errors="replace")
            if len(text) == self.count:
                return text.translate(_HYPHENS)
        codes = (raw.FPDFText_GetUnicode(self._text, at) for at in range(self.count))
        return "".join(map(_character, codes)).translate(_HYPHENS)

    def lines(self, text: str, width: float, height: float) -> list[Fragment]:
        """Return the lines of `text`, which is that of `characters`, in points of the page."""
        fragments: list[Fragment] = []
        for start, end in _spans(text):
            parts = list(self._parts(text, start, end))
            overlaid = len(parts) > 1
            if overlaid:
                parts = self._drawn(start, end)
            made = (self._fragment(text, part, width, height) for part in parts)
            line = [fragment for fragment in made if fragment is not None]
            fragments += lines_of(line, _WORD_REACH) if overlaid else line
        return lines_of(fragments, _REACH)

    def _parts(self, text: str, start: int, end: int) -> Iterator[_Part]:
        """Yield the parts of a line between which the text goes back.

        pdfium sorts what stands on one baseline, so that texts that lie over one another come
        character by character in turns. A wide gap, for which it gives a space, is a tab.
        """
        size = self._points(start)
        before, is_level = float("-inf"), self._is_level(start)
        tabs: list[int] = []
        for at in range(start, end):
            if text[at].isspace():
                continue
            x = self._across(at)
            if is_level and x < before + size * _FEWEST_STEP and text[at] > _NARROW:
                yield _Part(start, at, tuple(tabs))
                start, tabs = at, []
            elif x > before + size * _WIDEST_STEP and text[at - 1] == " " and at > start:
                tabs.append(at - 1)
            before = x
        yield _Part(start, end, tuple(tabs))

    def _drawn(self, start: int, end: int) -> list[_Part]:
        """Return the parts of a line by the objects that drew them, in the order of drawing."""
        found: list[tuple[int, _Part]] = []
        before = -1
        for at in range(start, end):
            number = self._object(at)
            if number == before and found:
                found[-1] = (number, found[-1][1]._replace(end=at + 1))
            else:
                found.append((number, _Part(at, at + 1, ())))
            before = number
        return [part for _, part in sorted(found, key=lambda numbered: numbered[0])]

    def _object(self, at: int) -> int:
        """Return the number of the object that drew a character, in the order of the page."""
        drawn = raw.FPDFText_GetTextObject(self._text, at)
        if not drawn:
            return -1
        if not self._numbers:
            count = max(int(raw.FPDFPage_CountObjects(self._page)), 0)
            shown = (raw.FPDFPage_GetObject(self._page, number) for number in range(count))
            self._numbers = {_address(one): number for number, one in enumerate(shown)}
        return self._numbers.get(_address(drawn), len(self._numbers))

    def _across(self, at: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self._text, at, x, y)
        return x.value

    def _is_level(self, at: int) -> bool:
        """Whether a line runs across its page."""
        return abs(float(raw.FPDFText_GetCharAngle(self._text, at))) < _LEVEL

    def _fragment(self, text: str, part: _Part, width: float, height: float) -> Fragment | None:
        probed = (self._box(at) for at in _probes(text, part))
        boxes = [box for box in probed if box is not None]
        if not boxes:
            return None
        left, top, right, bottom = (
            min(box[0] for box in boxes) * width,
            min(box[1] for box in boxes) * height,
            max(box[2] for box in boxes) * width,
            max(box[3] for box in boxes) * height,
        )
        points = self._points(part.start)
        return Fragment(
            text=part.of(text),
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            size=points or max(bottom - top, 1.0),
            points=round(points, 1) or None,
        )

    def _box(self, at: int) -> Rectangle | None:
        """Return the box of a character as shares of the page as it is shown."""
        rectangle = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(self._text, at, rectangle):
            return None
        one = self._share(rectangle.left, rectangle.top)
        other = self._share(rectangle.right, rectangle.bottom)
        return (
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[0], other[0]),
            max(one[1], other[1]),
        )

    def _share(self, x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, _GRAIN, _GRAIN, 0, x, y, across, down)
        return across.value / _GRAIN, down.value / _GRAIN

    def _points(self, at: int) -> float:
        """Return the size of a character as it stands on the page, in points."""
        size = float(raw.FPDFText_GetFontSize(self._text, at))
        matrix = raw.FS_MATRIX()
        if raw.FPDFText_GetMatrix(self._text, at, matrix):
            size *= hypot(matrix.c, matrix.d)
        return size


def _address(drawn: raw.FPDF_PAGEOBJECT) -> int:
    return ctypes.cast(drawn, ctypes.c_void_p).value or 0


def _character(code: int) -> str:
    """Return a code as one character; what is none is a replacement."""
    is_one = 0 < code <= sys.maxunicode and unicodedata.category(chr(code)) != "Cs"
    return chr(code) if is_one else "\ufffd"


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends, without the space around it."""
    start = 0
    for line in text.splitlines(keepends=True):
        filled = line.strip()
        if filled:
            begin = start + line.index(filled)
            yield begin, begin + len(filled)
        start += len(line)


def _probes(text: str, part: _Part) -> set[int]:
    """Return the first and the last character of a line and some between, none of them a space."""
    start, end = part.start, part.end
    step = max((end - 1 - start) / (_PROBES - 1), 1)
    places = {start, end - 1, *(start + int(step * at) for at in range(1, _PROBES - 1))}
    return {at for at in places if at < end and not text[at].isspace()}
