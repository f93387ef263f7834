"""Lists as Excel files: every cell is what it says, no formula, no link."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from playbooks.document.cleaning import clean
from situation.clock import CITY_ZONE
from situation.faults import Malformed

Value = str | int | float | bool | dt.datetime | None

MOST_ROWS: Final = 100_000
"""Rows that a list holds at most; more is asked for with a narrower filter."""

_LONGEST: Final = 32_767
"""Characters that a cell of Excel holds."""
_CUT: Final = "…（超出单元格长度，已截断 / cut: longer than a cell）"
_NARROWEST, _WIDEST = 8.0, 60.0
_MEASURED: Final = 200
"""Rows whose texts decide how wide a column is."""
_HEAD_ROW: Final = 2
_FORBIDDEN_IN_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def sheet_of(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    who: str,
    now: dt.datetime,
) -> bytes:
    """Return a list as an Excel file: title, a line who took it out when, head, rows.

    Texts stay texts whatever they begin with. `title` names the filter too. Times are the city's.
    Raises `Malformed` for more than `MOST_ROWS` rows.
    """
    listed = [[_plain(value) for value in row] for row in rows]
    if len(listed) > MOST_ROWS:
        raise Malformed(f"more than {MOST_ROWS} rows; narrow the filter", where=title)
    who, title = clean(who), clean(title)
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"title": title[:255], "author": who[:255], "created": _local(now)})
        sheet = book.add_worksheet(_name(title))
        look = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True}
        head = book.add_format({**look, "bold": True, "border": 1, "align": "center"})
        cell, plain = book.add_format(look), book.add_format({**look, "text_wrap": False})
        _set_columns(sheet, columns, listed)
        _write_row(sheet, 0, [title], plain)
        _write_row(sheet, 1, [_mark(who, now)], plain)
        _write_row(sheet, _HEAD_ROW, [clean(column) for column in columns], head)
        for number, row in enumerate(listed, _HEAD_ROW + 1):
            _write_row(sheet, number, row, cell)
        sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(listed), max(len(columns) - 1, 0))
    return written.getvalue()


def _set_columns(
    sheet: Worksheet, columns: Sequence[str], rows: Sequence[Sequence[str | float | bool]]
) -> None:
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_footer("&C— &P / &N —")
    for place, head in enumerate(columns):
        texts = [head, *(str(row[place]) for row in rows[:_MEASURED] if place < len(row))]
        widest = max(_width(line) for text in texts for line in text.split("\n"))
        sheet.set_column(place, place, min(max(widest + 2, _NARROWEST), _WIDEST))


def _write_row(
    sheet: Worksheet, number: int, values: Sequence[str | float | bool], look: Format
) -> None:
    for place, value in enumerate(values):
        if value == "":
            sheet.write_blank(number, place, None, look)
        elif isinstance(value, str):
            sheet.write_string(number, place, value, look)
        elif isinstance(value, bool):
            sheet.write_boolean(number, place, value, look)
        else:
            sheet.write_number(number, place, value, look)


def _plain(value: Value) -> str | float | bool:
    if isinstance(value, dt.datetime):
        return f"{_local(value):%Y-%m-%d %H:%M:%S}"
    if value is None:
        return ""
    if isinstance(value, str):
        text = clean(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT
    return value


def _mark(who: str, now: dt.datetime) -> str:
    at = f"{_local(now):%Y-%m-%d %H:%M:%S}"
    return f"{who} {at} 导出，按规定使用和保管 / exported by {who} at {at}"


def _name(title: str) -> str:
    return title.translate(_FORBIDDEN_IN_NAME).strip()[:31] or "1"


def _width(text: str) -> float:
    return sum(2.0 if character >= "\u2e80" else 1.1 for character in text)


def _local(at: dt.datetime) -> dt.datetime:
    return at.astimezone(CITY_ZONE).replace(tzinfo=None)
