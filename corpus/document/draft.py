"""A document before it is written: texts by the role that they play in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corpus.mark.page import Line, split_runs

Row = tuple[str, ...]
Attachment = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a workbook; the first row is its heading. `notes` are (row, column, text)."""

    name: str
    rows: tuple[Row, ...]
    hidden: bool = False
    notes: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a document says and where. A writer leaves out the roles that its format lacks.

    `lines` are set at their places on page 1 before the paragraphs. `deleted` and `inserted` are
    revisions, `notes` are a speaker's, `template` stands on the template page of an OFD.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    paragraphs: tuple[str, ...] = ()
    table: tuple[Row, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    header: str = ""
    footer: str = ""
    text_boxes: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    inserted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    template: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[bytes, ...] = ()

    def body(self) -> Iterator[str]:
        """Yield the texts of the body in order: lines of the body, title, paragraphs, rows."""
        yield from (line.text for line in self.lines if line.role == "body")
        if self.title:
            yield self.title
        yield from self.paragraphs
        yield from ("\t".join(row) for row in self.table)

    def headers(self) -> Iterator[str]:
        """Yield the header and what of the lines stands in one."""
        if self.header:
            yield self.header
        yield from (line.text for line in self.lines if line.role == "header")

    def boxes(self) -> Iterator[str]:
        """Yield the text boxes and what of the lines stands in one."""
        yield from self.text_boxes
        yield from (line.text for line in self.lines if line.role == "text_box")


def runs(text: str) -> Iterator[str]:
    """Split a text into runs as editors do where a mark was set in another type."""
    return split_runs(text) if "★" in text else iter((text,))
