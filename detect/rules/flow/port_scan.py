"""Port scans: one source tries many ports of one host."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.flow.attempt import ATTEMPT_COLUMNS, IN_VAIN, attempts, evidence
from detect.thresholds import PortScan
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter


@dataclass(frozen=True, slots=True)
class PortScanDetector:
    """Claims a source that tried many ports of one host in vain within a minute or an hour.

    ATT&CK T1046. The idea is that of Elastic (50 ports a minute) and Slips (5 an hour), with the
    bars of `thresholds.PortScan` between them. A scan folds into one claim per source and hour,
    whatever number of hosts it met.
    """

    name: str = "port_scan"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = ATTEMPT_COLUMNS
    where: Filter | None = IN_VAIN
    bar: PortScan = field(default_factory=PortScan)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per scanning source and judged hour."""
        tries = attempts(frame, windows.of()).filter("vain")
        pairs = _pairs(tries)
        found = pairs.filter(self._high(), windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(pairs, found, "source.ip", "ports")
        folded = _folded(found, tries).join(usual, on=["window", "source.ip"], how="left")
        placed = place(folded, assets, "source", "destination")
        wanted = placed.filter(~pl.col("source.role").is_in(WATCHERS)).sort("window", "source.ip")
        return Inspection(tuple(self._claim(row, windows) for row in wanted.iter_rows(named=True)))

    def _high(self) -> pl.Expr:
        fast = pl.col("peak") >= self.bar.ports_a_minute
        return fast | (pl.col("ports") >= self.bar.ports_an_hour)

    def _claim(self, row: Found, windows: Windows) -> Claim:
        source, victim, ports = row["source.ip"], row["destination.ip"], row["ports"]
        from_inside = row["source.inside"] or not row["destination.inside"]
        usual_zh, usual_en = as_a_rule(row["usual"], "个")
        return Claim(
            detector=self.name,
            version=self.version,
            subject=source,
            source_ip=source,
            destination_ip=victim if row["hosts"] == 1 else None,
            host_ip=source if from_inside else victim,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3 if from_inside else 2,
            score=min(1.0, 0.5 + ports / 2000),
            p_value=None,
            technique="T1046",
            category="scan",
            sentence_zh=f"一小时试探 {ports} 个端口，{usual_zh}",
            sentence_en=f"{ports} ports tried within an hour, {usual_en}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            event_count=row["tries"],
            indicators={"address": source},
        )


def _pairs(tries: pl.DataFrame) -> pl.DataFrame:
    """Count distinct ports per window and pair, and in its busiest minute."""
    keys = ["window", "source.ip", "destination.ip"]
    by_minute = tries.group_by(*keys, pl.col("event.start").dt.truncate("1m").alias("minute")).agg(
        pl.struct("network.transport", "destination.port").n_unique().alias("in_minute")
    )
    peaks = by_minute.group_by(keys).agg(pl.col("in_minute").max().alias("peak"))
    counted = tries.group_by(keys).agg(
        pl.struct("network.transport", "destination.port").n_unique().alias("ports")
    )
    return counted.join(peaks, on=keys)


def _folded(found: pl.DataFrame, tries: pl.DataFrame) -> pl.DataFrame:
    """Fold the hosts that one source scanned; the one with the most ports stands first."""
    keys = ["window", "source.ip"]
    hosts = (
        found.sort("ports", "destination.ip", descending=[True, False])
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("destination.ip", "ports").first(),
            pl.col("peak").max(),
            pl.len().alias("hosts"),
        )
    )
    pairs = found.select(*keys, "destination.ip")
    counts = (
        tries.join(pairs, on=[*keys, "destination.ip"], how="semi")
        .group_by(keys)
        .agg(
            pl.len().alias("tries"),
            pl.col("event.start").min().alias("first"),
            pl.col("event.end").max().alias("last"),
            evidence(),
        )
    )
    return hosts.join(counts, on=keys)


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="ports_an_hour",
            observed=row["ports"],
            unit="count",
            zh="一小时内试探的不同端口",
            en="distinct ports tried within the hour",
        ),
        Reason(
            metric="ports_a_minute",
            observed=row["peak"],
            unit="per_minute",
            zh="最忙一分钟试探的端口",
            en="ports tried in the busiest minute",
        ),
        Reason(
            metric="hosts_scanned",
            observed=row["hosts"],
            unit="count",
            zh="被扫描的主机",
            en="hosts that were scanned",
        ),
    )
