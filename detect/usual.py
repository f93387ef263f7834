"""What is usual: the subject's own past windows, and its peers in the same window."""

import polars as pl

from detect.detector import Found
from situation.claim import Reason

USUAL = ("usual", "usual_low", "usual_high", "peers")


def usual_of(table: pl.DataFrame, found: pl.DataFrame, subject: str, value: str) -> pl.DataFrame:
    """Return the columns `USUAL` for each (window, subject) of `found`.

    `table` has one or more rows a window and subject, whose greatest `value` counts. Past windows
    in which anybody was seen count with 0 where the subject was not; all is null where there is
    no past. Peers are the median of the other subjects seen in the same window.
    """
    hourly = table.group_by("window", subject).agg(pl.col(value).max().cast(pl.Float64))
    asked = found.select("window", subject).unique()
    own = _own(hourly, asked, subject, value)
    peers = _peers(hourly, asked, subject, value)
    keys = ["window", subject]
    return asked.join(own, on=keys, how="left").join(peers, on=keys, how="left").sort(keys)


def _own(hourly: pl.DataFrame, asked: pl.DataFrame, subject: str, value: str) -> pl.DataFrame:
    seen = hourly.select(pl.col("window").alias("past")).unique()
    past = asked.join(seen, how="cross").filter(pl.col("past") < pl.col("window"))
    values = past.join(
        hourly.rename({"window": "past"}), on=["past", subject], how="left"
    ).with_columns(pl.col(value).fill_null(0.0))
    return values.group_by("window", subject).agg(
        pl.col(value).median().alias("usual"),
        pl.col(value).quantile(0.05, "linear").alias("usual_low"),
        pl.col(value).quantile(0.95, "linear").alias("usual_high"),
    )


def _peers(hourly: pl.DataFrame, asked: pl.DataFrame, subject: str, value: str) -> pl.DataFrame:
    """Return the median of the others: found by rank, so that nobody meets all others."""
    ranked = hourly.filter(pl.col("window").is_in(asked["window"].unique().implode())).sort(
        "window", value, subject
    )
    places = ranked.with_columns(
        pl.int_range(pl.len()).over("window").alias("place"), pl.len().over("window").alias("all")
    )
    own = asked.join(places.select("window", subject, "place"), on=["window", subject], how="left")
    counted = own.join(places.select("window", "all").unique(), on="window", how="left")
    others = pl.col("all") - pl.col("place").is_not_null()
    for name, middle in (("low", (others - 1) // 2), ("high", others // 2)):
        # Whoever stands behind the subject moves up by one where the subject is left out.
        at = middle + (middle >= pl.col("place")).fill_null(value=False)
        values = places.select("window", at="place", **{name: value})
        counted = counted.with_columns(pl.when(others > 0).then(at).alias("at")).join(
            values, on=["window", "at"], how="left"
        )
    return counted.select("window", subject, ((pl.col("low") + pl.col("high")) / 2).alias("peers"))


def against_usual(
    row: Found, *, metric: str, observed: float, unit: str, zh: str, en: str
) -> Reason:
    """Return a reason that sets `observed` beside what `usual_of` joined to the row."""
    return Reason(
        metric=metric,
        observed=observed,
        unit=unit,
        usual=row["usual"],
        usual_low=row["usual_low"],
        usual_high=row["usual_high"],
        peers=row["peers"],
        zh=zh,
        en=en,
    )
