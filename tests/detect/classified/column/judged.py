"""Columns as the scanner judges them, each the only one of its table."""

from collections.abc import Sequence

from detect.classified.scanner import Scanner
from situation.content.piece import Grid
from situation.content.verdict import ColumnVerdict, Verdict
from tests.detect.classified.reading import ruleset


def table(header: Sequence[str], columns: Sequence[Sequence[str]], rows: int = 0) -> Verdict:
    """Return what is said of a table."""
    scanner = Scanner(ruleset(), b"key", "table.csv")
    scanner.take(Grid(name="t", header=header, columns=columns, total_rows=rows or None))
    return scanner.verdict()


def column(header: str, cells: Sequence[str]) -> ColumnVerdict:
    """Return what is first said of a column."""
    return table([header], [cells]).columns[0]
