"""What a kind yields, as documents that can be read and compared."""

import datetime as dt
import json
import pathlib
from collections.abc import Sequence

import polars as pl

from sensors.log.conformity import conformed
from sensors.log.kind import LINE, LogKind, Parsed, SourceRules
from situation.fields import BY_NAME, REST

RECEIVED = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)

SAMPLES = pathlib.Path(__file__).parent / "samples"

Document = dict[str, object]


def parsed(kind: LogKind, lines: Sequence[str], rules: SourceRules | None = None) -> Parsed:
    """Parse lines as one block of a stream."""
    text = pl.Series(lines, dtype=pl.String)
    return kind.parser(rules or SourceRules()).parse(text, RECEIVED)


def documents(
    kind: LogKind, lines: Sequence[str], rules: SourceRules | None = None
) -> list[Document]:
    """Return the rows of lines as documents: dates as text, the rest as an object, no nulls."""
    frame = conformed(parsed(kind, lines, rules).frame)
    assert_declared(frame)
    dates = [name for name in frame.columns if isinstance(frame.schema[name], pl.Datetime)]
    frame = frame.with_columns(pl.col(name).dt.to_string("%FT%T%.fZ") for name in dates)
    rows = frame.drop(LINE).iter_rows(named=True)
    return [
        {name: json.loads(value) if name == REST else value
         for name, value in row.items() if value is not None}
        for row in rows
    ]  # fmt: skip


def assert_declared(frame: pl.DataFrame) -> None:
    """Fail for a column that the registry does not declare, or declares of another type."""
    for name, sort in frame.schema.items():
        if name == LINE:
            assert sort == pl.UInt32
        elif name == REST:
            assert sort == pl.String
        else:
            assert sort == BY_NAME[name].polars_type, name


def sample(name: str) -> list[str]:
    """Return the lines of the sample of a kind."""
    return (SAMPLES / f"{name}.log").read_text(encoding="utf-8").split("\n")[:-1]


def expected(name: str) -> list[Document]:
    """Return the documents that the sample of a kind has to yield."""
    text = (SAMPLES / f"{name}.expected.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
