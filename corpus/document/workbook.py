"""Workbooks as SpreadsheetML (ECMA-376 part 1, clause 18), by XlsxWriter."""

import datetime as dt
import io

import xlsxwriter

from corpus.document.draft import Draft, Sheet

_MADE = dt.datetime(2026, 3, 1, 8, 0, 0)  # noqa: DTZ001 - the format knows no zones
_KNOWN = {"title", "subject", "keywords"}


def sheets(draft: Draft) -> tuple[Sheet, ...]:
    """Return the sheets of a draft: its own, or its lines, title, paragraphs and table as one."""
    if draft.sheets:
        return draft.sheets
    plain = [line.text for line in draft.lines if line.role == "body"]
    texts = (*plain, draft.title, *draft.paragraphs)
    rows = tuple((text,) for text in texts if text)
    return (Sheet(name="Sheet1", rows=(*rows, *draft.table)),)


def _properties(draft: Draft) -> dict[str, object]:
    own: dict[str, object] = {key: draft.properties[key] for key in _KNOWN & set(draft.properties)}
    own["created"] = _MADE
    own["author"] = draft.properties.get("creator", "")
    own["comments"] = draft.properties.get("description", "")
    return own


def write_xlsx(draft: Draft) -> bytes:
    """Write a workbook with notes, text boxes, header, footer, hidden sheets and properties."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties(_properties(draft))
    for key in draft.properties:
        if key not in {*_KNOWN, "creator", "description"}:
            book.set_custom_property(key, draft.properties[key])
    listed = list(sheets(draft))
    if draft.hidden:
        listed.append(Sheet(name="隐藏", rows=tuple((text,) for text in draft.hidden), hidden=True))
    for number, sheet in enumerate(listed):
        page = book.add_worksheet(sheet.name)
        for at, row in enumerate(sheet.rows):
            page.write_row(at, 0, row)
        for row_number, column, text in sheet.notes:
            page.write_comment(row_number, column, text, {"author": "王"})
        if sheet.hidden:
            page.hide()
        if number == 0:
            _extras(page, draft, len(sheet.rows))
    book.close()
    return out.getvalue()


def _extras(page: "xlsxwriter.worksheet.Worksheet", draft: Draft, rows: int) -> None:
    headers = " ".join(draft.headers())
    if headers:
        page.set_header(f"&L{headers}")
    if draft.footer:
        page.set_footer(f"&C{draft.footer}")
    for number, text in enumerate(draft.boxes()):
        page.insert_textbox(rows + 2 + number * 5, 1, text)
    for number, text in enumerate(draft.comments):
        page.write_comment(number, 8, text, {"author": "王"})
    for number, text in enumerate(draft.alternatives):
        page.insert_textbox(rows + 30 + number, 1, "", {"description": text})
