"""The head of a Word 97 document: where its text lies and what its parts are (MS-DOC, 2.5)."""

from dataclasses import dataclass

from sensors.content.legacy.octets import little
from sensors.content.reader import Broken, Encrypted, NoReader
from situation.content.place import Role

_WORD_97 = 0xA5EC
_WORD_6 = frozenset({0xA5DC, 0xA5DB, 0xA59B, 0xA59C})
_FIRST_VERSION = 0xC1
_ENCRYPTED, _SECOND_TABLE, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_FLAGS_AT = 0x0A
_LENGTHS_AT = 0x4C
_PLACES_AT = 0x9A

STORIES: tuple[tuple[Role, int], ...] = (
    ("body", 0),
    ("footnote", 1),
    ("header", 2),
    ("hidden", 3),
    ("comment", 4),
    ("footnote", 5),
    ("text_box", 6),
    ("text_box", 7),
)
"""Roles of the stretches of text in their order, and the place of their length: main document,
footnotes, headers and footers, macros, comments, endnotes, boxes, boxes in headers."""
CLX, HEADERS, CHARACTERS, PARAGRAPHS = 33, 11, 12, 13
"""Places of tables: pieces of text, bounds of headers, pages of properties of characters and of
paragraphs."""


@dataclass(frozen=True, slots=True)
class Fib:
    """What the head says. `lengths` counts characters of each story, `tables` offset and size."""

    table: str
    lengths: tuple[int, ...]
    tables: dict[int, tuple[int, int]]


def fib_of(document: bytes) -> Fib:
    """Read the head. Raises `Broken`, `Encrypted`, and `NoReader` for what came before Word 97."""
    kind, version = little(document, 0, 2), little(document, 2, 2)
    if kind in _WORD_6 or (kind == _WORD_97 and version < _FIRST_VERSION):
        raise NoReader("Word 6 or 95")
    if kind != _WORD_97:
        raise Broken("no head of a Word document")
    flags = little(document, _FLAGS_AT, 2)
    if flags & (_ENCRYPTED | _OBFUSCATED):
        raise Encrypted
    return Fib(
        table="1Table" if flags & _SECOND_TABLE else "0Table",
        lengths=tuple(little(document, _LENGTHS_AT + 4 * at, 4) for at in range(len(STORIES))),
        tables={at: _table(document, at) for at in (CLX, HEADERS, CHARACTERS, PARAGRAPHS)},
    )


def _table(document: bytes, at: int) -> tuple[int, int]:
    place = _PLACES_AT + 8 * at
    return little(document, place, 4), little(document, place + 4, 4)
