"""Rows over rows: what a message says lies over what its envelope says."""

import polars as pl

from sensors.log.kind import LINE
from sensors.log.rest import merged
from situation.fields import REST

_ABOVE = "__above"


def overlaid(below: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `below` with the values that `above` has for the same `LINE`.

    The rests of both are joined. `above` has at most one row a line.
    """
    if above.is_empty():
        return below
    joined = below.join(above, on=LINE, how="left", suffix=_ABOVE, maintain_order="left")
    both = [name for name in above.columns if name != LINE and name in below.columns]
    values = [
        _rests() if name == REST else pl.coalesce(f"{name}{_ABOVE}", name).alias(name)
        for name in both
    ]
    return joined.with_columns(values).drop([f"{name}{_ABOVE}" for name in both])


def _rests() -> pl.Expr:
    return merged(pl.col(REST), pl.col(f"{REST}{_ABOVE}")).alias(REST)
