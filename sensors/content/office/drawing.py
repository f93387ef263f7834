"""Text in drawings: boxes, shapes, charts, diagrams, lettering, and what describes pictures.

Source: ISO/IEC 29500-1, 20 and 21 (DrawingML, charts, diagrams), ISO/IEC 29500-4, 19 (VML).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.office.markup import Element, attribute, children, events, local, release
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

_SPOKEN: dict[str, Role] = {"descr": "alt_text", "title": "alt_text", "string": "text_box"}
"""Attributes that people read, and what the text is."""
_NAMES = ("p", "v", "textbox", "textpath", "cNvPr", "docPr", "shape")
_SIZE_UNITS = 100
"""Units of a size of type in a point."""
_ALTERNATE = "alt"


def drawn_pieces(part: BinaryIO, place: Place) -> Iterator[Piece]:
    """Yield the texts of a drawing, a chart or a diagram. `place` says where it stands."""
    for _, name, element in events(part, _NAMES):
        if name == "p":
            yield from _paragraph(element, replace(place, role="text_box"))
            release(element)
        elif name in {"v", "textbox"}:
            yield from _aside(element, replace(place, role="text_box"))
        else:
            yield from spoken(element, place)


def spoken(element: Element, place: Place) -> Iterator[Piece]:
    """Yield the descriptions that an element has as attributes."""
    keys = (*_SPOKEN, _ALTERNATE) if local(element) == "shape" else _SPOKEN
    for key in keys:
        text = attribute(element, key).strip()
        if text:
            yield Passage(text=text, place=replace(place, role=_SPOKEN.get(key, "alt_text")))


def _paragraph(element: Element, place: Place) -> Iterator[Piece]:
    text, points = paragraph_text(element)
    if text.strip():
        yield Passage(text=text, place=place, points=points)


def _aside(element: Element, place: Place) -> Iterator[Piece]:
    """Yield a value of a chart that is no figure, or the text of a box of VML."""
    parts = (f"{below.text or ''}{below.tail or ''}" for below in element.iter() if below.text)
    text = "".join(parts).strip()
    if text and not _is_figure(text):
        yield Passage(text=text, place=place)


def _is_figure(text: str) -> bool:
    """Whether it is a number, of which a chart holds copies that the cells hold as well."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def paragraph_text(element: Element) -> tuple[str, float | None]:
    """Join the runs of an `a:p`; return the text and the largest size of its type in points."""
    texts: list[str] = []
    points = 0.0
    for name, child in children(element):
        if name == "br":
            texts.append("\n")
        elif name in {"r", "fld"}:
            for kind, below in children(child):
                if kind == "t":
                    texts.append(below.text or "")
                elif kind == "rPr":
                    points = max(points, _points(below))
    return "".join(texts), points or None


def _points(properties: Element) -> float:
    size = attribute(properties, "sz")
    return int(size) / _SIZE_UNITS if size.isascii() and size.isdigit() else 0.0
