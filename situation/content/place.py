"""Where something stands inside a file or a table."""

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "body",
    "header",
    "footer",
    "text_box",
    "footnote",
    "comment",
    "revision",
    "note",
    "hidden",
    "template",
    "annotation",
    "alt_text",
    "property",
    "subject",
    "name",
]
"""What part of a document a text belongs to: `revision` is text that was deleted or inserted,
`note` a speaker's note, `template` the template page of an OFD, `property` the document's own
data, `subject` the head of a mail, `name` the name of the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place inside one resource. What does not apply is empty; counting begins at 1.

    `member` leads through archives, mails and embedded objects to the file that holds it, its
    steps divided by `!`: `returns.zip!2026/list.xlsx`. `column` is the heading of a column, or
    its letter where it has none.
    """

    member: str = ""
    role: Role = "body"
    page: int | None = None
    sheet: str = ""
    row: int | None = None
    column: str = ""
    line: int | None = None
    offset: int | None = None
    """Character in the line, paragraph or cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page as shares of its width and height, from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
