"""DNS tunnels: data carried in the names that one client asks of one domain."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import place
from detect.thresholds import DnsTunnel
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule, figure
from situation.assets import HUB_ROLES, Assets
from situation.claim import Claim, Reason
from situation.events.filter import Exists, Filter

_CLIENT, _DOMAIN, _NAME = "source.ip", "domain", "dns.question.name"
_KEYS = ["window", _CLIENT, _DOMAIN]
_EVIDENCE = 50
_SUBDOMAIN = Exists("dns.question.subdomain")


@dataclass(frozen=True, slots=True)
class DnsTunnelDetector:
    """Claims a client that asks very many long names of one registered domain.

    ATT&CK T1071.004. Counts of distinct sub-domains as in RITA, by the minute and by the hour so
    that slow tunnels are found, too; length, record type and the number of clients keep content
    networks and antivirus look-ups silent, see `thresholds.DnsTunnel`. A resolver that passes a
    client's questions on is not claimed beside that client.
    """

    name: str = "dns_tunnel"
    version: int = 1
    dataset: str = "dns"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = (
        "@timestamp", "event.id", _CLIENT, "destination.ip", _NAME, "dns.question.type",
        "dns.question.registered_domain", "dns.question.subdomain",
    )  # fmt: skip
    where: Filter | None = _SUBDOMAIN
    bar: DnsTunnel = field(default_factory=DnsTunnel)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per client, domain and judged hour."""
        names = _names(frame, windows)
        hourly = self._hourly(names)
        clients = hourly.group_by("window", _DOMAIN).agg(
            pl.col(_CLIENT).n_unique().alias("clients")
        )
        found = hourly.join(clients, on=["window", _DOMAIN]).filter(self._high(), windows.judged())
        if found.is_empty():
            return Inspection()
        found = _without_forwarders(place(found, assets, "source"))
        usual = usual_of(hourly, found, _CLIENT, "names")
        rows = found.join(usual, on=["window", _CLIENT], how="left").sort(_KEYS)
        detailed = rows.join(_details(names, found), on=_KEYS)
        return Inspection(
            tuple(self._claim(row, windows) for row in detailed.sort(_KEYS).iter_rows(named=True))
        )

    def _hourly(self, names: pl.DataFrame) -> pl.DataFrame:
        by_minute = names.group_by(*_KEYS, pl.col("@timestamp").dt.truncate("1m").alias("minute"))
        peaks = by_minute.agg(pl.col(_NAME).n_unique().alias("in_minute"))
        carries = pl.col("dns.question.type").is_in(self.bar.carrier_types)
        counted = (
            names.unique([*_KEYS, _NAME, "dns.question.type"])
            .group_by(_KEYS)
            .agg(
                pl.col(_NAME).n_unique().alias("names"),
                pl.col("dns.question.subdomain").str.len_chars().mean().alias("length"),
                carries.mean().alias("carriers"),
            )
        )
        peak = peaks.group_by(_KEYS).agg(pl.col("in_minute").max().alias("peak"))
        return counted.join(peak, on=_KEYS)

    def _high(self) -> pl.Expr:
        bar = self.bar
        carries = pl.col("carriers") >= bar.carrier_share
        factor = pl.when(carries).then(1).otherwise(bar.plain_factor)
        long = pl.when(carries).then(bar.length).otherwise(bar.plain_length)
        many = (pl.col("peak") >= factor * bar.names_a_minute) | (
            pl.col("names") >= factor * bar.names_an_hour
        )
        service = ~carries & (pl.col("clients") >= bar.many_clients)
        return many & (pl.col("length") >= long) & ~service

    def _claim(self, row: Found, windows: Windows) -> Claim:
        client, domain, names = row[_CLIENT], row[_DOMAIN], row["names"]
        usual_zh, usual_en = as_a_rule(row["usual"], "个")
        return Claim(
            detector=self.name,
            version=self.version,
            subject=f"{client}>{domain}",
            source_ip=client,
            destination_ip=row["resolver"],
            host_ip=client,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=row["first"],
            last_seen=row["last"],
            severity=3,
            score=min(0.99, 0.6 + 0.2 * row["carriers"] + names / 5000),
            p_value=None,
            technique="T1071.004",
            category="dns_tunnel",
            sentence_zh=f"一小时向同一域名问 {names} 个子域，{usual_zh}",
            sentence_en=f"{names} sub-domains of {domain} asked within an hour, {usual_en}",
            reasons=_reasons(row),
            evidence=tuple(row["evidence"]),
            evidence_dataset="dns",
            event_count=row["messages"],
            indicators={"domain": domain},
        )


def _names(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return the messages with a sub-domain, one row an event, with window and domain."""
    domain = pl.col("dns.question.registered_domain").alias(_DOMAIN)
    subdomain = pl.col("dns.question.subdomain")
    named = frame.unique("event.id").filter(
        subdomain.is_not_null() & (subdomain != ""), pl.col("dns.question.registered_domain") != ""
    )
    reverse = pl.col(_NAME).str.ends_with(".arpa")
    return named.filter(~reverse).with_columns(domain, windows.of().alias("window"))


def _without_forwarders(found: pl.DataFrame) -> pl.DataFrame:
    hub = pl.col("source.role").is_in(HUB_ROLES)
    asked_by_others = (~hub).any().over("window", _DOMAIN)
    return found.filter(~(hub & asked_by_others))


def _details(names: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    ordered = names.join(found.select(_KEYS), on=_KEYS, how="semi").sort("@timestamp", "event.id")
    return ordered.group_by(_KEYS, maintain_order=True).agg(
        pl.col("destination.ip").first().alias("resolver"),
        pl.len().alias("messages"),
        pl.col("@timestamp").min().alias("first"),
        pl.col("@timestamp").max().alias("last"),
        pl.col("event.id").head(_EVIDENCE).alias("evidence"),
    )


def _reasons(row: Found) -> tuple[Reason, ...]:
    return (
        against_usual(
            row,
            metric="subdomains_an_hour",
            observed=row["names"],
            unit="count",
            zh="一小时内问同一域名的不同子域",
            en="distinct sub-domains of one domain within the hour",
        ),
        Reason(
            metric="subdomain_length",
            observed=round(row["length"], 1),
            unit="count",
            zh="子域的平均字符数",
            en="mean characters of the sub-domains",
        ),
        Reason(
            metric="carrier_share",
            observed=round(row["carriers"], 3),
            unit="share",
            zh="能携带数据的记录类型所占比例",
            en=f"share of record types that carry data; {figure(row['clients'])} client(s)",
        ),
    )
