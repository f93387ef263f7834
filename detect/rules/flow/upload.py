"""Upload volume: octets that leave towards one outside destination."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import PARTNER, PUBLIC_SERVICES, place, to_one
from detect.session import IN_PAYLOAD, OUT_PAYLOAD
from detect.thresholds import Upload
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule, octets
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter

_KEYS = ["window", "host", "outside"]
_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class UploadDetector:
    """Claims a host that sends far more to one outside destination than it and its peers do.

    ATT&CK T1048. Slips alerts at a fixed volume; here the volume is only the floor and the host's
    own past day and its peers decide, see `thresholds.Upload`. Octets count from inside to
    outside whoever opened the connection, except answers of public services; known partners are
    no strangers.
    """

    name: str = "upload"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = (
        "@timestamp", "event.id", "event.start", "event.end", "source.ip", "destination.ip",
        "destination.port", OUT_PAYLOAD, IN_PAYLOAD,
    )  # fmt: skip
    where: Filter | None = None
    bar: Upload = field(default_factory=Upload)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per host, destination and judged hour."""
        hourly = _hourly(frame, windows, assets)
        loud = hourly.filter(pl.col("octets") >= self.bar.octets, windows.judged())
        if loud.is_empty():
            return Inspection()
        usual = usual_of(hourly, loud, "host", "octets")
        rows = loud.join(usual, on=["window", "host"], how="left")
        found = rows.filter(
            pl.col("octets") >= self.bar.times_usual * pl.col("usual_high").fill_null(0),
            pl.col("octets") >= self.bar.times_peers * pl.col("peers").fill_null(0),
        )
        detailed = found.join(_details(frame, windows, found), on=_KEYS)
        return Inspection(
            tuple(self._claim(row, windows) for row in detailed.sort(_KEYS).iter_rows(named=True))
        )

    def _claim(self, row: Found, windows: Windows) -> Claim:
        host, outside, sent = row["host"], row["outside"], octets(row["octets"])
        usual = None if row["usual"] is None else octets(row["usual"])
        usual_zh, usual_en = as_a_rule(row["usual"], "", usual)
        return Claim(
            detector=self.name,
            version=self.version,
            subject=f"{host}>{outside}",
            source_ip=host,
            destination_ip=outside,
            host_ip=host,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3,
            score=min(0.99, 0.7 + row["octets"] / 1e10),
            p_value=None,
            technique="T1048",
            category="upload",
            sentence_zh=f"一小时外传 {sent}，{usual_zh}",
            sentence_en=f"{sent} sent out within an hour, {usual_en}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            event_count=row["records"],
            indicators={"address": outside},
        )


def _hourly(frame: pl.DataFrame, windows: Windows, assets: Assets) -> pl.DataFrame:
    """Sum the octets that left, by window, host of ours and stranger."""
    pairs = (
        frame.filter(to_one())
        .with_columns(windows.of().alias("window"))
        .group_by("window", "source.ip", "destination.ip")
        .agg(pl.col(OUT_PAYLOAD, IN_PAYLOAD).sum())
    )
    placed = place(pairs, assets, "source", "destination")
    parts = []
    for mine, theirs, sent in (
        ("source", "destination", OUT_PAYLOAD),
        ("destination", "source", IN_PAYLOAD),
    ):
        leaves = pl.col(f"{mine}.inside") & ~pl.col(f"{theirs}.inside")
        stranger = pl.col(f"{theirs}.role") != PARTNER
        serves = pl.col(f"{mine}.role").is_in(PUBLIC_SERVICES) & (mine == "destination")
        parts.append(
            placed.filter(leaves & stranger & ~serves).select(
                "window",
                pl.col(f"{mine}.ip").alias("host"),
                pl.col(f"{theirs}.ip").alias("outside"),
                pl.col(sent).alias("octets"),
            )
        )
    return pl.concat(parts).group_by(_KEYS).agg(pl.col("octets").sum())


def _details(frame: pl.DataFrame, windows: Windows, found: pl.DataFrame) -> pl.DataFrame:
    """Return times and the largest records of each claim, whichever side opened them."""
    asked = found.select(_KEYS)
    records = frame.with_columns(windows.of().alias("window"))
    both = [
        asked.join(records, left_on=_KEYS, right_on=["window", *sides])
        .with_columns(pl.col(sent).alias("sent"))
        .select(*_KEYS, "event.id", "event.start", "event.end", "sent", "destination.port")
        for sides, sent in (
            (("source.ip", "destination.ip"), OUT_PAYLOAD),
            (("destination.ip", "source.ip"), IN_PAYLOAD),
        )
    ]
    return (
        pl.concat(both)
        .group_by(_KEYS)
        .agg(
            pl.len().alias("records"),
            pl.col("event.start").min().alias("first"),
            pl.col("event.end").max().alias("last"),
            pl.col("event.id")
            .sort_by("sent", "event.id", descending=[True, False])
            .head(_EVIDENCE)
            .alias("evidence"),
        )
    )


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="octets_out",
            observed=row["octets"],
            unit="octets",
            zh="一小时向同一外部地址发送的字节",
            en="octets sent to one outside address within the hour",
        ),
    )
