"""Forced browsing: one client asks a web server for many pages that are not there."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.log.ends import evidence
from detect.rules.log.request import REQUEST_COLUMNS, STATUS, requests
from detect.thresholds import ForcedBrowsing
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import And, Eq, Filter, In

_BAR = ForcedBrowsing()
_IN_VAIN = And((Eq("event.category", "web"), In(STATUS, _BAR.statuses)))
_KEYS = ["window", "source.ip", "victim", "pair"]


@dataclass(frozen=True, slots=True)
class ForcedBrowsingDetector:
    """Claims a client that asked one web server in vain for many paths that nobody else asked for.

    ATT&CK T1595.003. Maltrail counts distinct paths with errors, too; see
    `thresholds.ForcedBrowsing` for what keeps crawlers and broken pages silent.
    """

    name: str = "forced_browsing"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = REQUEST_COLUMNS
    where: Filter | None = _IN_VAIN
    bar: ForcedBrowsing = _BAR

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per client, web server and judged hour."""
        vain = requests(frame, windows).filter(pl.col(STATUS).is_in(self.bar.statuses))
        lone = vain.filter(pl.col("source.ip").n_unique().over("window", "victim", "page") == 1)
        hourly = _hourly(lone)
        found = hourly.filter(self._high(), windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "pair", "paths")
        rows = found.join(usual, on=["window", "pair"], how="left")
        habit = pl.col("usual").fill_null(0) * 3 >= pl.col("paths")
        placed = place(rows, assets, "source", "victim").filter(
            ~pl.col("source.role").is_in(WATCHERS), ~habit
        )
        ordered = placed.sort("window", "pair")
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _high(self) -> pl.Expr:
        fast = pl.col("peak") >= self.bar.paths_a_minute
        return fast | (pl.col("paths") >= self.bar.paths_an_hour)

    def _claim(self, row: Found, windows: Windows) -> Claim:
        source, victim, paths = row["source.ip"], row["victim.ip"], row["paths"]
        from_inside = row["source.inside"] or row["victim.inside"] is False
        usual_zh, usual_en = as_a_rule(row["usual"], "个")
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["pair"],
            source_ip=source,
            destination_ip=victim,
            host_ip=source if from_inside else victim,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3 if from_inside else 2,
            score=min(0.99, 0.4 + paths / 2000),
            p_value=None,
            technique="T1595.003",
            category="web_scan",
            sentence_zh=f"一小时向网站试探 {paths} 个不存在的路径，{usual_zh}",
            sentence_en=f"{paths} paths asked for in vain within an hour, {usual_en}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["requests"],
            indicators={"address": source},
        )


def _hourly(lone: pl.DataFrame) -> pl.DataFrame:
    minute = pl.col("@timestamp").dt.truncate("1m").alias("minute")
    peaks = (
        lone.group_by(*_KEYS, minute)
        .agg(pl.col("page").n_unique().alias("in_minute"))
        .group_by(_KEYS)
        .agg(pl.col("in_minute").max().alias("peak"))
    )
    counted = lone.group_by(_KEYS).agg(
        pl.col("page").n_unique().alias("paths"),
        pl.len().alias("requests"),
        pl.col("victim.ip").first(),
        pl.col("@timestamp").min().alias("first"),
        pl.col("@timestamp").max().alias("last"),
        evidence(),
    )
    return counted.join(peaks, on=_KEYS)


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="paths_in_vain",
            observed=row["paths"],
            unit="count",
            zh="一小时内只有该来源请求且被拒的不同路径",
            en="distinct paths that this client alone asked for in vain within the hour",
        ),
        Reason(
            metric="paths_a_minute",
            observed=row["peak"],
            unit="per_minute",
            zh="最忙一分钟试探的路径",
            en="paths tried in the busiest minute",
        ),
    )
