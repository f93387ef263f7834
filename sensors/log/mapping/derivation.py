"""What follows from a field without being said: one table of derived fields."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
    "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2",
    "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip
"""Names of the facilities by code, RFC 5424, 6.2.1."""

SEVERITIES = (
    "emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug",
)  # fmt: skip
"""Names of the severities by code, RFC 5424, 6.2.1."""

_PRIORITIES = 192
_FAILED_STATUS = 400


@dataclass(frozen=True, slots=True)
class Derivation:
    """A field that follows from another one; it never replaces what the source said."""

    origin: str
    target: str
    derive: Callable[[pl.Expr], pl.Expr]


def _priority(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Int64, strict=False)
    return pl.when(number.is_between(0, _PRIORITIES - 1)).then(number)


def _name(names: tuple[str, ...], code: pl.Expr) -> pl.Expr:
    return code.replace_strict(
        list(range(len(names))), list(names), default=None, return_dtype=pl.String
    )


def _outcome(status: pl.Expr) -> pl.Expr:
    number = status.cast(pl.Int64, strict=False)
    failed = pl.when(number >= _FAILED_STATUS).then(pl.lit("failure")).otherwise(pl.lit("success"))
    return pl.when(number.is_not_null()).then(failed)


def _part(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda url: url.str.extract(pattern)


DERIVATIONS = (
    Derivation("log.syslog.priority", "log.syslog.facility.code", lambda p: _priority(p) // 8),
    Derivation("log.syslog.priority", "log.syslog.severity.code", lambda p: _priority(p) % 8),
    Derivation(
        "log.syslog.priority",
        "log.syslog.facility.name",
        lambda p: _name(FACILITIES, _priority(p) // 8),
    ),
    Derivation(
        "log.syslog.priority",
        "log.syslog.severity.name",
        lambda p: _name(SEVERITIES, _priority(p) % 8),
    ),
    Derivation("log.syslog.hostname", "host.name", lambda name: name),
    Derivation("log.syslog.appname", "process.name", _part(r"([^/(]+)(?:\([^)]*\))?$")),
    Derivation("log.syslog.procid", "process.pid", _part(r"^(\d{1,10})$")),
    Derivation("http.response.status_code", "event.outcome", _outcome),
    Derivation("url.original", "url.path", _part(r"^(?:[A-Za-z][\w+.-]*://[^/?#]*)?(/[^?#]*)")),
    Derivation("url.original", "url.query", _part(r"\?([^#]*)")),
    Derivation(
        "url.original", "url.domain", _part(r"^[A-Za-z][\w+.-]*://(?:[^/?#@]*@)?([^/?#:]+)")
    ),
)


def derived(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with every field that follows from a column of it."""
    columns = []
    for one in DERIVATIONS:
        if one.origin not in frame.columns:
            continue
        value = one.derive(pl.col(one.origin))
        said = [pl.col(one.target)] if one.target in frame.columns else []
        columns.append(pl.coalesce(*said, value).alias(one.target))
    return frame.with_columns(columns)
