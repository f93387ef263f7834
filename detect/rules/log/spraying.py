"""Password spraying: one source tries few passwords at many accounts."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, most_protected, place
from detect.rules.log.ends import with_first
from detect.rules.log.login import LOGIN_COLUMNS, LOGINS, entries, logins
from detect.thresholds import Spraying
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Filter

_SOURCE = ["source.ip"]
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class SprayingDetector:
    """Claims a source that was refused at many accounts, few times each, on any hosts.

    ATT&CK T1110.003. Elastic counts refused logins of a source, too; here accounts are counted,
    see `thresholds.Spraying`. A login of the source after as many refusals raises the alert.
    """

    name: str = "spraying"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = LOGIN_COLUMNS
    where: Filter | None = LOGINS
    bar: Spraying = field(default_factory=Spraying)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per spraying source and judged hour."""
        tries = logins(frame, windows)
        hourly = _hourly(tries)
        found = hourly.filter(self._high(), windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "source.ip", "accounts")
        entered = entries(tries, _SOURCE, [*_SOURCE, "account"], self.bar.accounts, HOUR)
        keys = ["window", "source.ip"]
        rows = found.join(usual, on=keys, how="left").join(
            entered.drop("login_source.ip"), on=keys, how="left"
        )
        placed = place(rows, assets, "source").filter(~pl.col("source.role").is_in(WATCHERS))
        ordered = placed.sort(keys)
        claims = (self._claim(row, windows, assets) for row in ordered.iter_rows(named=True))
        return Inspection(tuple(claims))

    def _high(self) -> pl.Expr:
        bar = self.bar
        few_each = pl.col("tries") <= bar.tries_an_account * pl.col("accounts")
        mostly_refused = pl.col("tries") >= bar.share_refused * pl.col("logins")
        return (pl.col("accounts") >= bar.accounts) & few_each & mostly_refused

    def _claim(self, row: Found, windows: Windows, assets: Assets) -> Claim:
        source, account = row["source.ip"], row["login_account"]
        success = account is not None
        victim = row["login_victim.ip"] or most_protected(row["victims"], assets)
        from_inside = row["source.inside"]
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
            last_seen=max(row["last"], row["login_@timestamp"] or row["last"]),
            severity=3 if success or from_inside else 2,
            score=min(0.99, (0.85 if success else 0.5) + row["accounts"] / 1000),
            p_value=None,
            technique="T1110.003",
            category="guessing_success" if success else "guessing",
            sentence_zh=_sentences(row)[0],
            sentence_en=_sentences(row)[1],
            reasons=_reasons(row),
            evidence=with_first(row["login_event.id"], row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["tries"] + success,
            indicators={"address": source}
            | ({"account": account[:_NAME_LENGTH]} if account else {}),
        )


def _hourly(tries: pl.DataFrame) -> pl.DataFrame:
    refused = pl.col("refused")
    named = refused & (pl.col("account") != "")
    return (
        tries.group_by("window", "source.ip")
        .agg(
            pl.len().alias("logins"),
            refused.sum().alias("tries"),
            pl.col("account").filter(named).n_unique().alias("accounts"),
            pl.col("victim").filter(refused).n_unique().alias("hosts"),
            pl.col("victim.ip").filter(refused).drop_nulls().unique().sort().alias("victims"),
            pl.col("@timestamp").filter(refused).min().alias("first"),
            pl.col("@timestamp").filter(refused).max().alias("last"),
            pl.col("event.id").filter(refused).head(50).alias("evidence"),
        )
        .filter(pl.col("tries") > 0)
    )


def _sentences(row: Found) -> tuple[str, str]:
    accounts, account = row["accounts"], row["login_account"]
    if account is not None:
        name = account[:_NAME_LENGTH] or "?"
        return (
            f"{accounts} 个账号登录被拒后，账号 {name} 登录成功",
            f"refused at {accounts} accounts, then account {name} got in",
        )
    usual_zh, usual_en = as_a_rule(row["usual"], "个")
    return (
        f"一小时在 {accounts} 个账号上登录被拒，{usual_zh}",
        f"refused at {accounts} accounts within an hour, {usual_en}",
    )


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="accounts_refused",
            observed=row["accounts"],
            unit="count",
            zh="一小时内登录被拒的不同账号",
            en="distinct accounts that were refused within the hour",
        ),
        Reason(
            metric="tries_an_account",
            observed=row["tries"] / row["accounts"],
            unit="count",
            zh="平均每个账号被拒的次数",
            en="refusals of each account on average",
        ),
        Reason(
            metric="hosts_tried",
            observed=row["hosts"],
            unit="count",
            zh="被尝试登录的主机",
            en="hosts at which it was tried",
        ),
    )
