"""Documents read back: the texts of a Word file and of a PDF in their order."""

import io
import re

import docx
import pypdf
from docx.table import Table

from playbooks.document import layout
from playbooks.document.block import Document


def lines_of_word(content: bytes) -> list[str]:
    """Return paragraphs and rows of tables, cells parted by a bar, without empty lines."""
    lines = []
    for each in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(each, Table):
            lines += [
                " | ".join(_in_one_line(cell.text) for cell in row.cells) for row in each.rows
            ]
        else:
            lines.append(_in_one_line(each.text))
    return [line for line in lines if line]


def pages_of_pdf(content: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def body_of_pdf(content: bytes, document: Document) -> str:
    """Return the text of all pages without blanks, without what stands at head and foot."""
    pages = pages_of_pdf(content)
    words = layout.HEAD_WORDS[document.language]["page"]
    return "".join(
        _body(page, document, number, words.format(page=number, pages=len(pages)))
        for number, page in enumerate(pages, 1)
    )


def squeezed(text: str) -> str:
    """Return the text without blanks, which a page sets as it needs."""
    return re.sub(r"\s", "", text)


def _body(page: str, document: Document, number: int, count: str) -> str:
    text = squeezed(page)
    foot = f"—{number}—"
    assert text.endswith(foot), text[-40:]
    head = squeezed(document.number + document.grade + count)
    assert head in text[:400], text[:400]
    return text.partition(head)[2].removesuffix(foot)


def _in_one_line(text: str) -> str:
    return " / ".join(line.strip() for line in text.split("\n") if line.strip())
