"""Suricata's EVE JSON: what each event type yields.

Source: the EVE JSON format of the Suricata user guide, 6 to 8. Suricata's alert severity falls
from 1 (gravest) to 3 or 4; ours rises: 1 becomes 3 high, 2 stays 2 medium, all else 1 low.
Critical is left to detectors, which know the asset. The flow identity of the tool stays in the
rest, for `citywatch.flow.id` is that of our own meter.
"""

from collections.abc import Mapping

import polars as pl

from sensors.log.document import turning
from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object, Plan
from sensors.log.document.stream import LineKind, LineParser, is_document
from sensors.log.document.turning import Reception
from sensors.log.kind import LogParser, Parsed, SourceRules
from sensors.log.security import web
from sensors.log.security.dns_answer import addresses, data
from sensors.log.security.tls_version import version

_TO_CLIENT = "to_client"

_COMMON = (
    Column("timestamp", "@timestamp"),
    Column("event_type", "_type", turning.names),
    Column("src_ip", "source.ip"),
    Column("src_port", "_source_port", turning.wholes),
    Column("dest_ip", "destination.ip"),
    Column("dest_port", "_destination_port", turning.wholes),
    Column("icmp_type", "_icmp_type", turning.wholes),
    Column("icmp_code", "_icmp_code", turning.wholes),
    Column("proto", "network.transport", turning.lowered),
    Column("app_proto", "network.protocol", kept=True),
    Column("community_id", "network.community_id"),
    Column("in_iface", "observer.ingress.interface.name"),
    Column("host", "host.name"),
    Column("vlan/0", "network.vlan.id"),
    Column("vlan/1", "network.inner.vlan.id"),
)
_FLOW = (
    Column("flow/pkts_toserver", "source.packets"),
    Column("flow/pkts_toclient", "destination.packets"),
    Column("flow/bytes_toserver", "source.bytes"),
    Column("flow/bytes_toclient", "destination.bytes"),
    Column("flow/start", "event.start"),
)
_FLOW_END = (
    Column("flow/end", "event.end"),
    Column("flow/reason", "event.reason"),
)
_ALERT = (
    Column("direction", "_direction", kept=True),
    Column("flow/src_ip", "_flow_source", kept=True),
    Column("alert/action", "event.action"),
    Column("alert/gid", "rule.ruleset"),
    Column("alert/signature_id", "rule.id"),
    Column("alert/rev", "rule.version"),
    Column("alert/signature", "rule.name"),
    Column("alert/category", "rule.category"),
    Column("alert/severity", "_severity", turning.wholes, kept=True),
    Column("alert/metadata/mitre_technique_id/0", "threat.technique.id"),
    Column("alert/metadata/mitre_tactic_name/0", "threat.tactic.name"),
)
_HTTP = (
    Column("http/hostname", "url.domain"),
    Column("http/url", "url.original"),
    Column("http/http_user_agent", "user_agent.original"),
    Column("http/http_method", "http.request.method"),
    Column("http/protocol", "_http_version"),
    Column("http/status", "http.response.status_code"),
    Column("http/length", "http.response.body.bytes"),
    Column("http/http_refer", "http.request.referrer"),
    Column("http/http_content_type", "http.response.mime_type"),
)
_DNS = (
    Column("dns/type", "_dns_type", turning.lowered, kept=True),
    Column("dns/id", "dns.id"),
    Column("dns/rrname", "_name"),
    Column("dns/rrtype", "_rrtype"),
    Column("dns/queries/0/rrname", "_first_name"),
    Column("dns/queries/0/rrtype", "_first_type"),
    Column("dns/rcode", "dns.response_code"),
    Column("dns/rdata", "_data"),
    Column("dns/answers", "_first_data", data, kept=True),
    Column("dns/answers", "_first_address", addresses, kept=True),
    Column("dns/answers", "_answers", turning.counts, kept=True),
)
_TLS = (
    Column("tls/sni", "tls.client.server_name"),
    Column("tls/version", "_tls_version"),
    Column("tls/subject", "tls.server.subject"),
    Column("tls/issuerdn", "tls.server.issuer"),
    Column("tls/fingerprint", "_fingerprint"),
    Column("tls/notafter", "tls.server.not_after", turning.certificate_times),
    Column("tls/session_resumed", "tls.resumed"),
    Column("tls/ja3/hash", "tls.client.ja3"),
    Column("tls/ja3s/hash", "tls.server.ja3s"),
    Column("tls/client_alpns/0", "tls.next_protocol"),
)
_FILE = (
    Column("fileinfo/filename", "file.path"),
    Column("fileinfo/size", "file.size"),
    Column("fileinfo/mimetype", "file.mime_type"),
    Column("fileinfo/md5", "file.hash.md5"),
    Column("fileinfo/sha1", "file.hash.sha1"),
    Column("fileinfo/sha256", "file.hash.sha256"),
)
_ANOMALY = (
    Column("anomaly/event", "event.code"),
    Column("anomaly/type", "event.reason"),
    Column("anomaly/layer", "event.action"),
)

_EVERY_ROW = (
    pl.lit("suricata").alias("event.module"),
    pl.lit("suricata").alias("observer.product"),
    pl.lit("ids").alias("observer.type"),
    ("suricata." + pl.col("_type").fill_null("unknown")).alias("event.dataset"),
    pl.coalesce("_source_port", "_icmp_type").alias("source.port"),
    pl.coalesce("_destination_port", "_icmp_code").alias("destination.port"),
    pl.when(pl.col("network.protocol") != "failed").then("network.protocol"),
)
_SUMS = (
    (pl.col("source.packets") + pl.col("destination.packets")).alias("network.packets"),
    (pl.col("source.bytes") + pl.col("destination.bytes")).alias("network.bytes"),
)
_HTTP_VERSION = pl.col("_http_version").str.strip_prefix("HTTP/").alias("http.version")
_IS_ADDRESS = pl.col("_rrtype").is_in(["A", "AAAA"])
_IS_ANSWER = pl.col("_dns_type").is_in(["answer", "response"])
_DNS_ROW = (
    pl.when(_IS_ANSWER).then(pl.lit("answer")).otherwise(pl.lit("query")).alias("dns.type"),
    # A question has a code, too, which answers nothing
    pl.when(_IS_ANSWER).then("dns.response_code").alias("dns.response_code"),
    pl.coalesce("_name", "_first_name").alias("dns.question.name"),
    pl.coalesce("_rrtype", "_first_type").alias("dns.question.type"),
    pl.coalesce("_data", "_first_data").alias("dns.answers.data"),
    pl.coalesce("_first_address", pl.when(_IS_ADDRESS).then("_data")).alias("dns.resolved_ip"),
    pl.coalesce("_answers", pl.when(pl.col("_data").is_not_null()).then(1)).alias(
        "citywatch.dns.answers_count"
    ),
)
_TLS_ROW = (
    *version("_tls_version"),
    pl.col("_fingerprint")
    .str.replace_all(":", "", literal=True)
    .str.to_uppercase()
    .alias("tls.server.hash.sha1"),
)
_FILE_NAME = pl.col("file.path").str.extract(r"([^/\\]+)$").alias("file.name")


def _class(category: str, sort: str) -> tuple[pl.Expr, ...]:
    return pl.lit(category).alias("event.category"), pl.lit(sort).alias("event.type")


_OTHER_TYPE = (
    pl.when(pl.col("_type") == "drop")
    .then(pl.lit("denied"))
    .otherwise(pl.lit("info"))
    .alias("event.type")
)


def _protocol(name: str) -> pl.Expr:
    return pl.lit(name).alias("network.protocol")


def _swapped() -> tuple[pl.Expr, ...]:
    """Give each end its own counts: of an alert the source may be the flow's server."""
    turned = (pl.col("_direction") == _TO_CLIENT) | (pl.col("_flow_source") != pl.col("source.ip"))
    turned = turned.fill_null(value=False)
    return tuple(
        pl.when(turned).then(f"{other}.{unit}").otherwise(f"{side}.{unit}").alias(f"{side}.{unit}")
        for side, other in (("source", "destination"), ("destination", "source"))
        for unit in ("packets", "bytes")
    )


_ALERT_ROW = (
    pl.lit("alert").alias("event.kind"),
    pl.lit("intrusion_detection").alias("event.category"),
    pl.when(pl.col("event.action") == "blocked")
    .then(pl.lit("denied"))
    .otherwise(pl.lit("allowed"))
    .alias("event.type"),
    pl.col("rule.name").alias("rule.description"),
    pl.col("rule.name").alias("message"),
    pl.col("_severity")
    .replace_strict({1: 3, 2: 2}, default=1, return_dtype=pl.Int64)
    .alias("event.severity"),
    *_swapped(),
)
_DURATION = (pl.col("event.end") - pl.col("event.start")).dt.total_nanoseconds()


def _plan(columns: tuple[Column, ...], *stages: tuple[pl.Expr, ...]) -> Plan:
    before = pl.lit('{"suricata":{"eve":')
    return Plan((*_COMMON, *columns), (_EVERY_ROW, *stages), before, "}}")


OTHER = "other"

PLANS: Mapping[str, Plan] = {
    "alert": _plan(
        (*_ALERT, *_FLOW, *_HTTP, *_TLS),
        _ALERT_ROW,
        (*_SUMS, *web.url_parts(), _HTTP_VERSION, *_TLS_ROW),
    ),
    "flow": _plan(
        (*_FLOW, *_FLOW_END),
        (*_class("network", "connection"), *_SUMS, _DURATION.alias("event.duration")),
    ),
    "dns": _plan(_DNS, (*_class("network", "protocol"), _protocol("dns"), *_DNS_ROW)),
    "http": _plan(_HTTP, (*web.request(), _protocol("http"), _HTTP_VERSION)),
    "tls": _plan(_TLS, (*_class("network", "protocol"), _protocol("tls"), *_TLS_ROW)),
    "fileinfo": _plan(
        (*_FILE, *_HTTP),
        (*_class("file", "info"), _FILE_NAME, _HTTP_VERSION, *web.url_parts()),
    ),
    "anomaly": _plan(_ANOMALY, _class("network", "info")),
    OTHER: _plan((), (pl.lit("network").alias("event.category"), _OTHER_TYPE)),
}


def _sort(value: Object) -> str:
    name = value.get("event_type")
    return name if isinstance(name, str) and name in PLANS else OTHER


def _read(lines: pl.Series, reception: Reception) -> Parsed:
    return read_documents(lines, PLANS, Sorting(_sort), reception)


def _is_eve(line: str) -> bool:
    return is_document(line, lambda value: "event_type" in value and "timestamp" in value)


def message_parser(rules: SourceRules) -> LogParser:
    """Return a parser of events that come in an envelope."""
    return LineParser(SourceRules(zone=rules.zone, year=rules.year), _read)


MESSAGE_MARK = r'^\{.*"event_type": ?"'
"""What tells an event as the message of syslog, as a pattern of polars."""

SURICATA_EVE = LineKind("suricata-eve", "Suricata EVE JSON", _is_eve, _read)
