"""Silence: a source of logs that wrote regularly stops, while others go on."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.rules.log.ends import host_name
from detect.thresholds import LogSilence
from detect.wording import moment, span
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Exists, Filter

INPUT = "citywatch.log.source"

_BEAT = dt.timedelta(minutes=10)
"""In each of these somebody writes as long as the sensor is there."""
_STOP = ["entity", "last"]
_LAST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class LogSilenceDetector:
    """Claims a source of logs, an input and a host, that fell silent while the rest went on.

    ATT&CK T1562. Elastic has jobs for low counts of a host's events; here the source's own gaps
    decide, see `thresholds.LogSilence`. `now` is the newest event, not the clock. A silence is
    claimed once, in the window in which the first event of others shows that it is too long, and
    it depends on the hours before it alone: whoever reads the same rows says the same.
    """

    name: str = "log_silence"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY + 6 * HOUR
    columns: tuple[str, ...] = (
        "@timestamp", "event.id", "event.created", INPUT, "host.name", "host.ip",
        "citywatch.log.peer",
    )  # fmt: skip
    where: Filter | None = Exists(INPUT)  # noqa: RUF009 - a frozen value
    bar: LogSilence = field(default_factory=LogSilence)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per source whose silence came to light in a judged hour."""
        del assets  # Whose the host is does not matter here.
        minutes = _minutes(frame)
        silences = self._long(minutes, _stops(minutes, self.bar.floor))
        if silences.is_empty():
            return Inspection()
        told = _told(silences, minutes).with_columns(windows.of("told").alias("window"))
        found = self._unusual(told.filter(windows.judged()), minutes)
        rows = found.join(_last_events(frame, found), on=_STOP)
        ordered = rows.sort("window", "entity")
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _long(self, minutes: pl.DataFrame, stops: pl.DataFrame) -> pl.DataFrame:
        """Return stops of regular sources that lasted longer than their own gaps foretell."""
        bar = self.bar
        usual = self._usual(minutes, stops)
        threshold = pl.max_horizontal(
            (pl.col("long_gap") * bar.times_long_gap).cast(pl.Duration("ns")), _exact(bar.floor)
        )
        regular = usual.with_columns(threshold.alias("threshold")).filter(
            pl.col("events") >= bar.events,
            pl.col("covered") >= bar.span,
            pl.col("threshold") <= bar.ceiling,
        )
        due = (pl.col("last") + pl.col("threshold")).alias("due")
        return regular.with_columns(due).filter(
            pl.col("next").is_null() | (pl.col("next") > pl.col("due"))
        )

    def _usual(self, minutes: pl.DataFrame, stops: pl.DataFrame) -> pl.DataFrame:
        """Return how each source wrote in the hours before its stop: events, span, long gap."""
        then = minutes.select("entity", "first", pl.col("last").alias("until"), "events")
        past = stops.join(then, on="entity").filter(
            pl.col("until") <= pl.col("last"),
            pl.col("first") > pl.col("last") - _exact(self.bar.memory),
        )
        gap = (pl.col("first") - pl.col("until").shift(1)).quantile(self.bar.long, "lower")
        return (
            past.sort("first")
            .group_by(_STOP, maintain_order=True)
            .agg(
                pl.col("next", "input", "host", "host.ip", "received").first(),
                pl.col("events").sum(),
                (pl.col("until").max() - pl.col("first").min()).alias("covered"),
                gap.fill_null(dt.timedelta(0)).alias("long_gap"),
            )
        )

    def _unusual(self, told: pl.DataFrame, minutes: pl.DataFrame) -> pl.DataFrame:
        """Leave out silences in which the sensor was away, and those of every day."""
        alive = _share_alive(told, minutes) >= self.bar.share_alive
        return told.filter(alive).join(self._habits(told, minutes), on=_STOP, how="anti")

    def _habits(self, told: pl.DataFrame, minutes: pl.DataFrame) -> pl.DataFrame:
        """Return sources that were as silent a day ago, where the past reaches so far."""
        bar = self.bar
        day_ago = (pl.col("due") - _exact(bar.habit)).alias("then")
        then = told.select(*_STOP, day_ago).join(minutes.select("entity", "first"), on="entity")
        known = pl.col("first").is_between(
            pl.col("last") - _exact(bar.habit + 2 * HOUR), pl.col("then") + _exact(bar.floor)
        )
        since, until = (pl.col("then") + _exact(times * bar.floor) for times in (1, 3))
        busy = pl.col("first").is_between(since, until, closed="right")
        judged = then.group_by(_STOP).agg(known.any(), busy.any().alias("busy"))
        return judged.filter(pl.col("first") & ~pl.col("busy"))

    def _claim(self, row: Found, windows: Windows) -> Claim:
        zh, en = _sentences(row)
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["entity"],
            source_ip=None,
            destination_ip=None,
            host_ip=row["host.ip"],
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["last"],
            last_seen=row["told"],
            severity=2,
            score=0.5,
            p_value=None,
            technique="T1562",
            category="log_silence",
            sentence_zh=zh,
            sentence_en=en,
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["events"],
        )


def _minutes(frame: pl.DataFrame) -> pl.DataFrame:
    """Condense the events to one row a source and minute: first, last, how many."""
    return (
        _named(frame)
        .group_by("input", "host", pl.col("@timestamp").dt.truncate("1m").alias("minute"))
        .agg(
            pl.col("@timestamp").min().alias("first"),
            pl.col("@timestamp").max().alias("last"),
            pl.col("address").sort().first().alias("host.ip"),
            pl.col("event.id").n_unique().alias("events"),
            pl.col("event.created").max().alias("received"),
        )
        .with_columns(_entity())
        .sort("entity", "minute")
    )


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    address = pl.coalesce("host.ip", "citywatch.log.peer")
    host = pl.coalesce(host_name(), address, pl.lit("?"))
    named = frame.with_columns(
        pl.col(INPUT).alias("input"), host.alias("host"), address.alias("address")
    )
    return named.filter(pl.col("@timestamp").is_not_null())


def _exact(span: dt.timedelta) -> pl.Expr:
    """Return a span in the unit of event times, so that sums keep their nanoseconds."""
    return pl.lit(span, dtype=pl.Duration("ns"))


def _entity() -> pl.Expr:
    return pl.concat_str("input", pl.lit("@"), "host").alias("entity")


def _stops(minutes: pl.DataFrame, floor: dt.timedelta) -> pl.DataFrame:
    """Return where a source paused for longer than `floor`, or has not gone on."""
    following = minutes.with_columns(pl.col("first").shift(-1).over("entity").alias("next"))
    paused = pl.col("next").is_null() | (pl.col("next") - pl.col("last") > floor)
    kept = ("entity", "input", "host", "host.ip", "last", "next", "received")
    return following.filter(paused).select(kept)


def _told(silences: pl.DataFrame, minutes: pl.DataFrame) -> pl.DataFrame:
    """Return silences after which somebody else wrote, with when that was.

    What was received before the source's own last event proves nothing: logs of a past day are
    being read one after the other.
    """
    marks = minutes.select(
        pl.col("last").alias("told"),
        pl.col("entity").alias("by"),
        pl.col("received").alias("told_received"),
    )
    joined = silences.sort("due").join_asof(
        marks.sort("told", "by"),
        left_on="due",
        right_on="told",
        strategy="forward",
        coalesce=False,
    )
    in_turn = (pl.col("told_received") >= pl.col("received")).fill_null(value=True)
    return joined.filter(pl.col("by") != pl.col("entity"), in_turn)


def _share_alive(told: pl.DataFrame, minutes: pl.DataFrame) -> pl.Series:
    """Return the share of whole beats of each silence in which anybody wrote."""
    beats = minutes.select(pl.col("first").dt.truncate("10m").alias("beat")).unique()
    inside = (pl.col("beat") >= pl.col("last")) & (pl.col("beat") + _exact(_BEAT) <= pl.col("due"))
    written = told.join(beats, how="cross").group_by(_STOP).agg(inside.sum().alias("written"))
    one = pl.duration(nanoseconds=1, time_unit="ns")
    begun = (pl.col("last") + _exact(_BEAT) - one).dt.truncate("10m")
    whole = (pl.col("due").dt.truncate("10m") - begun) / _exact(_BEAT)
    joined = told.join(written, on=_STOP, how="left", maintain_order="left")
    return joined.select(pl.col("written") / whole).to_series()


def _last_events(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return the ids of the last events before each silence, the newest first."""
    events = _named(frame).with_columns(_entity()).select("entity", "@timestamp", "event.id")
    before = (
        found.select(_STOP)
        .join(events, on="entity")
        .filter(pl.col("@timestamp") <= pl.col("last"))
        .unique("event.id")
        .sort("@timestamp", "event.id", descending=True)
    )
    return before.group_by(_STOP, maintain_order=True).agg(
        pl.col("event.id").head(_LAST_EVENTS).alias("evidence")
    )


def _sentences(row: Found) -> tuple[str, str]:
    since = moment(row["last"])
    silent_zh, silent_en = span((row["told"] - row["last"]).total_seconds())
    return (
        f"日志源 {row['input']}（{row['host']}）自 {since} 起中断 {silent_zh}",
        f"log source {row['input']} of {row['host']} has been silent for {silent_en} since {since}",
    )


def _reasons(row: Found) -> tuple[Reason, ...]:
    mean = row["covered"].total_seconds() / max(1, row["events"] - 1)
    return (
        Reason(
            metric="silent_seconds",
            observed=(row["told"] - row["last"]).total_seconds(),
            unit="seconds",
            usual=mean,
            usual_high=row["long_gap"].total_seconds(),
            zh="没有日志的时长，此前两条日志的平均间隔",
            en="time without an event, against the mean gap before",
        ),
        Reason(
            metric="long_gap",
            observed=row["long_gap"].total_seconds(),
            unit="seconds",
            zh="此前八小时内偏长的间隔（P98），六倍即告警",
            en="long gap (P98) of the eight hours before; six times that raise an alert",
        ),
        Reason(
            metric="events_before",
            observed=row["events"],
            unit="count",
            zh="此前八小时内的日志",
            en="events of the eight hours before",
        ),
    )
