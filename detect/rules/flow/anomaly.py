"""Pair-hours that are unlike the city's past, with the features that make them so."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import BULK_BY_DUTY, place, to_one
from detect.models.outlier import Model, fit
from detect.models.pair_hour import (
    FEATURES,
    PAIR,
    PAIR_COLUMNS,
    Feature,
    both_ways,
    matrix,
    pair_hours,
)
from detect.thresholds import PairHour
from detect.wording import figure, octets, percent, span
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter, In

_TOP = 3
_HOURS_A_DAY = 24
_CALLS = In("network.transport", ("tcp", "udp"))


@dataclass(frozen=True, slots=True)
class AnomalyDetector:
    """Claims pair-hours that an outlier model finds less likely than the budget allows.

    ATT&CK T1571, as a hint and no more. IsolationForest with large samples (Liu et al. 2008) and
    the residual of main components, combined by tail probability, see `models.outlier` and
    `thresholds.PairHour`. Each hour is scored by a model of the hours before it; with too little
    history it stays silent and counts the hour as cold. At most one claim per host and hour.
    """

    name: str = "anomaly"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = PAIR_COLUMNS
    where: Filter | None = _CALLS
    bar: PairHour = field(default_factory=PairHour)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return at most one claim per host and judged hour."""
        rows = pair_hours(frame.filter(to_one(), both_ways()), windows.of())
        claims: list[Claim] = []
        cold = 0
        for start in windows.starts:
            now = rows.filter(pl.col("window") == start)
            past = rows.filter(pl.col("window") < start)
            if now.is_empty():
                continue
            if not self._enough(past):
                cold += 1
                continue
            claims += self._judge(now, past, windows, assets)
        return Inspection(tuple(claims), cold)

    def _enough(self, past: pl.DataFrame) -> bool:
        hours = past["window"].n_unique()
        return past.height >= self.bar.history_rows and hours >= self.bar.history_hours

    def _judge(
        self, now: pl.DataFrame, past: pl.DataFrame, windows: Windows, assets: Assets
    ) -> list[Claim]:
        every = -(-past.height // self.bar.training_rows)
        history = matrix(past.gather_every(every)).to_numpy()
        cut = int(len(history) * (1 - self.bar.calibration_share))
        model = fit(history[:cut], history[cut:], self.bar)
        p_values = model.p_values(matrix(now).to_numpy())
        rows_a_day = past.height / past["window"].n_unique() * _HOURS_A_DAY
        budget = self.bar.alarms_a_day / rows_a_day
        odd = now.with_columns(pl.Series("p_value", p_values)).filter(pl.col("p_value") <= budget)
        placed = place(odd, assets, "source", "destination").filter(
            pl.col("source.inside") | pl.col("destination.inside"),
            ~pl.col("source.role").is_in(BULK_BY_DUTY),
            ~pl.col("destination.role").is_in(BULK_BY_DUTY),
        )
        worst = placed.sort("p_value", *PAIR).unique("source.ip", keep="first", maintain_order=True)
        return [
            self._claim(row, model, past, windows)
            for row in worst.sort("source.ip").iter_rows(named=True)
        ]

    def _claim(self, row: Found, model: Model, past: pl.DataFrame, windows: Windows) -> Claim:
        source, destination = row["source.ip"], row["destination.ip"]
        reasons = _reasons(row, model, past)
        host = source if row["source.inside"] else destination
        return Claim(
            detector=self.name,
            version=self.version,
            subject=f"{source}>{destination}",
            source_ip=source,
            destination_ip=destination,
            host_ip=host,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=1,
            score=1 - row["p_value"],
            p_value=row["p_value"],
            technique="T1571",
            category="anomaly",
            sentence_zh=_sentence_zh(reasons[0]),
            sentence_en=f"Unlike the past: {reasons[0].en} {_value(reasons[0], 'en')}",
            reasons=reasons,
            evidence=tuple(row["evidence"]),
            event_count=row["records"],
            indicators={"address": destination if host == source else source},
        )


def _reasons(row: Found, model: Model, past: pl.DataFrame) -> tuple[Reason, ...]:
    """Return the three features that lie farthest from the past, farthest first."""
    values = matrix(pl.DataFrame({one.name: [row[one.name]] for one in FEATURES})).to_numpy()
    order = np.argsort(-model.oddities(values)[0], kind="stable")[:_TOP]
    own = past.filter(*(pl.col(name) == row[name] for name in PAIR))
    return tuple(_reason(FEATURES[index], row, own, past) for index in order)


def _reason(feature: Feature, row: Found, own: pl.DataFrame, past: pl.DataFrame) -> Reason:
    values = own[feature.name]
    return Reason(
        metric=feature.name,
        observed=row[feature.name],
        unit=feature.unit,
        usual=_quantile(values, 0.5),
        usual_low=_quantile(values, 0.05),
        usual_high=_quantile(values, 0.95),
        peers=_quantile(past[feature.name], 0.5),
        zh=feature.zh,
        en=feature.en,
    )


def _quantile(values: pl.Series, share: float) -> float | None:
    return None if values.is_empty() else values.quantile(share, "linear")


def _value(reason: Reason, language: str, value: float | None = None) -> str:
    number = reason.observed if value is None else value
    if reason.unit == "octets":
        return octets(number)
    if reason.unit == "share":
        return percent(number)
    return span(number)[language == "en"] if reason.unit == "seconds" else figure(number)


def _sentence_zh(reason: Reason) -> str:
    peers = _value(reason, "zh", reason.peers or 0)
    return f"{reason.zh} {_value(reason, 'zh')}，同类 {peers}"
