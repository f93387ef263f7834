"""Excel 97 to 2003 workbooks, Excel 5 and 95 too, and those that WPS writes as .et or .xls.

Cells come by python-calamine; what stands beside them by a walk over the records: headers and
footers, notes, boxes, names that are defined, what is hidden. Source: MS-XLS.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sensors.content.legacy.biff import (
    CONTINUE,
    Record,
    continued_text,
    marked_text,
    narrow_text,
    records,
)
from sensors.content.legacy.compound import Compound
from sensors.content.legacy.octets import little
from sensors.content.legacy.storage import stored_files
from sensors.content.legacy.summary import summary_pieces
from sensors.content.office.package import going_on
from sensors.content.office.workbook.cells import Hidden, cell_pieces, is_scattered, open_workbook
from sensors.content.office.workbook.margin import margin_texts
from sensors.content.reader import Broken, Encrypted, NoReader, Reading
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place, Role

_BEGIN, _ENCRYPTED, _SHEET, _NAME = 0x0809, 0x002F, 0x0085, 0x0018
_ROW, _COLUMNS, _NOTE, _OBJECT, _TEXT = 0x0208, 0x007D, 0x001C, 0x005D, 0x01B6
_MARGINS: dict[int, Role] = {0x0014: "header", 0x0015: "footer"}
_EXCEL_97 = 0x0600
_HIDDEN_ROW = 0x20
_NOTE_OBJECT = 0x19
_CELLS = frozenset(
    {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406}
)
"""Kinds of records that are cells; each begins with row and column."""
_STRINGS, _RECTANGLE = 0x00FC, 0x0200
_ENDLESS = 1 << 32
_NAME_HEAD = 14
_STRING_TOKEN = 0x17
_OLDEST = frozenset({0x0009, 0x0209, 0x0409})
"""Begins of workbooks before Excel 5, which lie in no compound file."""


@dataclass(slots=True)
class _Spread:
    """How far the cells of a sheet spread, and how many there are."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    claimed: int = 0
    """Cells that the sheet says to have room for, and that the library makes room for."""

    def take(self, data: bytes) -> None:
        self.rows = max(self.rows, little(data, 0, 2) + 1)
        self.columns = max(self.columns, little(data, 2, 2) + 1)
        self.cells += 1

    def claim(self, data: bytes, octets: int) -> None:
        """Take the rectangle that a sheet names: rows in so many octets, then columns.

        One that ends before it begins is endless, as it is for whoever counts without a sign.
        """
        rows = (little(data, octets, octets) - little(data, 0, octets)) % _ENDLESS
        columns = (little(data, 2 * octets + 2, 2) - little(data, 2 * octets, 2)) % _ENDLESS
        self.claimed = max(self.claimed, rows * columns)

    @property
    def is_scattered(self) -> bool:
        return is_scattered(max(self.rows * self.columns, self.claimed), self.cells)


@dataclass(slots=True)
class _Book:
    """What the records say."""

    is_wide: bool = True
    sheets: dict[int, str] = field(default_factory=dict)
    """Names of the sheets by the place where their records begin."""
    sheet: str = ""
    rows: dict[str, set[int]] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    spread: dict[str, _Spread] = field(default_factory=dict)
    object_kind: int = 0
    said: list[Passage] = field(default_factory=list)


def read_xls(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the cells sheet by sheet, what stands beside them, properties, embedded files."""
    compound = Compound(stream)
    path = compound.named("Workbook", "Book")
    if path is None:
        raise Broken("no workbook in it")
    book = _book(compound.read(path), reading.place)
    yield from book.said
    if any(spread.is_scattered for spread in book.spread.values()):
        yield Unreadable(reason="too_large", detail="few cells far apart", place=reading.place)
    else:
        yield from going_on(_cells(stream, book, reading), reading.place)
    yield from summary_pieces(compound, reading)
    yield from stored_files(compound, reading)


def _cells(stream: BinaryIO, book: _Book, reading: Reading) -> Iterator[Piece]:
    with open_workbook(stream) as workbook:
        for name in workbook.sheet_names:
            hidden = Hidden(book.rows.get(name, ()), name in book.columns)
            at = replace(reading.place, sheet=name)
            yield from going_on(cell_pieces(workbook, name, hidden, reading), at)


def _book(stream: bytes, place: Place) -> _Book:
    book = _Book()
    held: list[Record] = []
    for record in records(stream):
        if record.kind in _CELLS:
            book.spread.setdefault(book.sheet, _Spread()).take(record.data)
            continue
        if record.kind == _RECTANGLE:
            spread = book.spread.setdefault(book.sheet, _Spread())
            spread.claim(record.data, 4 if book.is_wide else 2)
        if record.kind == _STRINGS and little(record.data, 4, 4) > len(stream):
            raise Broken("more strings than it has room for")
        if record.kind == _ENCRYPTED:
            raise Encrypted
        if record.kind in _OLDEST:
            raise NoReader("Excel before 5")
        if record.kind == CONTINUE and held:
            held.append(record)
            continue
        _box(book, held, place)
        held = [record] if record.kind == _TEXT else []
        _take(book, record, place)
    _box(book, held, place)
    return book


def _take(book: _Book, record: Record, place: Place) -> None:
    data = record.data
    if record.kind == _BEGIN:
        book.is_wide = little(data, 0, 2) >= _EXCEL_97
        book.sheet = book.sheets.get(record.at, book.sheet)
    elif record.kind == _SHEET:
        book.sheets[little(data, 0, 4)] = _short_text(book, data, 6)
    elif record.kind in _MARGINS and data:
        at = replace(place, role=_MARGINS[record.kind], sheet=book.sheet)
        book.said += [Passage(text=said, place=at) for said in margin_texts(_long_text(book, data))]
    elif record.kind == _ROW and little(data, 12, 2) & _HIDDEN_ROW:
        book.rows.setdefault(book.sheet, set()).add(little(data, 0, 2) + 1)
    elif record.kind == _COLUMNS and little(data, 8, 2) & 1:
        book.columns.add(book.sheet)
    elif record.kind == _OBJECT:
        book.object_kind = little(data, 4, 2)
    elif record.kind == _NOTE and not book.is_wide:
        _say(book, decoded_note(data), "comment", place)
    elif record.kind == _NAME and book.is_wide:
        _name(book, data, place)


def decoded_note(data: bytes) -> str:
    """Return the text of a note as it was written before Excel 97."""
    return narrow_text(bytes([min(little(data, 4, 2), 255)]) + data[6:], 0)


def _box(book: _Book, held: list[Record], place: Place) -> None:
    """Put down the text of a box or of a note, which goes on over the records behind it."""
    if not held:
        return
    count = little(held[0].data, 10, 2)
    text = continued_text([record.data for record in held[1:]], count)
    _say(book, text, "comment" if book.object_kind == _NOTE_OBJECT else "text_box", place)


def _name(book: _Book, data: bytes, place: Place) -> None:
    """Put down a name that stands for a text (MS-XLS, 2.4.150)."""
    characters, octets = little(data, 3, 1), little(data, 4, 2)
    is_wide = little(data, _NAME_HEAD, 1) & 1
    formula = _NAME_HEAD + 1 + characters * (2 if is_wide else 1)
    if octets and little(data, formula, 1) == _STRING_TOKEN:
        name = marked_text(data, _NAME_HEAD, characters)
        text = marked_text(data, formula + 2, little(data, formula + 1, 1))
        _say(book, f"{name}: {text}", "property", place)


def _say(book: _Book, text: str, role: Role, place: Place) -> None:
    if text.strip():
        sheet = "" if role == "property" else book.sheet
        book.said.append(Passage(text=text, place=replace(place, role=role, sheet=sheet)))


def _short_text(book: _Book, data: bytes, at: int) -> str:
    if not book.is_wide:
        return narrow_text(data, at)
    return marked_text(data, at + 1, little(data, at, 1))


def _long_text(book: _Book, data: bytes) -> str:
    return marked_text(data, 2, little(data, 0, 2)) if book.is_wide else narrow_text(data, 0)
