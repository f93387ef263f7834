"""Documents as Word files: the blocks on a page after GB/T 9704, fonts by their Chinese names."""

import io
from collections.abc import Callable

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from playbooks.document import layout
from playbooks.document.block import Block, Document
from playbooks.document.grid import add_form, add_table
from playbooks.document.paper import prepare
from playbooks.document.writing import BODY, HEADING, SUBHEADING, TITLE, rule, write

_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def word_of(document: Document) -> bytes:
    """Return the document as a Word file (.docx)."""
    file = docx.Document()
    prepare(file, document)
    for block in document.blocks:
        if block.kind == "signature" and file.paragraphs:
            file.paragraphs[-1].paragraph_format.keep_with_next = True
        _WRITERS[block.kind](file, block, document)
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _letterhead(file: WordFile, block: Block, _document: Document) -> None:
    line = _line(file, before=layout.ABOVE_LETTERHEAD_MM * layout.POINTS_A_MM)
    line.alignment = _CENTRE
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    line.paragraph_format.space_after = Pt(2 * layout.LINE)
    size = layout.letterhead_size(block.text)
    write(line, block.text, TITLE, size, colour=layout.RED)


def _number(file: WordFile, block: Block, _document: Document) -> None:
    line = _line(file)
    line.alignment = _CENTRE
    write(line, block.text, BODY, layout.BODY)
    rule(line, colour=layout.RED, eighths=10, space=11)


def _title(file: WordFile, block: Block, document: Document) -> None:
    after_rule = any(each.kind == "letterhead" for each in document.blocks)
    line = _line(file, before=2 * layout.LINE if after_rule else 0)
    line.alignment = _CENTRE
    line.paragraph_format.line_spacing = Pt(layout.TITLE * 1.5)
    line.paragraph_format.space_after = Pt(layout.LINE if after_rule else layout.FORM)
    write(line, block.text, TITLE, layout.TITLE)


def _addressee(file: WordFile, block: Block, _document: Document) -> None:
    write(_line(file), block.text, BODY, layout.BODY)


def _heading(file: WordFile, block: Block, document: Document) -> None:
    line = _line(file, indent=_first_indent(document))
    line.paragraph_format.keep_with_next = True
    write(line, block.text, HEADING if block.level == 1 else SUBHEADING, layout.BODY)


def _paragraph(file: WordFile, block: Block, document: Document) -> None:
    for text in block.text.split("\n"):
        line = _line(file, indent=_first_indent(document))
        if document.language == "zh":
            line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        write(line, text, BODY, layout.BODY)


def _facts(file: WordFile, block: Block, _document: Document) -> None:
    add_form(file, block.rows)
    _gap(file)


def _table(file: WordFile, block: Block, _document: Document) -> None:
    add_table(file, block.columns, block.widths, block.rows)
    _gap(file)


def _list(file: WordFile, block: Block, document: Document) -> None:
    lead = f"{block.text}：" if document.language == "zh" else f"{block.text}: "
    hanging = Pt(len(lead) * layout.BODY * (1.0 if document.language == "zh" else 0.5))
    for place, row in enumerate(block.rows):
        line = _line(file, before=0 if place else layout.LINE)
        line.paragraph_format.left_indent = Pt(_first_indent(document)) + hanging
        count = f"{place + 1}. " if len(block.rows) > 1 else ""
        if place == 0:
            line.paragraph_format.first_line_indent = -hanging
        write(line, f"{'' if place else lead}{count}{row[0]}", BODY, layout.BODY)


def _signature(file: WordFile, block: Block, document: Document) -> None:
    (office,), (date,) = block.rows
    wide = 1.0 if document.language == "zh" else 0.5
    wider = (len(office) - len(date)) * wide / 2
    for text, right, before in (
        (office, 4 - min(wider, 4.0), 2 * layout.LINE),
        (date, 4 + max(wider - 4.0, 0.0), 0.0),
    ):
        line = _line(file, before=before)
        line.alignment = _RIGHT
        line.paragraph_format.right_indent = Pt(right * layout.CHARACTER)
        line.paragraph_format.keep_with_next = text is office
        write(line, text, BODY, layout.BODY)


def _note(file: WordFile, block: Block, _document: Document) -> None:
    line = _line(file, before=10)
    line.paragraph_format.line_spacing = Pt(layout.TABLE * 1.45)
    write(line, block.text, BODY, layout.TABLE)


def _page_break(file: WordFile, _block: Block, _document: Document) -> None:
    _line(file).add_run().add_break(WD_BREAK.PAGE)


def _gap(file: WordFile) -> None:
    _line(file).paragraph_format.line_spacing = Pt(layout.FORM)


def _line(file: WordFile, *, before: float = 0, indent: float = 0) -> Paragraph:
    line = file.add_paragraph()
    line.paragraph_format.space_before = Pt(before)
    line.paragraph_format.first_line_indent = Pt(indent)
    return line


def _first_indent(document: Document) -> float:
    return 2 * layout.CHARACTER if document.language == "zh" else 0


_WRITERS: dict[str, Callable[[WordFile, Block, Document], None]] = {
    "letterhead": _letterhead,
    "number": _number,
    "title": _title,
    "addressee": _addressee,
    "heading": _heading,
    "paragraph": _paragraph,
    "facts": _facts,
    "table": _table,
    "list": _list,
    "signature": _signature,
    "note": _note,
    "page_break": _page_break,
}
