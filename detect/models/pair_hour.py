"""Features of a pair-hour: what one host did with one destination and port within an hour.

No address, port number or time is a feature: those would name the test-bed, not the behaviour.
"""

from dataclasses import dataclass

import polars as pl

from detect.session import FLOW_ID, IN_PAYLOAD, OUT_PAYLOAD

PAIR = ["source.ip", "destination.ip", "network.transport", "destination.port"]
PAIR_COLUMNS = (
    "@timestamp", "event.id", "event.start", "event.end", *PAIR, FLOW_ID, "source.packets",
    "destination.packets", OUT_PAYLOAD, IN_PAYLOAD,
)  # fmt: skip
_EVIDENCE = 50
_ENOUGH_FOR_SPREAD = 5
"""Records from which the spread of the intervals says something."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `heavy` ones are compared by their logarithm."""

    name: str
    heavy: bool
    unit: str
    zh: str
    en: str


FEATURES = (
    Feature(
        "flows", heavy=True, unit="count", zh="一小时内的连接数", en="connections within the hour"
    ),
    Feature("octets_out", heavy=True, unit="octets", zh="发出的字节", en="octets sent"),
    Feature("octets_in", heavy=True, unit="octets", zh="收到的字节", en="octets received"),
    Feature("share_out", heavy=False, unit="share", zh="发出所占比例", en="share that was sent"),
    Feature(
        "octets_a_packet", heavy=True, unit="octets", zh="每个包的平均字节", en="octets a packet"
    ),
    Feature(
        "seconds",
        heavy=True,
        unit="seconds",
        zh="连接的平均时长",
        en="mean duration of a connection",
    ),
    Feature(
        "gap_spread", heavy=True, unit="score", zh="间隔的离散度", en="spread of the intervals"
    ),
    Feature(
        "share_in_vain",
        heavy=False,
        unit="share",
        zh="没有应答的比例",
        en="share without an answer",
    ),
    Feature(
        "hours_share",
        heavy=False,
        unit="share",
        zh="此前有联系的小时比例",
        en="share of past hours with contact",
    ),
    Feature(
        "hosts",
        heavy=True,
        unit="count",
        zh="联系同一目标的主机",
        en="hosts that call the same place",
    ),
    Feature(
        "fan_out", heavy=True, unit="count", zh="该主机联系的目标数", en="destinations of the host"
    ),
)
"""Columns of the model, in this order."""


def both_ways() -> pl.Expr:
    """Tell whether a flow knows both directions: one that does not has no share and no answer."""
    return pl.all_horizontal(pl.col("destination.packets", OUT_PAYLOAD, IN_PAYLOAD).is_not_null())


def pair_hours(frame: pl.DataFrame, window: pl.Expr) -> pl.DataFrame:
    """Return a row for each window and pair, with `FEATURES`, times and evidence.

    Sorted by window and pair, so that whatever is drawn from it is the same for the same rows.
    """
    keys = ["window", *PAIR]
    ordered = frame.unique("event.id").sort("event.start", "event.id")
    records = ordered.with_columns(window.alias("window"))
    seconds = (pl.col("event.end") - pl.col("event.start")).dt.total_nanoseconds() / 1e9
    packets = pl.col("source.packets").sum() + pl.col("destination.packets").sum()
    sent, received = pl.col(OUT_PAYLOAD).sum(), pl.col(IN_PAYLOAD).sum()
    gaps = pl.col("event.start").sort().diff().dt.total_nanoseconds() / 1e9
    rows = records.group_by(keys).agg(
        pl.col(FLOW_ID).n_unique().cast(pl.Float64).alias("flows"),
        sent.cast(pl.Float64).alias("octets_out"),
        received.cast(pl.Float64).alias("octets_in"),
        (sent / (sent + received)).fill_nan(0.5).alias("share_out"),
        ((sent + received) / packets).fill_nan(0.0).alias("octets_a_packet"),
        (seconds.sum() / pl.col(FLOW_ID).n_unique()).alias("seconds"),
        pl.when(pl.len() >= _ENOUGH_FOR_SPREAD)
        .then(gaps.std() / gaps.mean())
        .otherwise(0.0)
        .fill_nan(0.0)
        .alias("gap_spread"),
        (pl.col("destination.packets") == 0).mean().alias("share_in_vain"),
        pl.col("event.start").min().alias("first"),
        pl.col("event.end").max().alias("last"),
        pl.col("event.id").sort_by("event.start", "event.id").head(_EVIDENCE).alias("evidence"),
        pl.len().alias("records"),
    )
    return _with_company(rows.sort(keys))


def _with_company(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what needs the neighbours: past contact, prevalence and fan-out."""
    hours = rows.select("window").unique().sort("window").with_row_index("hour")
    numbered = rows.join(hours, on="window", maintain_order="left")
    before = pl.int_range(pl.len()).over(PAIR, order_by="window").cast(pl.Float64)
    place = ["window", *PAIR[1:]]
    return numbered.with_columns(
        (before / pl.col("hour").clip(1).cast(pl.Float64)).clip(0, 1).alias("hours_share"),
        pl.col("source.ip").n_unique().over(place).cast(pl.Float64).alias("hosts"),
        pl.col("destination.ip")
        .n_unique()
        .over("window", "source.ip")
        .cast(pl.Float64)
        .alias("fan_out"),
    )


def matrix(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the features as the models take them: heavy ones by log1p."""
    return rows.select(
        pl.col(one.name).log1p() if one.heavy else pl.col(one.name) for one in FEATURES
    )
