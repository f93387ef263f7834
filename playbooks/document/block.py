"""A filled document: plain blocks of text, the same for Word and for PDF."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
Kind = Literal[
    "letterhead",
    "number",
    "title",
    "addressee",
    "heading",
    "paragraph",
    "facts",
    "table",
    "list",
    "signature",
    "note",
    "page_break",
]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document; texts are plain, never markup, and may hold line breaks.

    `rows` are the lines of facts (label, value), the rows of a table, the items of a list, or
    the office and the date of a signature. `widths` are the shares of a table's columns.
    `level` is the depth of a heading, 1 or 2.
    """

    kind: Kind
    text: str = ""
    level: int = 1
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in one language.

    `number` and `grade` stand at the head of every page, the grade in words; a drill is marked
    there too. `subject` is the title as the file's properties have it; `date` is its day, as
    2026-03-02, or empty.
    """

    name: str
    language: Language
    subject: str
    number: str
    grade: str
    issuer: str
    date: str
    drill: bool
    blocks: tuple[Block, ...]
