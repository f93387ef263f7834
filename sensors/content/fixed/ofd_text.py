"""The text objects of an OFD page, a template, an annotation or a composite unit.

Each run of text has its own origin in millimetres; writers set a line in one run or in one for
each character. Source: GB/T 33190-2016, 11 (text), 8.3 (coordinates), 15 (annotations).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot
from typing import BinaryIO

from sensors.content.fixed.fragment import Fragment
from sensors.content.fixed.ofd_outline import Size, figures, size_of
from sensors.content.office.markup import (
    Element,
    attribute,
    children,
    events,
    release,
    text_of,
)
from situation.content.place import Role

POINTS_PER_MM = 72 / 25.4
ROLES: dict[str, Role] = {"Page": "revision", "PageAnnot": "annotation", "Res": "body"}
"""Roots of the parts that hold text objects, and what the text is where no list says it."""

_SAID = frozenset({"Remark", "Parameter"})
_NAMES = (*ROLES, *_SAID, "PhysicalBox", "Template", "TextObject", "Appearance")
_ASCENT = 0.88
"""Shares of the size that a character stands above its baseline."""
_WIDE_FROM = "\u2e80"
_FLAT = 1e-3
_PLAIN = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_CORNER = (0.0, 0.0)


@dataclass(slots=True)
class Content:
    """What one part holds. `turned` are texts that stand upright or askew, each for itself."""

    root: str = ""
    size: Size = (0.0, 0.0)
    templates: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    level: list[Fragment] = field(default_factory=list)
    turned: list[Fragment] = field(default_factory=list)


def content_of(part: BinaryIO) -> Content:
    """Read one part. Raises `Broken`; a part with another root gives nothing."""
    content = Content()
    corner = _CORNER
    for edge, name, element in events(part, _NAMES, starts=True):
        if not content.root:
            content.root = name if element.getparent() is None else "?"
        if content.root not in ROLES:
            break
        if name == "Appearance":
            corner = _corner(element) if edge == "start" else _CORNER
        elif edge == "end":
            _take(content, name, element, corner)
    return content


def _corner(element: Element) -> tuple[float, float]:
    box = figures(attribute(element, "Boundary"))
    return (box[0], box[1]) if len(box) > 1 else _CORNER


def _take(content: Content, name: str, element: Element, corner: tuple[float, float]) -> None:
    if name == "TextObject":
        for fragment, is_level in _fragments(element, corner):
            (content.level if is_level else content.turned).append(fragment)
        release(element)
    elif name == "PhysicalBox":
        content.size = size_of(element.text or "")
    elif name == "Template":
        content.templates.append(attribute(element, "TemplateID"))
    elif name in _SAID:
        content.said.append(text_of(element).strip())


@dataclass(frozen=True, slots=True)
class _Object:
    """A text object: where its coordinates begin, how they are turned and stretched."""

    origin: tuple[float, float]
    matrix: tuple[float, ...]
    size: float
    is_hidden: bool

    @property
    def is_level(self) -> bool:
        """Whether it neither stands upright nor askew."""
        return abs(self.matrix[1]) <= _FLAT and abs(self.matrix[2]) <= _FLAT

    def fragment(self, text: str, x: float, y: float, steps: str) -> Fragment:
        """Return a run of it that begins at a place of its own coordinates."""
        across, slant, lean, down, right, lower = self.matrix
        height = self.size * (hypot(lean, down) or 1.0)
        left = self.origin[0] + across * x + lean * y + right
        base = self.origin[1] + slant * x + down * y + lower
        return Fragment(
            text=text,
            left=left,
            top=base - _ASCENT * height,
            right=left + abs(across) * _width(text, self.size, steps),
            bottom=base,
            size=height or 1.0,
            points=round(height * POINTS_PER_MM, 1) or None,
            is_hidden=self.is_hidden,
        )


def _object(element: Element, corner: tuple[float, float]) -> _Object:
    inset = _corner(element)
    matrix = tuple(figures(attribute(element, "CTM")))
    return _Object(
        origin=(corner[0] + inset[0], corner[1] + inset[1]),
        matrix=matrix if len(matrix) == len(_PLAIN) else _PLAIN,
        size=_number(attribute(element, "Size")),
        is_hidden=attribute(element, "Visible") == "false",
    )


def _fragments(element: Element, corner: tuple[float, float]) -> Iterator[tuple[Fragment, bool]]:
    """Yield a fragment for each run of a text object, and whether it lies level."""
    shown = _object(element, corner)
    x = y = 0.0
    for name, code in children(element):
        text = (code.text or "").strip("\r\n\t")
        if name == "TextCode":
            x = _number(attribute(code, "X"), x)
            y = _number(attribute(code, "Y"), y)
            if text.strip():
                is_level = shown.is_level and not attribute(code, "DeltaY")
                yield shown.fragment(text, x, y, attribute(code, "DeltaX")), is_level


def _number(text: str, default: float = 0.0) -> float:
    found = figures(text)
    return found[0] if found else default


def _width(text: str, size: float, steps: str) -> float:
    """Return how wide a run is: by the steps between its characters, else by their kind."""
    last = _advance(text[-1], size)
    widths = _steps(steps)
    if widths:
        return sum(widths[: len(text) - 1]) + last
    return sum(_advance(character, size) for character in text)


def _advance(character: str, size: float) -> float:
    return size if character >= _WIDE_FROM or character == "★" else size / 2


def _steps(text: str) -> list[float]:
    """Return the steps of an array in which `g 3 2.5` stands for three of 2.5 (ST_Array)."""
    words = text.split()
    steps: list[float] = []
    at = 0
    try:
        while at < len(words):
            if words[at] == "g":
                steps += [float(words[at + 2])] * min(int(words[at + 1]), _MOST_STEPS)
                at += 3
            else:
                steps.append(float(words[at]))
                at += 1
    except (ValueError, IndexError):
        return []
    return steps


_MOST_STEPS = 10_000
