"""Bursts of a web server's own errors: an attack that breaks it, or an outage."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.rules.log.ends import evidence
from detect.rules.log.request import REQUEST_COLUMNS, STATUS, requests
from detect.thresholds import ServerErrors
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule, percent
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import And, Eq, Filter, Range

_OWN = (500, 600)
_ERRORS = And((Eq("event.category", "web"), Range(STATUS, *_OWN)))
_KEYS = ["window", "victim"]


@dataclass(frozen=True, slots=True)
class ServerErrorsDetector:
    """Claims a web server that answered with many errors of its own within minutes.

    ATT&CK T1499. Wazuh counts repeated 5xx of a server; see `thresholds.ServerErrors`. Who
    caused half of them is named.
    """

    name: str = "server_errors"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = REQUEST_COLUMNS
    where: Filter | None = _ERRORS
    bar: ServerErrors = field(default_factory=ServerErrors)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per web server and judged hour."""
        del assets  # Whose the server is does not matter here.
        errors = requests(frame, windows).filter(pl.col(STATUS).is_between(*_OWN, closed="left"))
        hourly = self._hourly(errors)
        found = hourly.filter(pl.col("burst") >= self.bar.errors, windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "victim", "errors")
        rows = found.join(usual, on=_KEYS, how="left").join(_causers(errors), on=_KEYS)
        unusual = pl.col("errors") >= self.bar.times_usual * pl.col("usual").fill_null(0)
        ordered = rows.filter(unusual).sort(_KEYS)
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _hourly(self, errors: pl.DataFrame) -> pl.DataFrame:
        span = f"{int(self.bar.span.total_seconds())}s"
        one = pl.col("victim").is_not_null().cast(pl.Int64)
        counted = errors.with_columns(
            one.rolling_sum_by("@timestamp", span, closed="right").over("victim").alias("in_span")
        )
        return counted.group_by(_KEYS).agg(
            pl.len().alias("errors"),
            pl.col("in_span").max().alias("burst"),
            pl.col("source.ip").n_unique().alias("clients"),
            pl.col("victim.ip").first(),
            pl.col("@timestamp").min().alias("first"),
            pl.col("@timestamp").max().alias("last"),
            evidence(),
        )

    def _claim(self, row: Found, windows: Windows) -> Claim:
        errors, share = row["errors"], row["caused"] / row["errors"]
        causer = row["causer"] if share >= self.bar.share_of_one_client else None
        usual_zh, usual_en = as_a_rule(row["usual"], "次")
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["victim"],
            source_ip=causer,
            destination_ip=row["victim.ip"],
            host_ip=row["victim.ip"],
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=2 if causer else 1,
            score=min(0.9, 0.3 + errors / 5000),
            p_value=None,
            technique="T1499",
            category="server_errors",
            sentence_zh=f"一小时网站出错 {errors} 次，{usual_zh}",
            sentence_en=f"{errors} errors of the web server within an hour, {usual_en}",
            reasons=_reasons(row, share),
            evidence=tuple(row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=errors,
            indicators={"address": causer} if causer else {},
        )


def _causers(errors: pl.DataFrame) -> pl.DataFrame:
    """Return the client that met the most errors of each server and hour, and how many."""
    counted = errors.group_by(*_KEYS, pl.col("source.ip").alias("causer")).agg(
        pl.len().alias("caused")
    )
    ordered = counted.sort("caused", "causer", descending=[True, False])
    return ordered.unique(_KEYS, keep="first", maintain_order=True)


def _reasons(row: Found, share: float) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="errors_an_hour",
            observed=row["errors"],
            unit="count",
            zh="一小时内 5xx 应答",
            en="answers 5xx within the hour",
        ),
        Reason(
            metric="errors_in_burst",
            observed=row["burst"],
            unit="count",
            zh="最密五分钟内的 5xx 应答",
            en="answers 5xx in the worst five minutes",
        ),
        Reason(
            metric="share_of_one_client",
            observed=share,
            unit="share",
            zh=f"{row['clients']} 个来源中最多的一个占 {percent(share)}",
            en=f"share of the client with the most, of {row['clients']}: {percent(share)}",
        ),
    )
