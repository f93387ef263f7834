"""Sizes of type in a text document: of runs, of the styles they have, of the document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from sensors.content.office.markup import Element, attribute, children, events, local, release

_DEEPEST = 12
"""Styles that build on one another before it is taken for a circle."""


@dataclass(frozen=True, slots=True)
class _Style:
    points: float | None
    parent: str


@dataclass(frozen=True, slots=True)
class Styles:
    """Sizes in points by the id of a paragraph's or character's style."""

    default: float | None = None
    by_id: Mapping[str, _Style] = field(default_factory=dict)

    def points(self, style: str) -> float | None:
        """Return the size of a style, of those that it builds on, of the document."""
        for _ in range(_DEEPEST):
            found = self.by_id.get(style)
            if found is None:
                break
            if found.points is not None:
                return found.points
            style = found.parent
        return self.default


def styles_of(source: BinaryIO) -> Styles:
    """Read `styles.xml` (ISO/IEC 29500-1, 17.7)."""
    default: float | None = None
    by_id: dict[str, _Style] = {}
    for _, name, element in events(source, ("docDefaults", "style")):
        if name == "docDefaults":
            default = _size(element)
            continue
        by_id[attribute(element, "styleId")] = _Style(_size(element), _parent(element))
        if attribute(element, "default") in {"1", "true"} and (
            attribute(element, "type") == "paragraph"
        ):
            by_id[""] = by_id[attribute(element, "styleId")]
        release(element)
    return Styles(default, by_id)


def _parent(style: Element) -> str:
    return next(
        (attribute(child, "val") for name, child in children(style) if name == "basedOn"), ""
    )


def _size(element: Element) -> float | None:
    return next((half_points(below) for below in element.iter() if local(below) == "sz"), None)


def half_points(size: Element) -> float | None:
    """Return the points of a `w:sz`, which counts halves."""
    value = attribute(size, "val")
    return int(value) / 2 if value.isascii() and value.isdigit() else None
