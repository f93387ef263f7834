"""What is usual: the subject's own past windows, and its peers in the same window."""

import polars as pl

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
    others = asked.join(hourly.rename({subject: "other"}), on="window").filter(
        pl.col("other") != pl.col(subject)
    )
    return others.group_by("window", subject).agg(pl.col(value).median().alias("peers"))
