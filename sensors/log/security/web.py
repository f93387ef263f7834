"""What follows from a web request: parts of its address, and how it came out."""

import polars as pl

_FAILED_FROM = 400
"""Status from which on a request failed (RFC 9110, 15.5 and 15.6)."""
_ADDRESS = r"^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?([^?#]*)(?:\?([^#]*))?"


def url_parts() -> tuple[pl.Expr, ...]:
    """Return path and query of `url.original`, with or without scheme and host (RFC 3986, 3)."""
    groups = pl.col("url.original").str.extract_groups(_ADDRESS).struct
    path, query = groups.field("1"), groups.field("2")
    return (
        pl.when(path != "").then(path).alias("url.path"),
        query.alias("url.query"),
    )


def outcome() -> pl.Expr:
    """Return the outcome that the status tells."""
    status = pl.col("http.response.status_code")
    return (
        pl.when(status.is_null())
        .then(pl.lit("unknown"))
        .when(status < _FAILED_FROM)
        .then(pl.lit("success"))
        .otherwise(pl.lit("failure"))
        .alias("event.outcome")
    )


def request() -> tuple[pl.Expr, ...]:
    """Return all that makes a row a web request."""
    return (
        pl.lit("web").alias("event.category"),
        pl.lit("access").alias("event.type"),
        *url_parts(),
        outcome(),
    )
