"""The journal of systemd, as `journalctl -o json` exports it.

Source: systemd.journal-fields(7) and the Journal JSON Format. A value that is no text comes as
a list of octets.
"""

from collections.abc import Sequence

import polars as pl

from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object, Plan
from sensors.log.document.stream import LineParser, check_options, is_document
from sensors.log.document.turning import Reception, texts
from sensors.log.kind import LogParser, Parsed, SourceRules
from sensors.log.syslog import Inner, SyslogParser
from sensors.log.timestamp import parsed_times

_NAME = "journald"
_STAMP = "__REALTIME_TIMESTAMP"
_OCTETS = 256
_SEVERITIES = (
    "emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug",
)  # fmt: skip


def _stamps(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return times of microseconds since 1970."""
    return parsed_times(
        texts(values, reception), ("epoch_us",), reception.rules, reception.received
    )


def _messages(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return messages, also those that come as lists of octets."""
    return texts([_decoded(value) for value in values], reception)


def _decoded(value: object) -> object:
    if not isinstance(value, list):
        return value
    octets = [one for one in value if isinstance(one, int) and 0 <= one < _OCTETS]
    return bytes(octets).decode(errors="replace") if len(octets) == len(value) else None


_COLUMNS = (
    Column(_STAMP, "@timestamp", _stamps),
    Column("MESSAGE", "message", _messages),
    Column("PRIORITY", "log.syslog.severity.code"),
    Column("SYSLOG_FACILITY", "log.syslog.facility.code"),
    Column("SYSLOG_IDENTIFIER", "log.syslog.appname"),
    Column("SYSLOG_PID", "log.syslog.procid"),
    Column("_PID", "process.pid"),
    Column("_COMM", "_command"),
    Column("_EXE", "process.executable"),
    Column("_CMDLINE", "process.command_line"),
    Column("_HOSTNAME", "host.name"),
    Column("_SYSTEMD_UNIT", "service.name"),
    Column("_TRANSPORT", "event.provider"),
)
_SEVERITY = pl.col("log.syslog.severity.code").replace_strict(
    dict(enumerate(_SEVERITIES)), default=None, return_dtype=pl.String
)
_ROW = (
    pl.lit(_NAME).alias("event.module"),
    pl.lit(_NAME).alias("event.dataset"),
    pl.lit("host").alias("event.category"),
    pl.lit("info").alias("event.type"),
    _SEVERITY.alias("log.syslog.severity.name"),
    _SEVERITY.alias("log.level"),
    pl.coalesce("log.syslog.appname", "_command").alias("process.name"),
)
_PLANS = {_NAME: Plan(_COLUMNS, (_ROW,), pl.lit('{"journald":'), "}")}


def _plan_of(_: Object) -> str:
    return _NAME


def _read(lines: pl.Series, reception: Reception) -> Parsed:
    return read_documents(lines, _PLANS, Sorting(_plan_of), reception)


def _is_entry(value: Object) -> bool:
    return _STAMP in value or ("MESSAGE" in value and "_BOOT_ID" in value)


class JournaldKind:
    """The journal, whose messages go on to the formats of the programs that wrote them."""

    name = _NAME
    title = "journal of systemd, JSON"

    def __init__(self, inner: Sequence[Inner]) -> None:
        self._inner = tuple(inner)

    def likeness(self, head: Sequence[str]) -> float:
        """Return the share of the lines that are entries of a journal."""
        filled = [line for line in head if line.strip()]
        alike = sum(is_document(line, _is_entry) for line in filled)
        return alike / len(filled) if filled else 0.0

    def parser(self, rules: SourceRules) -> LogParser:
        """Return a parser of one stream; raise `Misconfigured` for options, it has none."""
        check_options(self.name, frozenset(), rules)
        return SyslogParser(LineParser(rules, _read), self._inner, rules)
