"""Guessing that a log tells of: one source is refused at one host, and the login that follows."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.log.ends import evidence, with_first
from detect.rules.log.login import LOGIN_COLUMNS, LOGINS, entries, logins, often_refused
from detect.thresholds import LogGuessing
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter

_PAIR = ["source.ip", "victim", "service", "pair"]
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class LogGuessingDetector:
    """Claims a source that was refused at a host again and again, and a login after that.

    ATT&CK T1110.001. Bursts as Wazuh counts them, slower ones between Zeek and Slips; the
    sequence "refusals, then a login" is that of Elastic's rules, see `thresholds.LogGuessing`.
    SSH, Windows and web logins are counted apart; the gravest of a pair is claimed.
    """

    name: str = "log_guessing"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = LOGIN_COLUMNS
    where: Filter | None = LOGINS
    bar: LogGuessing = field(default_factory=LogGuessing)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per guessing pair and judged hour."""
        tries = logins(frame, windows)
        often = often_refused(tries, _PAIR, self._least())
        hourly = _hourly(tries)
        found = self._found(hourly, often).filter(windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "pair", "tries")
        rows = found.join(usual, on=["window", "pair"], how="left")
        placed = place(rows, assets, "source", "victim").filter(
            ~pl.col("source.role").is_in(WATCHERS), ~_by_habit()
        )
        return Inspection(tuple(self._claim(row, windows) for row in placed.iter_rows(named=True)))

    def _least(self) -> int:
        """Return the refusals below which no bar is reached, so that most pairs cost nothing."""
        bar = self.bar
        return min(bar.tries, bar.tries_in_burst, bar.tries_before_success)

    def _bursts(self, often: pl.DataFrame) -> pl.DataFrame:
        """Count the refusals of the densest burst of each pair and hour."""
        span = f"{int(self.bar.burst.total_seconds())}s"
        one = pl.col("refused").cast(pl.Int64)
        running = one.rolling_sum_by("@timestamp", span, closed="right").over(_PAIR)
        return (
            often.filter("refused")
            .with_columns(running.alias("burst"))
            .group_by("window", *_PAIR)
            .agg(pl.col("burst").max())
        )

    def _found(self, hourly: pl.DataFrame, often: pl.DataFrame) -> pl.DataFrame:
        """Return what is over the bars; of one pair and hour the gravest service alone."""
        bar = self.bar
        entered = entries(
            often, _PAIR, [*_PAIR, "account"], bar.tries_before_success, bar.memory
        ).drop("login_source.ip", "login_victim")
        bursts = self._bursts(often)
        dense = hourly.join(bursts, on=["window", *_PAIR], how="left")
        both = dense.join(entered, on=["window", *_PAIR], how="full", coalesce=True)
        many = (pl.col("tries") >= bar.tries) | (pl.col("burst") >= bar.tries_in_burst)
        over = both.filter(many | pl.col("refusals_before").is_not_null()).with_columns(
            pl.col("tries", "accounts").fill_null(0),
            pl.coalesce("victim.ip", "login_victim.ip").alias("victim.ip"),
            pl.col("refusals_before").is_not_null().alias("success"),
        )
        gravest = over.sort("success", "tries", "service", descending=[True, True, False]).unique(
            ["window", "pair"], keep="first", maintain_order=True
        )
        return gravest.sort("window", "pair")

    def _claim(self, row: Found, windows: Windows) -> Claim:
        success = row["success"]
        tries = max(row["tries"], row["refusals_before"] or 0)
        from_inside = row["source.inside"] or row["victim.inside"] is False
        start = row["first"] or row["login_@timestamp"]
        indicators = {"address": row["source.ip"]}
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["pair"],
            source_ip=row["source.ip"],
            destination_ip=row["victim.ip"],
            host_ip=row["source.ip"] if from_inside else row["victim.ip"],
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=start,
            last_seen=max(row["last"] or start, row["login_@timestamp"] or start),
            severity=3 if success or from_inside else 2,
            score=min(0.99, (0.85 if success else 0.5) + tries / 1000),
            p_value=None,
            technique="T1110.001",
            category="guessing_success" if success else "guessing",
            sentence_zh=_sentence_zh(row, tries),
            sentence_en=_sentence_en(row, tries),
            reasons=_reasons(row, tries),
            evidence=with_first(row["login_event.id"], row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["tries"] + success,
            indicators=indicators | ({"account": _account(row)} if success else {}),
        )


def _hourly(tries: pl.DataFrame) -> pl.DataFrame:
    return (
        tries.filter("refused")
        .group_by("window", *_PAIR)
        .agg(
            pl.len().alias("tries"),
            pl.col("account").n_unique().alias("accounts"),
            pl.col("@timestamp").min().alias("first"),
            pl.col("@timestamp").max().alias("last"),
            pl.col("victim.ip").first(),
            evidence(),
        )
    )


def _by_habit() -> pl.Expr:
    """Tell whether a host of ours does so all day: a program with an old password."""
    habit = pl.col("usual").fill_null(0) * 3 >= pl.col("tries")
    return pl.col("source.inside") & habit & ~pl.col("success")


def _account(row: Found) -> str:
    return str(row["login_account"] or "?")[:_NAME_LENGTH]


def _sentence_zh(row: Found, tries: int) -> str:
    if row["success"]:
        return f"{row['service']} 登录被拒 {tries} 次后，账号 {_account(row)} 登录成功"
    return f"一小时 {row['service']} 登录被拒 {tries} 次，{as_a_rule(row['usual'], '次')[0]}"


def _sentence_en(row: Found, tries: int) -> str:
    if row["success"]:
        return f"{tries} refused logins at {row['service']}, then account {_account(row)} got in"
    usual = as_a_rule(row["usual"], "")[1]
    return f"{tries} refused logins at {row['service']} within an hour, {usual}"


def _reasons(row: Found, tries: int) -> tuple[Reason, ...]:
    count = against_usual(
        row,
        metric="refused_an_hour",
        observed=tries,
        unit="count",
        zh="日志中一小时内被拒的登录",
        en="logins that the log tells as refused within the hour",
    )
    accounts = Reason(
        metric="accounts_tried",
        observed=row["accounts"],
        unit="count",
        zh="试过的账号",
        en="accounts that were tried",
    )
    if not row["success"]:
        return (count, accounts)
    before = Reason(
        metric="refused_before_login",
        observed=row["refusals_before"],
        unit="count",
        zh=f"账号 {_account(row)} 登录成功前一小时内被拒的登录",
        en=f"refused logins in the hour before account {_account(row)} got in",
    )
    return (before, count, accounts)
