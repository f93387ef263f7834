"""Pieces: what is read out of a file, a mail or a table, in the order of reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from situation.content.place import Box, Place

BODY = Place()
FIRST_LINE = Place(line=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, a line of a page, a text box, a comment: text that was set as one.

    Runs are joined, so that a word which was split by a change of type is whole. `ordinal` counts
    the passages of the body from 1. `points` is the size of the type.
    """

    text: str
    place: Place = BODY
    ordinal: int = 0
    box: Box | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of plain text as UTF-8, whole lines of it, at most about 256 KiB.

    `place.line` is the number of its first line.
    """

    data: bytes
    place: Place = FIRST_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of a table, column by column. A long table comes as several grids of one `name`.

    `columns[i][j]` is the cell of row `first_row + j` under `header[i]`; an empty cell is "".
    All columns are equally long. `total_rows` is how many rows the table has where only a sample
    of them is read; None where all are read. `header` is empty strings where there is none.
    """

    name: str
    header: Sequence[str]
    columns: Sequence[Sequence[str]]
    first_row: int = 1
    total_rows: int | None = None
    place: Place = BODY


Trait = Literal["image", "media", "program", "font", "key_store", "certificate", "signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """Content of a known kind that holds no text: what it is."""

    trait: Trait
    place: Place = BODY


UnreadableReason = Literal[
    "encrypted",
    "unknown_type",
    "truncated",
    "broken",
    "too_large",
    "too_deep",
    "too_many",
    "ratio",
    "time",
    "memory",
    "crash",
    "no_reader",
    "garbled",
    "denied",
    "vanished",
    "path",
    "changing",
]
"""Why something could not be read. `ratio`: it unpacks to too many times its size; `garbled`: a
page gives characters that mean nothing; `path`: a member's name leads out of its archive;
`changing`: it changed while it was read, and again when it was tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Something that could not be read, and why. Never silent: it becomes a finding."""

    reason: UnreadableReason
    detail: str = ""
    """For the operator; names no value out of the file."""
    place: Place = BODY


Piece = Passage | Block | Grid | Nature | Unreadable
