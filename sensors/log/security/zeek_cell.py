"""Cells of Zeek TSV logs: cut by columns, unescaped, and written as JSON by their types."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
import polars as pl
from pyarrow import csv

from situation.events.address import canonical_column

_ESCAPED = re.compile(rb"\\x([0-9a-fA-F]{2})")
_MARK = r"\x"
_INNER = re.compile(r"(?:set|vector|table)\[(.*)\]")
_NUMBER_TYPES = frozenset({"count", "int", "port", "double", "interval", "time"})
_TRUTHS = {"T": "true", "F": "false"}
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_FOUR = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
_TO_ESCAPE = r'["\\\x00-\x1f]'


@dataclass(frozen=True, slots=True)
class Marks:
    """How a log writes what is no plain value."""

    set_separator: str = ","
    empty: str = "(empty)"
    unset: str = "-"


DEFAULTS = Marks()
"""Those that Zeek uses where nobody changed them."""


def cut(lines: pl.Series, separator: str, count: int, unset: str) -> list[pl.Series]:
    """Return the cells of `lines`, of which each has `count`, as columns of text.

    What is unset is null. Line ends within a line are written as Zeek escapes them.
    """
    names = [f"{place}" for place in range(count)]
    octets = _on_one_line(lines).str.join("\n").item().encode() + b"\n"
    table = csv.read_csv(
        io.BytesIO(octets),
        read_options=csv.ReadOptions(use_threads=False, column_names=names, block_size=len(octets)),
        parse_options=csv.ParseOptions(
            delimiter=separator, quote_char=False, escape_char=False, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, "string"),
            null_values=[unset],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    return [pl.Series(name, table[name]) for name in names]


def _on_one_line(lines: pl.Series) -> pl.Series:
    for end, escape in (("\r", r"\x0d"), ("\n", r"\x0a")):
        if lines.str.contains(end, literal=True).any():
            lines = lines.str.replace_all(end, escape, literal=True)
    return lines


def unescaped(text: str) -> str:
    r"""Return text with each `\xNN` as the octet that it stands for; what is no UTF-8 stays."""
    octets = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text.encode())
    return octets.decode(errors="backslashreplace")


def plain(cells: pl.Series) -> pl.Series:
    """Return cells with their escapes undone."""
    escaped = cells.str.contains(_MARK, literal=True)
    if not escaped.any():
        return cells
    rows = escaped.arg_true()
    return cells.scatter(rows, [unescaped(cell) for cell in cells.gather(rows)])


def first_member(cells: pl.Series, set_separator: str) -> pl.Series:
    """Return the first member of each set or vector."""
    return plain(cells.str.splitn(set_separator, 2).struct.field("field_0"))


def first_address(cells: pl.Series, set_separator: str) -> pl.Series:
    """Return the first member of each set or vector that is an IP address."""
    mark = re.escape(set_separator)
    form = rf"(?:^|{mark})({_FOUR}|[0-9a-fA-F]{{0,4}}:[0-9a-fA-F:.]+)(?:{mark}|$)"
    return canonical_column(cells.str.extract(form))


def members(cells: pl.Series, set_separator: str) -> pl.Series:
    """Return the members of each set or vector as lists, escapes undone."""
    lists = cells.str.split(set_separator)
    escaped = cells.str.contains(_MARK, literal=True)
    if not escaped.any():
        return lists
    return lists.list.eval(pl.element().map_batches(plain, pl.String()))


def as_json(cells: pl.Series, sort: str, marks: Marks) -> pl.Series:
    """Return cells of a type as JSON text, null where they are unset."""
    inner = _INNER.fullmatch(sort)
    if inner is not None:
        return _lists_as_json(cells, inner[1], marks)
    if sort == "bool":
        return cells.replace_strict(_TRUTHS, default=_quoted(plain(cells)), return_dtype=pl.String)
    if sort in _NUMBER_TYPES:
        is_number = cells.str.contains(f"^{_NUMBER}$")
        return cells if is_number.all() else cells.zip_with(is_number, _quoted(plain(cells)))
    empty = cells == marks.empty
    return _quoted(plain(cells.set(empty, "") if empty.any() else cells))


def _quoted(cells: pl.Series) -> pl.Series:
    to_escape = cells.str.contains(_TO_ESCAPE)
    if not to_escape.any():
        return '"' + cells + '"'
    rows = to_escape.arg_true()
    written = [orjson.dumps(cell).decode() for cell in cells.gather(rows)]
    return ('"' + cells + '"').scatter(rows, written)


def _lists_as_json(cells: pl.Series, inner: str, marks: Marks) -> pl.Series:
    mark = marks.set_separator
    if inner in _NUMBER_TYPES:
        form = rf"^{_NUMBER}(?:{re.escape(mark)}{_NUMBER})*$"
        found = "[" + cells.str.replace_all(mark, ",", literal=True) + "]"
        odd = ~cells.str.contains(form)
    else:
        found = '["' + cells.str.replace_all(mark, '","', literal=True) + '"]'
        odd = cells.str.contains(_TO_ESCAPE) | found.str.contains(f'"{marks.unset}"', literal=True)
    found = found.set(cells == marks.empty, "[]")
    rows = (odd & (cells != marks.empty)).arg_true()
    if rows.is_empty():
        return found
    lists = members(cells.gather(rows), mark).to_list()
    return found.scatter(rows, [_written(each, marks.unset) for each in lists])


def _written(each: Sequence[str], unset: str) -> str:
    return orjson.dumps([None if member == unset else member for member in each]).decode()


def json_objects(texts: Mapping[str, pl.Series], rows: int, before: str, after: str) -> pl.Series:
    """Return an object a row of the members that are not null, null where there are none."""
    if not texts:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows)
    columns = {f"{place}": text for place, text in enumerate(texts.values())}
    members = [
        pl.concat_str(pl.lit(orjson.dumps(name).decode() + ":"), pl.col(column))
        for name, column in zip(texts, columns, strict=True)
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    whole = pl.concat_str(pl.lit(before + "{"), joined, pl.lit("}" + after))
    filled = pl.any_horizontal(pl.col(column).is_not_null() for column in columns)
    return pl.DataFrame(columns).select(pl.when(filled).then(whole)).to_series()
