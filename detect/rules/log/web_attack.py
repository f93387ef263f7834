"""Web attacks: requests with signatures, and a page that answers one attacker alone."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.log.ends import evidence, with_first
from detect.rules.log.request import REQUEST_COLUMNS, STATUS, TARGET, plain, requests
from detect.rules.log.signature import FAMILIES, SIGNATURES, Signature
from detect.thresholds import WebAttack
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import Eq, Filter

AGENT, REFERRER = "user_agent.original", "http.request.referrer"

_PAIR = ["source.ip", "victim", "pair"]
_KEYS = ["window", *_PAIR]
_COLUMN = {"target": TARGET, "raw": TARGET, "agent": AGENT, "referrer": REFERRER}
_FAILED = 400
_ANSWERED = (200, 300)
_PROGRAM = r"(?i)\.(php\d?|phtml|jspx?|aspx?|ashx|cgi|pl|py|sh)(/|$)"
_FAMILIES_NAMED = 2


@dataclass(frozen=True, slots=True)
class WebAttackDetector:
    """Claims a client whose requests at one web server carry signatures of attacks.

    ATT&CK T1190. The signatures stand for what Sigma, Wazuh and Zeek look for in addresses and
    agents, see `signature.SIGNATURES`; points are weights, so that one odd request is silent and
    one that nobody sends by honest means is not. A program that answers this client alone after
    its probes may be a success.
    """

    name: str = "web_attack"
    version: int = 1
    dataset: str = "log"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = HOUR
    columns: tuple[str, ...] = (*REQUEST_COLUMNS, AGENT, REFERRER)
    where: Filter | None = Eq("event.category", "web")  # noqa: RUF009 - a frozen value
    bar: WebAttack = field(default_factory=WebAttack)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per attacking client, web server and judged hour."""
        asked = requests(frame, windows)
        hits = matches(asked)
        hourly = self._hourly(hits)
        found = hourly.filter(pl.col("points") >= self.bar.points, windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "pair", "requests")
        rows = (
            found.join(usual, on=["window", "pair"], how="left")
            .join(_families(hits), on=_KEYS)
            .join(self._answered(asked, hits), on=_KEYS, how="left")
        )
        placed = place(rows, assets, "source", "victim").filter(
            ~pl.col("source.role").is_in(WATCHERS)
        )
        ordered = placed.sort("window", "pair")
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _hourly(self, hits: pl.DataFrame) -> pl.DataFrame:
        """Add up points and count requests of each pair and hour."""
        targets = pl.col(TARGET).n_unique().clip(upper_bound=self.bar.targets_that_count)
        points = (
            hits.group_by(*_KEYS, "signature")
            .agg((targets * pl.col("weight").first()).alias("points"))
            .group_by(_KEYS)
            .agg(pl.col("points").sum())
        )
        counted = (
            hits.unique("event.id", maintain_order=True)
            .group_by(_KEYS)
            .agg(
                pl.len().alias("requests"),
                pl.col("victim.ip").first(),
                pl.col("@timestamp").min().alias("first"),
                pl.col("@timestamp").max().alias("last"),
                (pl.col(STATUS).is_between(*_ANSWERED, closed="left")).sum().alias("served"),
                evidence(),
            )
        )
        return points.join(counted, on=_KEYS)

    def _answered(self, asked: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
        """Return programs that answered one client alone, after its first probe; one a pair."""
        served = asked.filter(pl.col(STATUS).is_between(*_ANSWERED, closed="left"))
        others = asked.group_by("victim").agg(
            (pl.col("source.ip").n_unique() - 1).alias("other_clients")
        )
        lone = served.filter(pl.col("source.ip").n_unique().over("victim", "page") == 1).join(
            others, on="victim"
        )
        probed = hits.group_by(_PAIR).agg(pl.col("@timestamp").min().alias("probed"))
        grave = hits.filter(pl.col("weight") > 1)["event.id"].unique()
        found = lone.join(probed, on=_PAIR).filter(
            pl.col("@timestamp") > pl.col("probed"),
            pl.col("other_clients") >= self.bar.other_clients,
            pl.col("page").str.contains(_PROGRAM) | pl.col("event.id").is_in(grave.implode()),
        )
        return (
            found.sort("@timestamp", "event.id")
            .group_by(_KEYS, maintain_order=True)
            .agg(
                pl.len().alias("answers"),
                pl.col("page", "event.id", "@timestamp").first().name.prefix("answered_"),
            )
        )

    def _claim(self, row: Found, windows: Windows) -> Claim:
        source, victim = row["source.ip"], row["victim.ip"]
        success = row["answers"] is not None
        from_inside = row["source.inside"] or row["victim.inside"] is False
        zh, en = _sentences(row, success=success)
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["pair"],
            source_ip=source,
            destination_ip=victim,
            host_ip=source if from_inside else victim,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=max(row["last"], row["answered_@timestamp"] or row["last"]),
            severity=3 if success or from_inside else 2,
            score=min(0.99, (0.8 if success else 0.5) + row["points"] / 200),
            p_value=None,
            technique=FAMILIES[row["families"][0]].technique,
            category="web_attack_success" if success else "web_attack",
            sentence_zh=zh,
            sentence_en=en,
            reasons=_reasons(row, success=success),
            evidence=with_first(row["answered_event.id"], row["evidence"]),
            evidence_dataset=self.dataset,
            event_count=row["requests"] + (row["answers"] or 0),
            indicators={"address": source},
        )


def matches(asked: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each request and signature that it carries, in order of time."""
    found = [_matching(asked, part) for part in dict.fromkeys(one.part for one in SIGNATURES)]
    counted = pl.col(STATUS).fill_null(_FAILED) >= _FAILED
    kept = pl.concat(found).filter(counted | ~pl.col("in_vain"))
    return kept.sort("@timestamp", "event.id", "signature")


def _matching(asked: pl.DataFrame, part: str) -> pl.DataFrame:
    """Match each distinct text once; only those that one pattern of all fits are looked at."""
    rows = [one for one in SIGNATURES if one.part == part]
    column = _COLUMN[part]
    seen = pl.col(column).str.to_lowercase() if part == "raw" else plain(pl.col(column))
    texts = asked.select(pl.col(column).drop_nulls().unique()).with_columns(seen.alias("plain"))
    odd = texts.filter(pl.col("plain").str.contains("|".join(f"(?:{r.pattern})" for r in rows)))
    marked = odd.select(
        column, *(pl.col("plain").str.contains(row.pattern).alias(row.name) for row in rows)
    )
    long = marked.unpivot(index=column, variable_name="signature", value_name="hit").filter("hit")
    return asked.join(long.drop("hit").join(_table(rows), on="signature"), on=column)


def _table(rows: list[Signature]) -> pl.DataFrame:
    return pl.DataFrame(
        [(row.name, row.family, row.weight, row.in_vain) for row in rows],
        schema={
            "signature": pl.String, "family": pl.String, "weight": pl.Int64, "in_vain": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip


def _families(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the families of each pair and hour, those with the most weight first."""
    weighed = hits.group_by(*_KEYS, "family").agg(pl.col("weight").sum())
    ordered = weighed.sort("weight", "family", descending=[True, False])
    return ordered.group_by(_KEYS, maintain_order=True).agg(pl.col("family").alias("families"))


def _names(row: Found) -> tuple[str, str]:
    families = [FAMILIES[key] for key in row["families"][:_FAMILIES_NAMED]]
    return "、".join(one.zh for one in families), ", ".join(one.en for one in families)


def _sentences(row: Found, *, success: bool) -> tuple[str, str]:
    zh, en = _names(row)
    if success:
        return (
            f"网页攻击（{zh}）后，一个页面只应答了该来源",
            f"web attack ({en}), then a page answered this client alone",
        )
    usual_zh, usual_en = as_a_rule(row["usual"], "次")
    return (
        f"一小时 {row['requests']} 次攻击请求（{zh}），{usual_zh}",
        f"{row['requests']} attacking requests within an hour ({en}), {usual_en}",
    )


def _reasons(row: Found, *, success: bool) -> tuple[Reason, ...]:
    zh, en = _names(row)
    count = against_usual(
        row,
        metric="attack_requests",
        observed=row["requests"],
        unit="count",
        zh=f"带攻击特征的请求：{zh}",
        en=f"requests with signatures of attacks: {en}",
    )
    points = Reason(
        metric="attack_points",
        observed=row["points"],
        unit="score",
        zh="特征的权重之和，3 起告警",
        en="sum of the signatures' weights; 3 raise an alert",
    )
    served = Reason(
        metric="attacks_served",
        observed=row["served"],
        unit="count",
        zh="其中应答成功的请求",
        en="of these, requests that were served",
    )
    if not success:
        return (count, points, served)
    page = str(row["answered_page"])[:80]
    alone = Reason(
        metric="lone_answers",
        observed=row["answers"],
        unit="count",
        zh=f"探测后只应答该来源的请求，首个为 {page}",
        en=f"answers that nobody else was given, after the probes; first {page}",
    )
    return (alone, count, points)
