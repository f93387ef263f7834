"""A first page: its lines with their places, and the marks that stand on it."""

from collections.abc import Iterator
from dataclasses import dataclass

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
"""A4 in millimetres."""
LEFT, TOP, WIDTH = 28.0, 37.0, 156.0
"""Margins and width of the type area (GB/T 9704-2012 clause 5.2)."""
LINE = 225.0 / 22
"""Height of a line: 22 of them in the type area of 225 mm."""
POINT = 25.4 / 72
BODY_POINTS = 16.0
"""3号 type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a page. Places are shares of the page from its upper left corner.

    `runs` are the parts in which it was set; `role` is where it stands in its document, in the
    words of the scan's places (body, header, footer, text_box, comment ...).
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    points: float = BODY_POINTS
    role: str = "body"
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A mark on a page. `text` is the mark without blanks; `line` the number of its line from 0.

    `classed` is what it has to be taken for; `raised` whether it must score as a finding (60)
    or only has to be laid before a person (40).
    """

    level: str
    text: str
    term: str
    line: int
    classed: str = "secret"
    faults: tuple[str, ...] = ()
    raised: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with its truth. A decoy has no mark that may be raised as a state secret."""

    name: str
    lines: tuple[Line, ...]
    marks: tuple[Truth, ...] = ()
    why: str = ""

    @property
    def text(self) -> str:
        """The page as plain text, a line each."""
        return "\n".join(line.text for line in self.lines)


def _width(text: str, points: float) -> float:
    signs = sum(0.5 if sign.isascii() else 1.0 for sign in text)
    return signs * points * POINT


class Sheet:
    """A page in the making: text is set line by line, flush left or centred."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._row = 0.0

    @property
    def count(self) -> int:
        """How many lines were set."""
        return len(self._lines)

    def skip(self, rows: float) -> None:
        """Leave lines blank."""
        self._row += rows

    def set(
        self,
        text: str,
        points: float = BODY_POINTS,
        *,
        at: str = "left",
        role: str = "body",
        runs: tuple[str, ...] = (),
        advance: bool = True,
    ) -> int:
        """Set one line and return its number; `advance=False` keeps the next beside it."""
        width = min(_width(text, points), WIDTH)
        free = WIDTH - width
        left = LEFT + {"left": 0.0, "centre": free / 2, "right": free}[at]
        top = TOP + self._row * LINE if role != "header" else 15.0
        self._lines.append(_placed(text, points, (left, top, width), role, runs))
        if advance and role != "header":
            self._row += max(1.0, points / BODY_POINTS)
        return len(self._lines) - 1

    def lines(self) -> tuple[Line, ...]:
        """Return what was set, in order."""
        return tuple(self._lines)


def _placed(
    text: str, points: float, place: tuple[float, float, float], role: str, runs: tuple[str, ...]
) -> Line:
    left, top, width = place
    return Line(
        text=text,
        left=left / PAGE_WIDTH,
        top=top / PAGE_HEIGHT,
        right=(left + width) / PAGE_WIDTH,
        bottom=(top + points * POINT) / PAGE_HEIGHT,
        points=points,
        role=role,
        runs=runs,
    )


def split_runs(text: str) -> Iterator[str]:
    """Split a text as editors do when type changes: a sign or two in each run."""
    step = 1
    at = 0
    while at < len(text):
        yield text[at : at + step]
        at += step
        step = 3 - step
