"""Zeek's JSON logs: one object a line, its log named by `_path`, the source's rules or its keys."""

import re
from collections.abc import Mapping
from functools import partial

import polars as pl

from sensors.log.document import turning
from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object, Plan, Turn
from sensors.log.document.stream import LineKind, is_document
from sensors.log.document.turning import Reception
from sensors.log.kind import Parsed
from sensors.log.security import dns_answer, zeek_log
from sensors.log.security.zeek_log import LOGS, OTHER, PATH, Log, Row

_PATH_FORM = re.compile(r"[a-z][a-z0-9_-]{0,63}")

_TURNS: Mapping[zeek_log.Turn, Turn | None] = {
    zeek_log.Turn.PLAIN: None,
    zeek_log.Turn.LOWER: turning.lowered,
    zeek_log.Turn.UPPER: turning.uppered,
    zeek_log.Turn.TIME: turning.instants,
    zeek_log.Turn.SECONDS: turning.seconds,
    zeek_log.Turn.FIRST: turning.firsts,
    zeek_log.Turn.COUNT: turning.counts,
    zeek_log.Turn.ADDRESS: dns_answer.addresses,
    zeek_log.Turn.MAC: turning.hardware_addresses,
}


def _turn(row: Row) -> Turn | None:
    if row.field in zeek_log.BOOLEANS:
        return turning.truths
    return turning.wholes if row.field in zeek_log.WHOLES else _TURNS[row.turn]


def _plan(log: Log) -> Plan:
    rows = sorted((*zeek_log.COMMON, *log.rows), key=lambda row: not row.is_copied)
    columns = [Column(row.name, row.field, _turn(row), row.is_copied) for row in rows]
    stages = (zeek_log.every_row(pl.col(PATH)), log.stage)
    before = pl.concat_str(pl.lit('{"zeek":{"'), pl.col(PATH), pl.lit('":'))
    return Plan((Column("_path", PATH), *columns), stages, before, "}}")


PLANS = {name: _plan(log) for name, log in LOGS.items()}


def _sort(named: str, value: Object) -> str:
    """Name the plan of an object and put the name of its log into it."""
    given = value.get("_path") or named
    if not isinstance(given, str) or not _PATH_FORM.fullmatch(given):
        given = zeek_log.told_path(value)
    value["_path"] = given
    plan = given.removeprefix("labeled-")
    return plan if plan in PLANS else OTHER


def _read(lines: pl.Series, reception: Reception) -> Parsed:
    sorting = Sorting(partial(_sort, reception.rules.options.get("path", "")))
    return read_documents(lines, PLANS, sorting, reception)


def _is_zeek(value: Object) -> bool:
    if "ts" not in value:
        return False
    return any(key in value for key in ("_path", "uid", "id.orig_h", "fuid")) or (
        zeek_log.told_path(value) != OTHER
    )


ZEEK_JSON = LineKind(
    "zeek-json",
    "Zeek logs, JSON",
    lambda line: is_document(line, _is_zeek),
    _read,
    zeek_log.OPTIONS,
)
