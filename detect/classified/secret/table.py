"""Passwords in tables that are set as text: a heading, and values below it in the same column."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detect.classified.secret.noise import is_code, is_made_up

_HEADING: Final = re.compile(
    r"[\w（()/ ]{0,12}(?:密码|口令|password|passwd|pwd)(?:[(（][^)）]{0,8}[)）])?", re.IGNORECASE
)
_HINT: Final = re.compile(r"密码|口令|[Pp]ass(?:word|wd)|PASSW|[Pp]wd|PWD")
_DIVIDERS: Final = (re.compile(r"\t"), re.compile(r"\s*\|\s*"), re.compile(r" {2,}"))
_RULE: Final = re.compile(r"[\s|:+=\-—]+")
_MOST_ROWS: Final = 500
_LONGEST: Final = 400
_SIZES: Final = range(4, 65)


class Cell(NamedTuple):
    """A value below a heading: where it stands."""

    start: int
    end: int
    value: str


def cells_below(text: str) -> Iterator[Cell]:
    """Yield the passwords in the columns of a text whose heading says that they are some."""
    last = 0
    for hint in _HINT.finditer(text):
        if hint.start() < last:
            continue
        begin = text.rfind("\n", 0, hint.start()) + 1
        end = text.find("\n", hint.end())
        last = end if end >= 0 else len(text)
        if end < 0 or end - begin > _LONGEST:
            continue
        yield from _below(text, begin, end)


def _below(text: str, begin: int, end: int) -> Iterator[Cell]:
    heading = text[begin:end].rstrip("\r")
    for divider in _DIVIDERS:
        cells = divider.split(heading)
        places = [place for place, cell in enumerate(cells) if _HEADING.fullmatch(cell.strip())]
        if places and len(cells) > 1:
            yield from _rows(text, end + 1, divider, (len(cells), places[-1]))
            return


def _rows(
    text: str, begin: int, divider: re.Pattern[str], shape: tuple[int, int]
) -> Iterator[Cell]:
    width, place = shape
    for _ in range(_MOST_ROWS):
        end = text.find("\n", begin)
        line = text[begin : end if end >= 0 else len(text)].rstrip("\r")
        cells = divider.split(line)
        if not _RULE.fullmatch(line or " "):
            if len(cells) != width:
                return
            yield from _cell(text, begin, cells[place].strip())
        if end < 0:
            return
        begin = end + 1


def _cell(text: str, begin: int, value: str) -> Iterator[Cell]:
    start = text.find(value, begin)
    fits = len(value) in _SIZES and value.isascii() and value.isprintable() and " " not in value
    if fits and not is_made_up(value) and not is_code(value) and not value.isalpha():
        yield Cell(start, start + len(value), value)
