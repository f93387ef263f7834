"""What a template may say, as it stands in its TOML file."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
"""The name of a value, a list or a condition in the data; parts are joined by dots."""


class Row(BaseModel):
    """Base of all rows of a template: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Words(Row):
    """The same text in Chinese and in English, each with places for values."""

    zh: str
    en: str


def _both(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Text = Annotated[Words, BeforeValidator(_both)]
"""A text for each language, or one for both."""


class Part(Row):
    """Base of what a document is made of.

    It is left out unless the value `when` is there, and while the value `unless` is.
    """

    when: Name | None = None
    unless: Name | None = None


class Writing(Part):
    """A text by itself; `level` is the depth of a heading."""

    kind: Literal["letterhead", "number", "title", "addressee", "heading", "paragraph", "note"]
    text: Text
    level: Annotated[int, Field(ge=1, le=2)] = 1


class Fact(Part):
    """A line of a form: what it is called and what it says; `lines` leave room for a seal."""

    label: Text
    value: Text
    lines: Annotated[int, Field(ge=1, le=20)] = 1


class Facts(Part):
    """A form: the lines of `row`, then one line for each of the list `each`."""

    kind: Literal["facts"]
    rows: Annotated[tuple[Fact, ...], Field(alias="row", strict=False)] = ()
    each: Name | None = None
    label: Text | None = None
    value: Text | None = None


class Column(Row):
    """A column of a table; `width` is its share."""

    head: Text
    value: Text
    width: Annotated[int, Field(gt=0)] = 1


class Table(Part):
    """A table with a row for each of the list `each`."""

    kind: Literal["table"]
    each: Name
    columns: Annotated[tuple[Column, ...], Field(alias="column", strict=False, min_length=1)]


class Listing(Part):
    """A list with an item for each of the list `each`, under the word `text` (附件)."""

    kind: Literal["list"]
    text: Text
    each: Name
    value: Text


class Signature(Part):
    """Who answers for the document, and its date."""

    kind: Literal["signature"]
    office: Text
    date: Text


class PageBreak(Part):
    """A new page."""

    kind: Literal["page_break"]


Simple = Annotated[
    Writing | Facts | Table | Listing | Signature | PageBreak, Field(discriminator="kind")
]


class Repeat(Part):
    """Blocks that are said again for each of the list `each`, which is called `part` in them."""

    kind: Literal["repeat"]
    each: Name
    blocks: Annotated[tuple[Simple, ...], Field(alias="block", strict=False)]


Block = Annotated[
    Writing | Facts | Table | Listing | Signature | PageBreak | Repeat,
    Field(discriminator="kind"),
]


class Sheet(Row):
    """A template: what stands at the head of each page, and the blocks.

    `date` is the day of the document, as 2026-03-02, or nothing while it has none.
    """

    subject: Text
    number: Text
    grade: Text
    issuer: Text
    date: Text
    blocks: Annotated[tuple[Block, ...], Field(alias="block", strict=False, min_length=1)]
