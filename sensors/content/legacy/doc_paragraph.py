"""Paragraphs of a Word 97 document: as they read now, as they read before, what is hidden.

Characters below a space are marks: ends, fields, anchors (MS-DOC, 2.4.1, 2.4.2).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.content.legacy.formatting import (
    DELETED,
    IN_TABLE,
    INSERTED,
    ROW_END,
    SIZE,
    VANISHED,
    Spans,
)
from sensors.content.legacy.pieces import Pieces

_END = re.compile(r"[^\r\x07\x0c\x0e]*[\r\x07\x0c\x0e]?")
_CELL_END = "\x07"
_FIELD = re.compile(r"[\x13\x14\x15]")
_FIELD_BEGIN, _FIELD_DIVIDER = "\x13", "\x14"
_MARKS = {
    **dict.fromkeys(range(0x09)),
    **dict.fromkeys(range(0x0C, 0x20)),
    0x07: None,
    0x0B: "\n",
    0x1E: "-",
}


@dataclass(frozen=True, slots=True)
class Document:
    """Text and properties."""

    pieces: Pieces
    characters: Spans
    paragraphs: Spans


@dataclass(slots=True)
class Paragraph:
    """One paragraph. `before` is empty where nothing was deleted from it."""

    now: str = ""
    before: str = ""
    hidden: str = ""
    points: float | None = None
    in_table: bool = False
    ends_row: bool = False
    ends_cell: bool = False


@dataclass(slots=True)
class _Texts:
    now: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    points: int = 0
    is_changed: bool = False


def paragraphs(document: Document, start: int, end: int) -> Iterator[Paragraph]:
    """Yield the paragraphs of a stretch of the text."""
    text = document.pieces.text
    end = min(end, len(text))
    while start < end:
        found = _END.match(text, start, end)
        stop = max(found.end() if found else end, start + 1)
        yield _paragraph(document, start, stop)
        start = stop


def _paragraph(document: Document, start: int, stop: int) -> Paragraph:
    texts = _Texts()
    for first, last, octets in document.pieces.stretches(start, stop):
        place = document.pieces.place(first)
        runs = document.characters.runs(place, place + (last - first) * octets)
        for begin, until, changes in runs:
            at = first + (begin - place) // octets
            part = document.pieces.text[at : first + (until - place + octets - 1) // octets]
            _add(texts, part, changes)
    changes = document.paragraphs.at(document.pieces.place(stop - 1))
    now, codes = _shown("".join(texts.now))
    before, _ = _shown("".join(texts.before)) if texts.is_changed else ("", "")
    return Paragraph(
        now=now,
        before=before if before != now else "",
        hidden=_plain("".join(texts.hidden)) + codes,
        points=texts.points / 2 or None,
        in_table=bool(changes.get(IN_TABLE)),
        ends_row=bool(changes.get(ROW_END)),
        ends_cell=document.pieces.text[stop - 1] == _CELL_END,
    )


def _add(texts: _Texts, part: str, changes: dict[int, int]) -> None:
    if changes.get(VANISHED) == 1:
        texts.hidden.append(part)
        return
    if changes.get(DELETED) == 1:
        texts.is_changed = texts.is_changed or bool(_plain(part).strip())
    else:
        texts.now.append(part)
        if part.strip():
            texts.points = max(texts.points, changes.get(SIZE, 0))
    if changes.get(INSERTED) != 1:
        texts.before.append(part)


def _shown(text: str) -> tuple[str, str]:
    """Return a text without the codes of its fields, and those codes."""
    if _FIELD.search(text) is None:
        return _plain(text), ""
    shown: list[str] = []
    codes: list[str] = []
    in_code: list[bool] = []
    at = 0
    for mark in _FIELD.finditer(text):
        (codes if any(in_code) else shown).append(text[at : mark.start()])
        at = mark.end()
        if mark[0] == _FIELD_BEGIN:
            in_code.append(True)
        elif mark[0] == _FIELD_DIVIDER and in_code:
            in_code[-1] = False
        elif in_code:
            in_code.pop()
    (codes if any(in_code) else shown).append(text[at:])
    return _plain("".join(shown)), _plain("".join(codes))


def _plain(text: str) -> str:
    """Drop the marks, and join what stands for one character beyond 16 bits."""
    plain = text.translate(_MARKS)
    if plain.isascii():
        return plain
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
