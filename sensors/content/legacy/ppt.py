"""PowerPoint 97 to 2003 presentations, and those that WPS writes as .dps or .ppt.

The stream is a tree of records; text stands in atoms of two widths at any depth. What a later
save left behind is read as what it is, a former version. Source: MS-PPT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.legacy.compound import Compound
from sensors.content.legacy.octets import little
from sensors.content.legacy.picture import picture_pieces
from sensors.content.legacy.ppt_outline import Show, show_of
from sensors.content.legacy.ppt_record import (
    COMMENT,
    HANDOUT,
    HIDDEN,
    LIST,
    MARGINS,
    MASTER,
    NARROW,
    NOTES,
    NOTES_HEAD,
    SCRAMBLED,
    SHOW_INFO,
    SLIDE,
    STRING,
    TOP,
    WIDE,
    Record,
    below,
    records,
    text_of,
)
from sensors.content.legacy.storage import stored_files
from sensors.content.legacy.summary import summary_pieces
from sensors.content.office.word import numbered
from sensors.content.reader import Broken, Encrypted, Reading
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place, Role

_DEEPEST = 32
_COMMENT_TEXT = 1
"""Number of the string of a comment that is its text; others name its author."""
_MARGIN_ROLES: dict[int, Role] = {0: "header", 1: "header", 2: "footer"}
"""Date, header and footer by the number of their strings."""
_ROLES: dict[int, Role] = {
    SLIDE: "body",
    NOTES: "note",
    MASTER: "template",
    HANDOUT: "template",
    COMMENT: "comment",
}
"""Roles by the container that text stands in."""
_LISTED: dict[int, Role] = {0: "body", 1: "template", 2: "note"}
"""Roles of what the document lists for its slides, masters and notes."""
_FILLER = "*"
"""Text of a field that a program fills in: date, number of the slide."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What text stands in: its place, the kind of container, how deep."""

    place: Place
    kind: int = 0
    depth: int = 0


def read_ppt(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the texts of slides, notes, comments and masters, properties, embedded files."""
    compound = Compound(stream)
    path = compound.named("PowerPoint Document")
    if path is None:
        raise Broken("no presentation in it")
    data = compound.read(path)
    user = compound.named("Current User")
    show = show_of(data, compound.read(user) if user else b"")
    if show.is_encrypted:
        raise Encrypted
    yield from numbered(_presentation(data, show, reading))
    yield from summary_pieces(compound, reading)
    yield from picture_pieces(compound, reading)
    yield from stored_files(compound, reading)


def _presentation(data: bytes, show: Show, reading: Reading) -> Iterator[Piece]:
    end = 0
    for record in records(data, 0, len(data)):
        reading.spend(0)  # a look at the clock
        end = record.end
        setting = _Setting(_place(data, record, show, reading.place), record.kind)
        yield from _texts(data, record, setting)
    if end > len(data):
        yield Unreadable(reason="truncated", place=reading.place)


def _place(data: bytes, record: Record, show: Show, place: Place) -> Place:
    """Return the place of what stands in a record at the top."""
    role = _ROLES.get(record.kind, "body")
    number = show.slides.get(record.at)
    for inner in below(data, record):
        if inner.kind == SHOW_INFO and little(data, inner.start + 10, 2) & HIDDEN:
            role = "hidden"
        elif inner.kind == NOTES_HEAD:
            number = show.numbers.get(little(data, inner.start, 4))
    if record.kind in TOP and show.live and record.at not in show.live:
        role = "revision"
    return replace(place, role=role, page=number)


def _texts(data: bytes, record: Record, setting: _Setting) -> Iterator[Piece]:
    if record.kind == SCRAMBLED:
        raise Encrypted
    if record.kind in {WIDE, NARROW, STRING}:
        yield from _text(data, record, setting)
        return
    if setting.depth >= _DEEPEST:
        return
    inside = _inside(record, setting)
    for inner in below(data, record):
        yield from _texts(data, inner, inside)


def _inside(record: Record, setting: _Setting) -> _Setting:
    """Return the setting of what stands in a record."""
    place = setting.place
    if place.role not in {"revision", "hidden"}:
        role = _ROLES.get(record.kind)
        if record.kind == LIST:
            role = _LISTED.get(record.instance)
        place = replace(place, role=role) if role else place
    kind = record.kind if record.kind in {COMMENT, MARGINS} else setting.kind
    return _Setting(place, kind, setting.depth + 1)


def _text(data: bytes, record: Record, setting: _Setting) -> Iterator[Piece]:
    place = setting.place
    if record.kind == STRING:
        if setting.kind == MARGINS:
            place = replace(place, role=_MARGIN_ROLES.get(record.instance, place.role))
        elif setting.kind != COMMENT or record.instance != _COMMENT_TEXT:
            return  # names of programs, fonts, authors
    for line in text_of(data, record).split("\r"):
        text = line.strip("\0")
        if text.strip() and text != _FILLER:
            yield Passage(text=text.replace("\x0b", "\n"), place=place)
