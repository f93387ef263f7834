"""Lines of the form `pattern`: each group of the first pattern that fits becomes a column."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.document import MATCHED, Document, Part, Pattern

TEXT = "_text"
"""Hidden column: the text that a mapping reads, a line or the message of one."""

MEMBERS = "_members"
"""Hidden column: JSON object of the members of a line that are no columns."""

UNPARSED = "unparsed"
"""Fault of a row that no pattern fits."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern that fits whole lines, and the columns that are the same for all its rows."""

    pattern: str
    constants: tuple[pl.Expr, ...]


def compiled(document: Document, patterns: Sequence[Pattern | Part]) -> tuple[Compiled, ...]:
    """Return some patterns of a checked mapping in their order."""
    return tuple(
        Compiled(
            document.expanded(one.pattern),
            tuple(pl.lit(value).alias(name) for name, value in one.constants.items()),
        )
        for one in patterns
    )


def extracted(frame: pl.DataFrame, patterns: Sequence[Compiled]) -> pl.DataFrame:
    """Return a row for each row of `frame` (`LINE`, `TEXT`): its groups as text, or a fault."""
    found: list[pl.DataFrame] = []
    for one in patterns:
        if frame.is_empty():
            break
        groups = frame[TEXT].str.extract_groups(one.pattern).struct.unnest()
        fits = groups[MATCHED].is_not_null()
        if not fits.any():
            continue
        rows = pl.concat([frame.select(LINE), groups.drop(MATCHED)], how="horizontal")
        found.append(rows.filter(fits).with_columns(one.constants))
        frame = frame.filter(~fits)
    if not frame.is_empty() or not found:
        found.append(frame.select(LINE, pl.lit(UNPARSED).alias(FAULT)))
    if len(found) == 1:
        return found[0]
    return pl.concat(found, how="diagonal_relaxed").sort(LINE)


def parted(frame: pl.DataFrame, origin: str, one: Compiled) -> pl.DataFrame:
    """Return the rows of `frame` (`LINE`, column `origin`) that fit, with groups and constants."""
    groups = frame[origin].str.extract_groups(one.pattern).struct.unnest()
    fits = groups[MATCHED].is_not_null()
    rows = pl.concat([frame.select(LINE), groups.drop(MATCHED)], how="horizontal")
    return rows.filter(fits).with_columns(one.constants)
