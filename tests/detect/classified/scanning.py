"""Resources made of pieces, scanned as a whole."""

from collections.abc import Sequence

from detect.classified.scanner import Scanner, scan
from situation.content.declared import Declared
from situation.content.piece import Block, Grid, Passage, Piece
from situation.content.verdict import Hit, Verdict
from tests.detect.classified.reading import ruleset

KEY = b"k" * 32


def scanned(*pieces: Piece, name: str = "file", declared: Declared | None = None) -> Verdict:
    return scan(Scanner(ruleset(), KEY, name), pieces, declared)


def block(text: str) -> Block:
    return Block(data=text.encode())


def passages(*texts: str) -> list[Passage]:
    return [Passage(text=text, ordinal=place) for place, text in enumerate(texts, 1)]


def grid(
    header: Sequence[str],
    *rows: Sequence[str],
    name: str = "t",
    first_row: int = 2,
    total_rows: int | None = None,
) -> Grid:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Grid(
        name=name, header=header, columns=columns, first_row=first_row, total_rows=total_rows
    )


def hit(verdict: Verdict, kind: str, *, masked: bool = False) -> Hit:
    """Return the hit of a kind, which has to be there."""
    return next(each for each in verdict.hits if each.kind == kind and each.masked is masked)


def counts(verdict: Verdict) -> dict[str, int]:
    return {each.kind: each.count for each in verdict.hits if not each.masked}
