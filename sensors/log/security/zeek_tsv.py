"""Zeek's TSV logs: lines under a head that names their columns; the head may change midway."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import polars as pl

from sensors.log.document import span
from sensors.log.document.framing import BLANK, faulty, shown, with_misfits
from sensors.log.document.stream import check_options
from sensors.log.kind import FAULT, LINE, LogParser, Parsed, SourceRules
from sensors.log.security import zeek_cell, zeek_log
from sensors.log.security.zeek_header import PATH_FORM, Header
from sensors.log.security.zeek_log import PATH, Log, Row, Turn
from situation.fields import BY_NAME, REST, Kind

HEADER, WIDTH = "header", "width"
"""Faults of a line: no head says what it holds; it has not as many cells as the head names."""
HEAD = "head"
"""Reason of a line that is no row."""

_MARK = "#"
_MOST_HEADERS = 100
"""Different heads that are read in one block; each costs as much as some thousand rows."""

Cells = Mapping[str, pl.Series]
"""Cells of some rows by the names of their columns, all as text."""


class ZeekTsvParser:
    """Parses one stream of a TSV log; it remembers the head."""

    def __init__(self, rules: SourceRules) -> None:
        self._header = Header(path=rules.options.get("path", ""))

    def prime(self, head: Sequence[str]) -> None:
        """Learn the columns from the first lines of the stream."""
        for line in head:
            if line.startswith(_MARK):
                self._header = self._header.after(line)

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines`; the time of receipt does not matter."""
        del received
        lines = lines.fill_null("")
        is_head = lines.str.starts_with(_MARK)
        blank = lines.str.strip_chars() == ""
        frames = [
            _rows(header, lines, _without(pl.concat(numbers), blank))
            for header, numbers in self._by_header(lines, is_head).items()
        ]
        counted = Counter({HEAD: int(is_head.sum()), BLANK: int(blank.sum())})
        frame = pl.concat([faulty([], HEADER), *frames], how="diagonal")
        return Parsed(frame if len(frames) == 1 else frame.sort(LINE), +counted)

    def _by_header(self, lines: pl.Series, is_head: pl.Series) -> dict[Header, list[pl.Series]]:
        """Return the numbers of the lines that stand under each header, head lines left out."""
        found: dict[Header, list[pl.Series]] = {}
        begin = 0
        for at in (*is_head.arg_true(), len(lines)):
            if at > begin:
                numbers = pl.int_range(begin, at, dtype=pl.UInt32, eager=True)
                found.setdefault(self._known(found), []).append(numbers)
            if at < len(lines):
                self._header = self._header.after(lines[at])
            begin = at + 1
        return found

    def _known(self, found: Collection[Header]) -> Header:
        """Return the header that holds, or one that is unusable where a block has too many."""
        return self._header if self._header in found or len(found) < _MOST_HEADERS else Header()


class ZeekTsvKind:
    """Zeek's TSV logs of any sort, told by their head."""

    name = "zeek-tsv"
    title = "Zeek logs, tab-separated"

    def likeness(self, head: Sequence[str]) -> float:
        """Return 1 where the first lines name fields and their types as Zeek does."""
        names = {line.split("\t")[0] for line in head}
        return 1.0 if {"#fields", "#types"} <= names else 0.0

    def parser(self, rules: SourceRules) -> LogParser:
        """Return a parser of one stream; raise `Misconfigured` for options that it has not."""
        check_options(self.name, zeek_log.OPTIONS, rules)
        return ZeekTsvParser(rules)


ZEEK_TSV = ZeekTsvKind()


def _without(numbers: pl.Series, blank: pl.Series) -> pl.Series:
    return numbers.filter(~blank.gather(numbers)) if blank.any() else numbers


def _rows(header: Header, lines: pl.Series, numbers: pl.Series) -> pl.DataFrame:
    if not header.is_usable:
        return faulty(numbers, HEADER)
    body = lines.gather(numbers)
    cells = body.str.count_matches(header.separator, literal=True) + 1
    fits = cells == len(header.fields)
    if fits.all() and len(fits) > 0:
        return _framed(header, body, numbers)
    bad = faulty(numbers.filter(~fits), WIDTH)
    if not fits.any():
        return bad
    good = _framed(header, body.filter(fits), numbers.filter(fits))
    return pl.concat([good, bad], how="diagonal")


def _framed(header: Header, body: pl.Series, numbers: pl.Series) -> pl.DataFrame:
    cut = zeek_cell.cut(body, header.separator, len(header.fields), header.marks.unset)
    cells = dict(zip(header.fields, cut, strict=True))
    path = _path(header)
    log = zeek_log.log_of(path)
    misfits: dict[str, pl.Series] = {}
    columns = list(_columns(header, cells, log, misfits))
    frame = pl.DataFrame([numbers.alias(LINE), *columns, _rest(header, cells, log, path)])
    frame = frame.with_columns(
        pl.lit(path).alias(PATH), pl.lit(None, pl.String()).alias(FAULT)
    ).with_columns(*zeek_log.every_row(pl.col(PATH)), *log.stage)
    return with_misfits(shown(frame), misfits) if misfits else shown(frame)


def _path(header: Header) -> str:
    if PATH_FORM.fullmatch(header.path):
        return header.path
    return zeek_log.told_path(header.fields)


def _columns(
    header: Header, cells: Cells, log: Log, misfits: dict[str, pl.Series]
) -> Iterator[pl.Series]:
    rows = _height(cells)
    for row in (*zeek_log.COMMON, *log.rows):
        if row.name not in cells:
            yield pl.Series(row.field, [None], dtype=_type(row)).new_from_index(0, rows)
            continue
        given = cells[row.name]
        made = _TURNS[row.turn](given, row, header)
        if not row.is_copied and made.null_count() > given.null_count():
            lost = made.is_null() & given.is_not_null() & (given != header.marks.empty)
            if lost.any():
                misfits[row.name] = given.set(~lost, None)
        yield made.alias(row.field)


def _height(cells: Cells) -> int:
    return len(next(iter(cells.values())))


def _type(row: Row) -> pl.DataType:
    if row.field in zeek_log.BOOLEANS:
        return pl.Boolean()
    if row.field in zeek_log.WHOLES:
        return pl.Int64()
    return BY_NAME[row.field].polars_type if row.field in BY_NAME else pl.String()


def _plain(cells: pl.Series, row: Row, header: Header) -> pl.Series:
    sort = _type(row)
    if sort == pl.Boolean():
        return cells.replace_strict({"T": True, "F": False}, default=None, return_dtype=pl.Boolean)
    if sort != pl.String():
        return cells.cast(sort, strict=False)
    if row.field in BY_NAME and BY_NAME[row.field].kind is Kind.IP:
        return cells
    return _text(cells, header)


def _text(cells: pl.Series, header: Header) -> pl.Series:
    empty = cells == header.marks.empty
    return zeek_cell.plain(cells.set(empty, None) if empty.any() else cells)


def _seconds(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.Float64, strict=False)


def _addresses(cells: pl.Series, _: Row, header: Header) -> pl.Series:
    return zeek_cell.first_address(cells, header.marks.set_separator)


def _mac(cells: pl.Series, _: Row, header: Header) -> pl.Series:
    return _text(cells, header).str.to_uppercase().str.replace_all(":", "-", literal=True)


_TURNS: Mapping[Turn, Callable[[pl.Series, Row, Header], pl.Series]] = {
    Turn.PLAIN: _plain,
    Turn.LOWER: lambda cells, _, header: _text(cells, header).str.to_lowercase(),
    Turn.UPPER: lambda cells, _, header: _text(cells, header).str.to_uppercase(),
    Turn.TIME: lambda cells, _, __: span.since_1970(_seconds(cells)),
    Turn.SECONDS: lambda cells, _, __: span.nanoseconds(_seconds(cells)),
    Turn.FIRST: lambda cells, _, header: zeek_cell.first_member(
        cells.set(cells == header.marks.empty, None), header.marks.set_separator
    ),
    Turn.COUNT: lambda cells, _, header: (
        cells.str.count_matches(header.marks.set_separator, literal=True).cast(pl.Int64) + 1
    ).set(cells == header.marks.empty, 0),
    Turn.ADDRESS: _addresses,
    Turn.MAC: _mac,
}


def _rest(header: Header, cells: Cells, log: Log, path: str) -> pl.Series:
    """Return what no column of ours holds, typed as the head says."""
    moved = {row.name for row in (*zeek_log.COMMON, *log.rows) if not row.is_copied}
    texts = {
        name: zeek_cell.as_json(cells[name], header.type_of(name), header.marks)
        for name in header.fields
        if name not in moved
    }
    return zeek_cell.json_objects(texts, _height(cells), f'{{"zeek":{{"{path}":', "}}").alias(REST)
