"""Presentations (.pptx, .ppsx, .potx; WPS writes them too).

Slides come in their order with notes and comments; then what lies under them: layouts, masters,
hand-outs. Source: ISO/IEC 29500-1, 19.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sensors.content.office.drawing import drawn_pieces
from sensors.content.office.embedded import embedded
from sensors.content.office.markup import attribute, events, release, text_of
from sensors.content.office.package import Package, going_on
from sensors.content.office.properties import properties
from sensors.content.office.relation import owners, relations
from sensors.content.office.shape import Canvas, shape_pieces
from sensors.content.office.word import numbered
from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

_SHOW = "ppt/presentation.xml"
_SHAPED: dict[str, Role] = {
    "ppt/slides/": "body",
    "ppt/notesslides/": "note",
    "ppt/slidelayouts/": "template",
    "ppt/slidemasters/": "template",
    "ppt/notesmasters/": "template",
    "ppt/handoutmasters/": "template",
}
"""Folders of parts that are a canvas with shapes, in the order of reading."""
_DRAWN = ("ppt/charts/", "ppt/diagrams/", "ppt/drawings/")
_COMMENTS = ("ppt/comments/", "ppt/threadedcomments/")


@dataclass(slots=True)
class _Show:
    """The outline of a presentation: number of the slide by its part, and its size."""

    numbers: dict[str, int] = field(default_factory=dict)
    canvas: Canvas = field(default_factory=Canvas)


def read_pptx(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield slides, notes, comments, drawings, then what lies under the slides."""
    package = Package(stream, reading)
    show = _show(package)
    number_of = _numbers(package, show)
    for name in _ordered(package, show):
        yield from going_on(_part(package, name, show, number_of, reading.place), reading.place)
    yield from properties(package, reading)
    yield from embedded(package, reading)


def _show(package: Package) -> _Show:
    show = _Show()
    if not package.has(_SHOW):
        return show
    parts = {step.identifier: step.target for step in relations(package, _SHOW)}
    with package.open(_SHOW) as source:
        for _, name, element in events(source, ("sldId", "sldSz")):
            if name == "sldSz":
                sides = (attribute(element, "cx"), attribute(element, "cy"))
                show.canvas = Canvas(*map(_length, sides))
                continue
            # Two attributes are called id; the relation's has a namespace.
            keys = (element.get(key) for key in element.attrib if key.endswith("}id"))
            part = parts.get(next(keys, ""))
            if part is not None:
                show.numbers[part] = len(show.numbers) + 1
    return show


def _length(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _numbers(package: Package, show: _Show) -> Mapping[str, int]:
    """Return the number of the slide that a part hangs on."""
    owned = owners(package, {part: str(number) for part, number in show.numbers.items()})
    return {part: int(number) for part, number in owned.items()} | show.numbers


def _ordered(package: Package, show: _Show) -> list[str]:
    """Return the parts in the order of reading: slides as they are shown, then the others."""
    folders = (*_SHAPED, *_COMMENTS, *_DRAWN)
    found = [
        (folders.index(folder), show.numbers.get(name, 0), name)
        for name in package.names
        for folder in folders
        if name.startswith(folder) and name.endswith((".xml", ".vml")) and "/_rels/" not in name
    ]
    return [name for _, _, name in sorted(found)]


def _part(
    package: Package, name: str, show: _Show, number_of: Mapping[str, int], place: Place
) -> Iterator[Piece]:
    role = next((role for folder, role in _SHAPED.items() if name.startswith(folder)), None)
    page = number_of.get(name) if role != "template" else None
    with package.open(name) as part:
        if role is not None:
            at = replace(place, role=role, page=page)
            yield from numbered(shape_pieces(part, at, show.canvas))
        elif name.startswith(_COMMENTS):
            yield from _comments(part, replace(place, role="comment", page=page))
        else:
            yield from drawn_pieces(part, replace(place, page=page))


def _comments(part: BinaryIO, place: Place) -> Iterator[Piece]:
    for _, _, element in events(part, ("cm", "reply")):
        text = text_of(element, "text", "t")
        if text.strip():
            yield Passage(text=text, place=place)
        release(element)
