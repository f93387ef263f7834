"""Excel 97 workbooks (MS-XLS, BIFF8): cells, hidden sheets, header, footer, notes, text boxes."""

import struct
from collections.abc import Iterator, Sequence

from corpus.document.compound import write_compound
from corpus.document.draft import Draft, Sheet
from corpus.document.legacy.parts import pool, summary
from corpus.document.workbook import sheets

_LIMIT = 8224
"""Octets of a record's body; what is longer goes on in CONTINUE records."""
_CELL = 4000
"""Characters that are kept of a cell, so that no string is cut between two records."""


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _units(text: str) -> bytes:
    return b"\x01" + text.encode("utf-16-le")


def _count(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _long(text: str) -> bytes:
    """Write a string with a length of two octets."""
    return struct.pack("<H", _count(text)) + _units(text)


def _short(text: str) -> bytes:
    """Write a string with a length of one octet."""
    return bytes((_count(text),)) + _units(text)


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _strings(texts: Sequence[str], total: int) -> bytes:
    """Write the table of shared strings; a record ends where the next string does not fit."""
    bodies = [struct.pack("<II", total, len(texts))]
    for text in texts:
        entry = _long(text)
        if len(bodies[-1]) + len(entry) > _LIMIT:
            bodies.append(b"")
        bodies[-1] += entry
    first, *others = bodies
    return _record(0x00FC, first) + b"".join(_record(0x003C, body) for body in others)


def _text_object(number: int, kind: int, text: str) -> bytes:
    """Write an object (25 a note, 6 a text box) with its text."""
    common = struct.pack("<HHHHH", 0x15, 18, kind, number, 0x4011) + bytes(12)
    body = struct.pack("<HHHIHHHH", 0x0212, 0, 0, 0, _count(text), 16, 0, 0)
    runs = struct.pack("<HHIHHI", 0, 0, 0, _count(text), 0, 0)
    return (
        _record(0x005D, common + bytes(4))
        + _record(0x01B6, body)
        + _record(0x003C, _units(text))
        + _record(0x003C, runs)
    )


def _note(row: int, column: int, number: int) -> bytes:
    return _record(0x001C, struct.pack("<HHHH", row, column, 0, number) + _long("王") + b"\0")


def _objects(sheet: Sheet, draft: Draft | None) -> Iterator[bytes]:
    notes = list(sheet.notes)
    boxes = list(draft.boxes()) if draft else []
    if draft:
        notes += [(number, 8, text) for number, text in enumerate(draft.comments)]
    for number, (_, _, text) in enumerate(notes, 1):
        yield _text_object(number, 0x19, text)
    for number, text in enumerate(boxes, len(notes) + 1):
        yield _text_object(number, 0x06, text)
    for number, (row, column, _) in enumerate(notes, 1):
        yield _note(row, column, number)


def _page(sheet: Sheet, index: dict[str, int], draft: Draft | None) -> bytes:
    width = max((len(row) for row in sheet.rows), default=0)
    parts = [_begin(0x0010)]
    if draft:
        header = " ".join(draft.headers())
        parts += [_record(0x0014, _long(f"&L{header}"))] if header else []
        parts += [_record(0x0015, _long(f"&C{draft.footer}"))] if draft.footer else []
    parts.append(_record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0)))
    for at, row in enumerate(sheet.rows):
        for column, text in enumerate(row):
            if text:
                parts.append(
                    _record(0x00FD, struct.pack("<HHHI", at, column, 0, index[text[:_CELL]]))
                )
    return b"".join((*parts, *_objects(sheet, draft), _record(0x000A)))


def _listed(draft: Draft) -> list[Sheet]:
    hidden = tuple((text,) for text in draft.hidden)
    more = [Sheet(name="隐藏", rows=hidden, hidden=True)] if hidden else []
    return [*sheets(draft), *more]


def _bound(sheet: Sheet, at: int) -> bytes:
    return _record(0x0085, struct.pack("<IH", at, int(sheet.hidden)) + _short(sheet.name))


def write_xls(draft: Draft) -> bytes:
    """Write an Excel 97 workbook; the first sheet bears header, footer, comments and text boxes."""
    listed = _listed(draft)
    cells = [text[:_CELL] for sheet in listed for row in sheet.rows for text in row if text]
    index = {text: number for number, text in enumerate(dict.fromkeys(cells))}
    pages = [_page(sheet, index, draft if n == 0 else None) for n, sheet in enumerate(listed)]
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    tail = _strings(list(index), len(cells)) + _record(0x000A)
    at = len(head) + sum(len(_bound(sheet, 0)) for sheet in listed) + len(tail)
    bounds = b""
    for sheet, page in zip(listed, pages, strict=True):
        bounds += _bound(sheet, at)
        at += len(page)
    book = head + bounds + tail + b"".join(pages)
    streams = {
        "Workbook": book.ljust(4096, b"\0"),
        "\x05SummaryInformation": summary(draft.properties),
    }
    extra = {f"MBD{name[1:]}": content for name, content in pool(draft.attachments).items()}
    return write_compound({**streams, **extra})
