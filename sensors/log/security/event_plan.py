"""What CEF and LEEF lines yield: the pairs that have a field, and what follows from them."""

from collections.abc import Sequence

import polars as pl

from sensors.log.document import span, turning
from sensors.log.document.plan import Column, Plan
from sensors.log.document.turning import Reception
from sensors.log.security import web
from sensors.log.timestamp import parsed_times

_FORMATS = (
    "%b %d %Y %H:%M:%S%.f %#z", "%b %d %Y %H:%M:%S%.f", "%b %d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f", "%d %b %Y %H:%M:%S%.f",
)  # fmt: skip
"""Forms of times beside ISO 8601 and counts since 1970, which come first."""

_SEVERITY_WORDS = {
    "low": 1, "medium": 2, "high": 3, "very-high": 4, "very high": 4, "critical": 4,
    "informational": 1, "info": 1, "warning": 2, "error": 3, "fatal": 4,
}  # fmt: skip
_MEDIUM_FROM, _HIGH_FROM, _CRITICAL_FROM, _GREATEST = 4, 7, 9, 10
"""Of the scale from 0 to 10, as the standard of CEF divides it."""
_DENIED = r"(?i)\b(?:den(?:y|ied)|block(?:ed)?|drop(?:ped)?|reject(?:ed)?|reset|quarantined?)\b"
_ALLOWED = r"(?i)\b(?:allow(?:ed)?|permit(?:ted)?|accept(?:ed)?|pass(?:ed)?)\b"
_DOMAIN = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)"
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "132": "sctp"}
_ZONE_NAME = r" (?:[A-Z]{2,5})$"
_OUTCOMES = {
    "success": "success", "successful": "success", "succeeded": "success", "ok": "success",
    "failure": "failure", "failed": "failure", "fail": "failure", "error": "failure",
}  # fmt: skip


def times(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return times in any form that devices write; those with a zone's letters in the source's."""
    written = turning.texts(values, reception)
    found = span.since_1970(written.cast(pl.Float64, strict=False))
    open_rows = (found.is_null() & written.is_not_null()).arg_true()
    if open_rows.is_empty():
        return found
    texts = written.gather(open_rows).str.replace(_ZONE_NAME, "")
    formats = ("iso", *_FORMATS)
    other = parsed_times(texts, formats, reception.rules, reception.received)
    return found.scatter(open_rows, other)


HEADER = (
    Column("vendor", "observer.vendor"),
    Column("product", "observer.product"),
    Column("version", "observer.version"),
    Column("code", "event.code"),
)


def severity(written: str) -> pl.Expr:
    """Return a severity from 0 to 10, or in words, as 1 low to 4 critical."""
    text = pl.col(written).str.to_lowercase()
    number = text.cast(pl.Float64, strict=False)
    graded = (
        1
        + (number >= _MEDIUM_FROM).cast(pl.Int64)
        + (number >= _HIGH_FROM).cast(pl.Int64)
        + (number >= _CRITICAL_FROM).cast(pl.Int64)
    )
    words = text.replace_strict(_SEVERITY_WORDS, default=None, return_dtype=pl.Int64)
    on_scale = pl.when(number.is_between(0, _GREATEST)).then(graded)
    return pl.coalesce(on_scale, words).alias("event.severity")


def _is_request() -> pl.Expr:
    return pl.col("url.original").is_not_null() & pl.col("http.request.method").is_not_null()


def _sort() -> tuple[pl.Expr, ...]:
    """Return category and type: a web request, something between hosts, or on a host."""
    action = pl.col("event.action").fill_null("")
    between = pl.col("source.ip").is_not_null() | pl.col("destination.ip").is_not_null()
    return (
        pl.when(_is_request())
        .then(pl.lit("web"))
        .when(between)
        .then(pl.lit("network"))
        .otherwise(pl.lit("host"))
        .alias("event.category"),
        pl.when(_is_request())
        .then(pl.lit("access"))
        .when(action.str.contains(_DENIED))
        .then(pl.lit("denied"))
        .when(action.str.contains(_ALLOWED))
        .then(pl.lit("allowed"))
        .otherwise(pl.lit("info"))
        .alias("event.type"),
    )


def _transport() -> tuple[pl.Expr, ...]:
    """Return name and number of the transport, whichever of them was written."""
    written = pl.col("network.transport")
    name = written.replace_strict(_PROTOCOLS, default=written, return_dtype=pl.String)
    return name.alias("network.transport"), written.str.extract(r"^(\d{1,3})$").alias(
        "network.iana_number"
    )


def _outcome() -> pl.Expr:
    said = pl.col("event.outcome").str.to_lowercase()
    known = said.replace_strict(_OUTCOMES, default=pl.lit("unknown"), return_dtype=pl.String)
    return pl.when(said.is_not_null()).then(known).alias("event.outcome")


def plan(kind: str, columns: tuple[Column, ...], *expressions: pl.Expr) -> Plan:
    """Return the plan of a format from the columns of its pairs."""
    first = (
        pl.lit(kind).alias("event.module"),
        pl.lit(kind).alias("event.dataset"),
        pl.col("event.code").alias("rule.id"),
        severity("_severity"),
        _outcome(),
        *_sort(),
        *web.url_parts(),
        pl.col("url.original").str.extract(_DOMAIN).alias("url.domain"),
        *_transport(),
        *expressions,
    )
    return Plan((*HEADER, *columns), (first,), pl.lit(f'{{"{kind}":'), "}")
