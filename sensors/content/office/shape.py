"""The shapes of a slide, its notes or its master, with the place of each on the canvas.

Source: ISO/IEC 29500-1, 19.3 (slides), 20.1.7.6 (place and size), 21.1.3 (tables).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sensors.content.office.drawing import paragraph_text, spoken
from sensors.content.office.markup import Element, attribute, children, events, release
from sensors.content.office.table import Table
from situation.content.piece import Passage, Piece
from situation.content.place import Box, Place, Role

_CONTAINERS = ("sp", "graphicFrame", "pic", "cxnSp")
_NAMES = (*_CONTAINERS, "sld", "grpSp", "p", "tbl", "tr", "tc", "ph", "xfrm", "cNvPr")
_ROLES: dict[str, Role] = {"hdr": "header", "ftr": "footer"}
"""Roles by the type of a placeholder."""
_FALSE = frozenset({"", "0", "false"})


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of a slide in the units of the format."""

    width: int = 0
    height: int = 0


@dataclass(slots=True)
class _Shape:
    """A shape while it is read; `role` is empty where it is that of the part."""

    role: Role | None = None
    box: Box | None = None


@dataclass(slots=True)
class _Shapes:
    """The shapes of one part while they are read."""

    place: Place
    canvas: Canvas
    open: list[_Shape] = field(default_factory=list)
    table: Table | None = None
    tables: int = 0
    groups: int = 0


def shape_pieces(part: BinaryIO, place: Place, canvas: Canvas) -> Iterator[Piece]:
    """Yield the paragraphs of the shapes; `place` is that of the slide, with its role."""
    shapes = _Shapes(place, canvas)
    for edge, name, element in events(part, _NAMES, starts=True):
        if edge == "start":
            _begin(shapes, name, element)
        else:
            yield from _end(shapes, name, element)


def _begin(shapes: _Shapes, name: str, element: Element) -> None:
    if name in _CONTAINERS:
        shapes.open.append(_Shape())
    elif name == "sld" and attribute(element, "show") in {"0", "false"}:
        shapes.place = replace(shapes.place, role="hidden")
    elif name == "grpSp":
        shapes.groups += 1
    elif name == "tbl":
        shapes.tables += 1
        shapes.table = Table(f"表{shapes.tables}", shapes.place)
    elif name == "tr" and shapes.table is not None:
        shapes.table.begin_row()
    elif name == "tc" and shapes.table is not None:
        shapes.table.begin_cell()


def _end(shapes: _Shapes, name: str, element: Element) -> Iterator[Piece]:
    if name == "p":
        yield from _paragraph(shapes, element)
    elif name == "cNvPr":
        yield from spoken(element, shapes.place)
        _hide(shapes, element)
    elif name in {"tr", "tbl"} and shapes.table is not None:
        yield from shapes.table.take(last=name == "tbl")
        shapes.table = None if name == "tbl" else shapes.table
    elif name == "grpSp":
        shapes.groups -= 1
    elif shapes.open:
        _know(shapes, name, element)


def _know(shapes: _Shapes, name: str, element: Element) -> None:
    """Put down what is said about the innermost shape."""
    shape = shapes.open[-1]
    if name == "ph" and shapes.place.role != "template":
        shape.role = shape.role or _ROLES.get(attribute(element, "type"))
    elif name == "xfrm" and not shapes.groups:
        shape.box = _box(element, shapes.canvas)
    elif name in _CONTAINERS:
        shapes.open.pop()
        release(element)


def _hide(shapes: _Shapes, element: Element) -> None:
    if shapes.open and attribute(element, "hidden") not in _FALSE:
        shapes.open[-1].role = "hidden"


def _paragraph(shapes: _Shapes, element: Element) -> Iterator[Piece]:
    text, points = paragraph_text(element)
    release(element)
    if not text.strip():
        return
    shape = shapes.open[-1] if shapes.open else _Shape()
    role = "hidden" if shapes.place.role == "hidden" else shape.role or shapes.place.role
    place = replace(shapes.place, role=role)
    passage = Passage(text=text, place=place, box=shape.box, points=points)
    if shapes.table is not None:
        shapes.table.add(passage)
    else:
        yield passage


def _box(element: Element, canvas: Canvas) -> Box | None:
    """Return the frame of a shape as shares of the canvas; None where either has no size."""
    at = dict(children(element))
    if not canvas.width or not canvas.height or not {"off", "ext"} <= at.keys():
        return None
    left = _length(at["off"], "x") / canvas.width
    top = _length(at["off"], "y") / canvas.height
    right = left + _length(at["ext"], "cx") / canvas.width
    bottom = top + _length(at["ext"], "cy") / canvas.height
    return Box(left=_share(left), top=_share(top), right=_share(right), bottom=_share(bottom))


def _length(element: Element, name: str) -> int:
    text = attribute(element, name)
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else 0


def _share(length: float) -> float:
    return round(min(max(length, 0.0), 1.0), 4)
