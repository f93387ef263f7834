"""Enrichment: whose addresses a batch holds, and which way it goes."""

import polars as pl

from situation.assets import Assets
from situation.fields import frame_schema

_JOINED = ("asset", "department", "district", "role", "protection_level", "cii")
_SIDES = ("source", "destination", "host")


def enrich(frame: pl.DataFrame, assets: Assets) -> pl.DataFrame:
    """Return `frame` with the asset columns of both sides and `network.direction` filled.

    Columns that the frame does not have are left out, so flows and DNS messages both pass.
    Direction: internal (both known), outbound (source known), inbound (destination known),
    external (neither), unknown for all where the table is empty.
    """
    schema = frame.schema
    for side in ("source", "destination"):
        frame = _join_side(frame, assets, side)
    if "network.direction" in schema:
        frame = frame.with_columns(_direction(bool(assets.rows)).alias("network.direction"))
    return frame.select(schema.names()).cast(dict(schema.items()))


def enrich_log(frame: pl.DataFrame, assets: Assets) -> pl.DataFrame:
    """Return a batch of log events with the asset columns of the sides that it names.

    A side is named where the frame has its address: `source.ip`, `destination.ip`, `host.ip`.
    Direction is filled where both ends are columns and the source did not say it.
    """
    sides = [side for side in _SIDES if f"{side}.ip" in frame.columns]
    for side in sides:
        frame = _join_side(frame, assets, side)
    if {"source", "destination"} <= set(sides):
        said = [pl.col(name) for name in frame.columns if name == "network.direction"]
        found = _direction(bool(assets.rows))
        ends = pl.col("source.ip").is_not_null() & pl.col("destination.ip").is_not_null()
        frame = frame.with_columns(
            pl.coalesce(*said, pl.when(ends).then(found)).alias("network.direction")
        )
    joined = [f"citywatch.{side}.{name}" for side in sides for name in _JOINED]
    schema = frame_schema(tuple(joined))
    return frame.drop([f"_{side}" for side in sides]).cast(dict(schema.items()))


def unknown_endpoints(frame: pl.DataFrame) -> int:
    """Return how many endpoints of the enriched flows have no department."""
    columns = [name for name in _department_columns() if name in frame.columns]
    counts = frame.select((pl.col(name) == "unknown").sum() for name in columns)
    return int(sum(counts.row(0)))


def _department_columns() -> tuple[str, str]:
    return ("citywatch.source.department", "citywatch.destination.department")


def _join_side(frame: pl.DataFrame, assets: Assets, side: str) -> pl.DataFrame:
    names = {name: f"citywatch.{side}.{name}" for name in _JOINED}
    table = assets.join(frame[f"{side}.ip"]).rename({**names, "known": f"_{side}"})
    dropped = [name for name in names.values() if name in frame.columns]
    return frame.drop(dropped).join(
        table, left_on=f"{side}.ip", right_on="ip", how="left", maintain_order="left"
    )


def _direction(table_is_filled: bool) -> pl.Expr:  # noqa: FBT001 - one fact, named in the call
    if not table_is_filled:
        return pl.lit("unknown")
    source = pl.col("_source").fill_null(value=False)
    destination = pl.col("_destination").fill_null(value=False)
    return (
        pl.when(source & destination)
        .then(pl.lit("internal"))
        .when(source)
        .then(pl.lit("outbound"))
        .when(destination)
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("external"))
    )
