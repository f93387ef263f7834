"""Beacons: a host that calls one outside destination by the clock."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from detect.detector import DAY, Found, Inspection, Windows
from detect.endpoint import PARTNER, place, to_one
from detect.rules.flow.regularity import regularity
from detect.session import OUT_PAYLOAD, SESSION_COLUMNS, SYN, merge
from detect.thresholds import Beacon
from detect.wording import figure, octets, percent, span
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import And, Eq, Filter, In, Not, Or

_PAIR = ["source.ip", "destination.ip", "network.transport", "destination.port"]
_EVIDENCE = 50
_BAR = Beacon()
_CALLS = Or(
    (
        Eq("network.transport", "tcp"),
        And(
            (
                Eq("network.transport", "udp"),
                Not(In("destination.port", _BAR.udp_services)),
            )
        ),
    )
)


@dataclass(frozen=True, slots=True)
class BeaconDetector:
    """Claims a host whose calls to one outside destination are too regular for chance.

    ATT&CK T1071.001. Timing alone decides, by a test against Poisson arrivals that stands up to
    80 % jitter; how alike the sizes are, how steadily the calls go on and whether the destination
    is new for the city only raise the score. Destinations that many hosts have long called (time,
    updates, monitoring) and known partners are left out, after RITA's prevalence and first
    contact. See `thresholds.Beacon`.
    """

    name: str = "beacon"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = DAY
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = SESSION_COLUMNS
    where: Filter | None = _CALLS
    bar: Beacon = _BAR

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per pair, port and judged day."""
        if frame.is_empty():
            return Inspection()
        flows = merge(frame).filter(to_one(), _begins())
        claims: list[Claim] = []
        for start in windows.starts:
            time = pl.col("event.start")
            since, until = start - self.lookback, start + windows.length
            seen = flows.filter((time >= since) & (time < until))
            rows = self._judge(seen, start, assets).iter_rows(named=True)
            claims += [self._claim(row, start, until) for row in rows]
        return Inspection(tuple(claims))

    def _judge(self, seen: pl.DataFrame, start: dt.datetime, assets: Assets) -> pl.DataFrame:
        """Return one row a suspicious series that has contacts in the window from `start` on."""
        series = self._series(seen).filter(pl.col("last") >= start)
        strangers = place(series, assets, "source", "destination").filter(
            pl.col("source.inside"),
            ~pl.col("destination.inside"),
            pl.col("destination.role") != PARTNER,
        )
        clocks = regularity(seen.join(strangers, on=_PAIR, how="semi"), _PAIR, self.bar)
        regular = strangers.join(clocks, on=_PAIR).filter(
            pl.col("p_value") <= self.bar.p_value,
            pl.col("unevenness") <= self.bar.unevenness,
            pl.col("period") >= self.bar.shortest_seconds,
        )
        known = regular.join(self._prevalence(seen, assets), on="destination.ip")
        many = pl.max_horizontal(
            pl.lit(self.bar.prevalence_hosts), self.bar.prevalence * pl.col("all_hosts")
        )
        wanted = known.filter((pl.col("hosts") < many) | pl.col("new"))
        return (
            wanted.with_columns(_score())
            .sort("score", *_PAIR, descending=[True] + [False] * 4)
            .unique(["source.ip", "destination.ip"], keep="first", maintain_order=True)
            .sort(_PAIR)
        )

    def _series(self, seen: pl.DataFrame) -> pl.DataFrame:
        size = pl.col(OUT_PAYLOAD)
        hours = pl.col("event.start").dt.truncate("1h").n_unique()
        lasted = pl.col("event.start").max() - pl.col("event.start").min()
        counted = seen.group_by(_PAIR).agg(
            pl.len().alias("contacts"),
            pl.col("event.start").min().alias("first"),
            pl.col("event.start").max().alias("last"),
            size.median().alias("size"),
            ((size - size.median()).abs().median() / size.median()).alias("size_spread"),
            (hours / ((lasted.dt.total_seconds() / 3600).floor() + 1)).clip(0, 1).alias("steady"),
            pl.col("event.id").sort_by("event.start", "event.id").tail(_EVIDENCE).alias("evidence"),
        )
        return counted.filter(
            pl.col("contacts") >= self.bar.contacts,
            pl.col("last") - pl.col("first") >= self.bar.span,
        )

    def _prevalence(self, seen: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return for each destination how many hosts of ours called it, and whether it is new."""
        hosts = place(seen.select("source.ip").unique(), assets, "source").filter("source.inside")
        ours = seen.join(hosts, on="source.ip", how="semi")
        since = pl.lit(seen["event.start"].min(), pl.Datetime("ns", "UTC"))
        return (
            ours.group_by("destination.ip")
            .agg(
                pl.col("source.ip").n_unique().alias("hosts"),
                (pl.col("event.start").min() - since >= self.bar.new_after).alias("new"),
            )
            .with_columns(pl.lit(hosts.height).alias("all_hosts"), _usual_hosts())
        )

    def _claim(self, row: Found, start: dt.datetime, until: dt.datetime) -> Claim:
        source, destination = row["source.ip"], row["destination.ip"]
        period_zh, period_en = span(row["period"])
        swing = percent((row["period_high"] - row["period_low"]) / 2 / row["period"])
        return Claim(
            detector=self.name,
            version=self.version,
            subject=f"{source}>{destination}",
            source_ip=source,
            destination_ip=destination,
            host_ip=source,
            window_start=start,
            window_end=until,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3 if row["new"] else 2,
            score=row["score"],
            p_value=row["p_value"],
            technique="T1071.001",
            category="beacon",
            sentence_zh=f"每 {period_zh}外联一次，共 {row['contacts']} 次，抖动约 {swing}",
            sentence_en=f"{row['contacts']} calls home, one every {period_en}, +/- {swing}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            event_count=row["contacts"],
            indicators={"address": destination, "port": str(row["destination.port"])},
        )


def _usual_hosts() -> pl.Expr:
    """Return how many hosts call a destination as a rule, null where there is but one."""
    return pl.when(pl.len() > 1).then(pl.col("hosts").median()).alias("usual_hosts")


def _begins() -> pl.Expr:
    """Tell whether a flow is a call: exporters cut long connections into pieces by the clock."""
    return (pl.col("network.transport") != "tcp") | (pl.col(SYN) > 0)


def _score() -> pl.Expr:
    """Score what has passed by timing: alike sizes, steadiness and novelty add to it."""
    spread = pl.when(pl.col("size").is_null()).then(1.0).otherwise("size_spread")
    alike = (1 - spread.fill_nan(0).fill_null(0)).clip(0, 1)
    parts = 0.6 + 0.15 * alike + 0.1 * pl.col("steady") + 0.14 * pl.col("new").cast(pl.Float64)
    return parts.alias("score")


def _reasons(row: Found) -> tuple[Reason, ...]:
    timing = Reason(
        metric="unevenness",
        observed=round(row["unevenness"], 3),
        unit="score",
        zh="间隔的不均匀度；随机到达为 0.58，时钟为 0",
        en="unevenness of the intervals; 0.58 by chance, 0 for a clock",
    )
    first = "本日数据中首次出现" if row["new"] else "数据开始时已存在"
    hosts = Reason(
        metric="hosts_calling",
        observed=row["hosts"],
        unit="count",
        peers=row["usual_hosts"],
        zh=f"联系该地址的本市主机；{first}",
        en=f"hosts of the city that call it, of {figure(row['all_hosts'])}; "
        + ("new to the city" if row["new"] else "known before"),
    )
    return (timing, hosts, *_size(row))


def _size(row: Found) -> tuple[Reason, ...]:
    """Return how alike the sizes are; nothing where an exporter does not tell them."""
    if row["size"] is None:
        return ()
    spread = 0.0 if row["size_spread"] is None else row["size_spread"]
    size = Reason(
        metric="size_spread",
        observed=round(spread, 3),
        unit="share",
        zh=f"每次发送量的离散度，中位数 {octets(row['size'])}",
        en=f"spread of the octets sent, median {octets(row['size'])}",
    )
    return (size,)
