"""Sweeps: one source tries one port on many hosts."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import DARK, WATCHERS, most_protected, place, to_one
from detect.rules.flow.attempt import ATTEMPT_COLUMNS, attempts, evidence
from detect.session import SYN, merge
from detect.thresholds import Sweep
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import And, Eq, Filter, Or, Range

_ECHO_REQUEST = 8
_KNOCKS = Or(
    (
        And((Eq("network.transport", "tcp"), Range(SYN, since=1))),
        And((Eq("network.transport", "udp"), Eq("destination.packets", 0))),
        And((Eq("network.transport", "icmp"), Eq("source.port", _ECHO_REQUEST))),
    )
)
_KEYS = ["window", "source.ip", "network.transport", "destination.port"]


@dataclass(frozen=True, slots=True)
class SweepDetector:
    """Claims a source that tried one port, or an echo, on many hosts within an hour.

    ATT&CK T1018. After Zeek's scan package: fewer hosts are enough where dark space of the own
    address plan is hit, see `thresholds.Sweep`. Watchers by role are left out.
    """

    name: str = "sweep"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = ATTEMPT_COLUMNS
    where: Filter | None = _KNOCKS
    bar: Sweep = field(default_factory=Sweep)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per sweeping source and judged hour."""
        tries = _tries(frame, windows)
        vain = pl.col("destination.ip").filter("vain").n_unique().alias("hosts")
        hourly = tries.group_by(_KEYS).agg(vain, pl.col("destination.ip").n_unique().alias("met"))
        wide = hourly.filter(pl.col("hosts") >= self.bar.lowered_hosts, windows.judged())
        if wide.is_empty():
            return Inspection()
        found = self._found(tries.filter("vain").join(wide, on=_KEYS), assets)
        usual = usual_of(hourly, found, "source.ip", "hosts")
        rows = found.join(usual, on=["window", "source.ip"], how="left").sort("window", "source.ip")
        claims = (self._claim(row, windows, assets) for row in rows.iter_rows(named=True))
        return Inspection(tuple(claims))

    def _found(self, vain: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        placed = place(vain, assets, "source", "destination").filter(
            ~pl.col("source.role").is_in(WATCHERS)
        )
        dark = pl.col("destination.ip").filter(pl.col("destination.role") == DARK).n_unique()
        swept = placed.group_by(_KEYS).agg(
            pl.col("hosts", "met").first(),
            dark.alias("dark"),
            pl.len().alias("tries"),
            pl.col("source.inside").first(),
            pl.col("event.start").min().alias("first"),
            pl.col("event.end").max().alias("last"),
            pl.col("destination.ip").filter("destination.inside").unique().sort().alias("ours"),
            evidence(),
        )
        ordered = swept.filter(self._high()).sort(
            "hosts", "network.transport", "destination.port", descending=[True, False, False]
        )
        return ordered.group_by("window", "source.ip", maintain_order=True).agg(
            pl.all().exclude("first", "last").first(),
            pl.len().alias("ports"),
            pl.col("first").min(),
            pl.col("last").max(),
        )

    def _high(self) -> pl.Expr:
        bar, hosts = self.bar, pl.col("hosts")
        mostly_vain = (pl.col("met") >= bar.hosts) & (hosts >= bar.share_in_vain * pl.col("met"))
        return (hosts >= bar.hosts) | (pl.col("dark") >= bar.dark_hosts) | mostly_vain

    def _claim(self, row: Found, windows: Windows, assets: Assets) -> Claim:
        source, hosts = row["source.ip"], row["hosts"]
        usual_zh, usual_en = as_a_rule(row["usual"], "台")
        echo = row["network.transport"] == "icmp"
        from_inside = row["source.inside"] or not row["ours"]
        port = str(row["destination.port"])
        at_zh, at_en = ("回显", "echo") if echo else (f" {port} 端口", f"port {port}")
        return Claim(
            detector=self.name,
            version=self.version,
            subject=source,
            source_ip=source,
            destination_ip=None,
            host_ip=source if from_inside else most_protected(row["ours"], assets),
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3 if from_inside else 2,
            score=min(1.0, 0.5 + hosts / 500 + row["dark"] / 100),
            p_value=None,
            technique="T1018",
            category="sweep",
            sentence_zh=f"一小时向 {hosts} 台主机试{at_zh}，{usual_zh}",
            sentence_en=f"{at_en} tried on {hosts} hosts within an hour, {usual_en}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            event_count=row["tries"],
            indicators={"address": source} | ({} if echo else {"port": port}),
        )


def _tries(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return attempts and echo requests to single hosts; an echo counts as in vain."""
    icmp = pl.col("network.transport") == "icmp"
    echoes = (
        merge(frame.filter(icmp), "source.port")
        .filter(pl.col("source.port") == _ECHO_REQUEST)
        .with_columns(windows.of().alias("window"), pl.lit(value=True).alias("vain"))
    )
    return pl.concat([attempts(frame.filter(~icmp), windows.of()), echoes]).filter(to_one())


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="hosts_an_hour",
            observed=row["hosts"],
            unit="count",
            zh="一小时内试探的不同主机",
            en="distinct hosts tried within the hour",
        ),
        Reason(
            metric="dark_hosts",
            observed=row["dark"],
            unit="count",
            zh="其中未分配的地址",
            en="of these, unassigned addresses",
        ),
        Reason(
            metric="ports_swept",
            observed=row["ports"],
            unit="count",
            zh="这样试探的端口",
            en="ports that were tried so",
        ),
    )
