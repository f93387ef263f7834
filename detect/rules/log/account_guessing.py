"""Guessing from many sources: one account of one host is tried from everywhere."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.log.ends import evidence, with_first
from detect.rules.log.login import LOGIN_COLUMNS, LOGINS, entries, logins
from detect.thresholds import AccountGuessing
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter

_ACCOUNT = ["victim", "account", "entity"]
_KEYS = ["window", *_ACCOUNT]
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class AccountGuessingDetector:
    """Claims an account of a host that was refused to many sources, and a login among them.

    ATT&CK T1110.001. Slips and Zeek count by source and miss guessing that is spread over many;
    see `thresholds.AccountGuessing`. A login counts where its own source had been refused.
    """

    name: str = "account_guessing"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = LOGIN_COLUMNS
    where: Filter | None = LOGINS
    bar: AccountGuessing = field(default_factory=AccountGuessing)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per account, host and judged hour."""
        tries = self._tries(frame, windows, assets)
        hourly = _hourly(tries)
        found = hourly.filter(pl.col("sources") >= self.bar.sources, windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "entity", "sources")
        rows = found.join(usual, on=["window", "entity"], how="left").join(
            self._entered(tries), on=_KEYS, how="left"
        )
        habit = pl.col("usual").fill_null(0) * 3 >= pl.col("sources")
        told = rows.filter(~habit | pl.col("login_event.id").is_not_null())
        ordered = told.sort("window", "entity")
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _tries(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> pl.DataFrame:
        named = logins(frame, windows).filter(pl.col("account") != "")
        placed = place(named, assets, "source").filter(~pl.col("source.role").is_in(WATCHERS))
        return placed.with_columns(pl.concat_str("account", pl.lit("@"), "victim").alias("entity"))

    def _entered(self, tries: pl.DataFrame) -> pl.DataFrame:
        single = [*_ACCOUNT, "source.ip"]
        guessed = tries.filter(pl.col("refused").any().over(single))
        entered = entries(guessed, _ACCOUNT, single, self.bar.sources, HOUR)
        return entered.drop("login_victim", "login_account", "login_victim.ip")

    def _claim(self, row: Found, windows: Windows) -> Claim:
        success = row["login_event.id"] is not None
        zh, en = _sentences(row, success=success)
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["entity"],
            source_ip=row["login_source.ip"],
            destination_ip=row["victim.ip"],
            host_ip=row["victim.ip"],
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=max(row["last"], row["login_@timestamp"] or row["last"]),
            severity=3 if success else 2,
            score=min(0.99, (0.85 if success else 0.5) + row["sources"] / 1000),
            p_value=None,
            technique="T1110.001",
            category="guessing_success" if success else "guessing",
            sentence_zh=zh,
            sentence_en=en,
            reasons=_reasons(row),
            evidence=with_first(row["login_event.id"], row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["tries"] + success,
            indicators={"account": row["account"][:_NAME_LENGTH]},
        )


def _hourly(tries: pl.DataFrame) -> pl.DataFrame:
    return (
        tries.filter("refused")
        .group_by(_KEYS)
        .agg(
            pl.col("source.ip").n_unique().alias("sources"),
            pl.len().alias("tries"),
            pl.col("victim.ip").first(),
            pl.col("@timestamp").min().alias("first"),
            pl.col("@timestamp").max().alias("last"),
            evidence(),
        )
    )


def _sentences(row: Found, *, success: bool) -> tuple[str, str]:
    name, sources = row["account"][:_NAME_LENGTH], row["sources"]
    if success:
        return (
            f"{sources} 个来源猜账号 {name}，其中一个登录成功",
            f"account {name} guessed from {sources} sources, one of them got in",
        )
    usual_zh, usual_en = as_a_rule(row["usual"], "个")
    return (
        f"一小时 {sources} 个来源猜账号 {name}，{usual_zh}",
        f"account {name} guessed from {sources} sources within an hour, {usual_en}",
    )


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="sources_an_hour",
            observed=row["sources"],
            unit="count",
            zh="一小时内在此账号上被拒的不同来源",
            en="distinct sources that were refused at this account within the hour",
        ),
        Reason(
            metric="refused_an_hour",
            observed=row["tries"],
            unit="count",
            zh="日志中一小时内被拒的登录",
            en="logins that the log tells as refused within the hour",
        ),
    )
