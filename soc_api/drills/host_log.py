"""The logs beside a scenario's capture, read as events like any other log."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from sensors.enrichment import enrich_log
from sensors.log.catalogue import kind_named
from sensors.log.kind import SourceRules
from sensors.log.reading import LogFile, Plan
from situation.assets import Assets
from soc_api.drills.scenario import HostLog

Named = tuple[str, pl.DataFrame]
"""A batch: its deterministic name, and complete events."""


def log_batches(
    log: HostLog,
    assets: Assets,
    received: dt.datetime,
    *,
    observer: str,
    drill_id: str | None = None,
) -> Iterator[Named]:
    """Yield the events of a log in batches, enriched and with the address of its host.

    The source of the events is the file's name without its ending. Raises `Misconfigured` for a
    kind that there is not and `Malformed` for a file that cannot be read.
    """
    rules = SourceRules(zone=log.zone, year=log.year)
    plan = Plan((kind_named(log.kind),), observer, rules, source=log.path.stem)
    file = LogFile(log.path, plan)
    for number, frame in enumerate(file.batches(received)):
        marked = frame.with_columns(
            pl.lit(log.host).alias("host.ip"), pl.lit(drill_id).alias("citywatch.drill.id")
        )
        yield f"{log.path.stem}-{number:06d}", enrich_log(marked, assets)
