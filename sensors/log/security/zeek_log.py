"""Zeek's logs: which field of which log becomes which of ours, for both of its formats.

Source: the log files of the Zeek manual. Zeek counts payload and IP octets; `source.bytes` is
of the IP octets, for Zeek does not tell those of layer 2. What is not named here stays in the
rest under its own name, above all `uid`, which joins the logs of one connection.
"""

import enum
from collections.abc import Container, Mapping
from dataclasses import dataclass

import polars as pl

from sensors.log.security import web
from sensors.log.security.tls_version import version


class Turn(enum.Enum):
    """What happens to a value on its way."""

    PLAIN = "plain"
    LOWER = "lower"
    UPPER = "upper"
    TIME = "time"
    SECONDS = "seconds"
    """A span, into nanoseconds."""
    FIRST = "first"
    """First member of a set or vector, which stays in the rest."""
    COUNT = "count"
    """How many members a set or vector has, which stays in the rest."""
    ADDRESS = "address"
    """First member of a vector that is an IP address; the vector stays in the rest."""
    MAC = "mac"


COPIES = frozenset({Turn.FIRST, Turn.COUNT, Turn.ADDRESS})
"""Turns whose value stays in the rest, too."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a log, and the field that it becomes; hidden where `_` stands in front."""

    name: str
    field: str
    turn: Turn = Turn.PLAIN
    kept: bool = False

    @property
    def is_copied(self) -> bool:
        """Whether the rest holds the value, too."""
        return self.kept or self.turn in COPIES


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """What one log yields."""

    rows: tuple[Row, ...] = ()
    stage: tuple[pl.Expr, ...] = ()
    told_by: tuple[str, ...] = ()
    """Fields of which any tells the log where nothing names it."""


COMMON = (
    Row("ts", "@timestamp", Turn.TIME),
    Row("id.orig_h", "source.ip"),
    Row("id.orig_p", "source.port"),
    Row("id.resp_h", "destination.ip"),
    Row("id.resp_p", "destination.port"),
    Row("proto", "network.transport", Turn.LOWER),
    Row("community_id", "network.community_id"),
)

OTHER = "other"
"""Name of the log that has only the common fields."""

OPTIONS = frozenset({"path"})
"""What a source may say of its log: the name, where the lines do not tell it."""

PATH = "_path"
"""Hidden column with the name of the log."""

_FORWARD, _BACKWARD = "citywatch.flow.forward", "citywatch.flow.backward"


def _class(category: str, sort: str) -> tuple[pl.Expr, ...]:
    return pl.lit(category).alias("event.category"), pl.lit(sort).alias("event.type")


def _protocol(name: str) -> pl.Expr:
    return pl.lit(name).alias("network.protocol")


def _named_protocol(written: str) -> pl.Expr:
    name = pl.col(written)
    return pl.when(name == "ssl").then(pl.lit("tls")).otherwise(name).alias("network.protocol")


def _outcome(success: pl.Expr) -> pl.Expr:
    """Return the outcome that a truth value tells."""
    return (
        pl.when(success.is_null())
        .then(pl.lit("unknown"))
        .when(success)
        .then(pl.lit("success"))
        .otherwise(pl.lit("failure"))
        .alias("event.outcome")
    )


def _login(action: pl.Expr, protocol: str) -> tuple[pl.Expr, ...]:
    return (
        *_class("authentication", "start"),
        action.alias("event.action"),
        _outcome(pl.col("_success")),
        _protocol(protocol),
    )


_CONN = Log(
    (
        Row("service", "_service", Turn.LOWER),
        Row("duration", "event.duration", Turn.SECONDS),
        Row("orig_bytes", f"{_FORWARD}.payload_bytes"),
        Row("resp_bytes", f"{_BACKWARD}.payload_bytes"),
        Row("orig_pkts", "source.packets"),
        Row("resp_pkts", "destination.packets"),
        Row("orig_ip_bytes", f"{_FORWARD}.ip_bytes"),
        Row("resp_ip_bytes", f"{_BACKWARD}.ip_bytes"),
        Row("vlan", "network.vlan.id"),
        Row("inner_vlan", "network.inner.vlan.id"),
        Row("orig_l2_addr", "source.mac", Turn.MAC),
        Row("resp_l2_addr", "destination.mac", Turn.MAC),
        Row("ip_proto", "network.iana_number"),
    ),
    (
        *_class("network", "connection"),
        _named_protocol("_service"),
        pl.col(f"{_FORWARD}.ip_bytes").alias("source.bytes"),
        pl.col(f"{_BACKWARD}.ip_bytes").alias("destination.bytes"),
        (pl.col(f"{_FORWARD}.ip_bytes") + pl.col(f"{_BACKWARD}.ip_bytes")).alias("network.bytes"),
        (pl.col("source.packets") + pl.col("destination.packets")).alias("network.packets"),
        pl.col("@timestamp").alias("event.start"),
        (pl.col("@timestamp") + pl.col("event.duration").cast(pl.Duration("ns"))).alias(
            "event.end"
        ),
    ),
    ("conn_state",),
)
_DNS = Log(
    (
        Row("trans_id", "dns.id"),
        Row("rtt", "event.duration", Turn.SECONDS),
        Row("query", "dns.question.name"),
        Row("qclass_name", "dns.question.class"),
        Row("qtype_name", "dns.question.type"),
        Row("rcode_name", "dns.response_code"),
        Row("answers", "dns.answers.data", Turn.FIRST),
        Row("answers", "dns.resolved_ip", Turn.ADDRESS),
        Row("answers", "citywatch.dns.answers_count", Turn.COUNT),
    ),
    (
        *_class("network", "protocol"),
        _protocol("dns"),
        pl.when(pl.col("dns.response_code").is_null())
        .then(pl.lit("query"))
        .otherwise(pl.lit("answer"))
        .alias("dns.type"),
    ),
    ("qtype", "qtype_name", "rcode", "trans_id"),
)
_HTTP = Log(
    (
        Row("method", "http.request.method"),
        Row("host", "url.domain"),
        Row("uri", "url.original"),
        Row("referrer", "http.request.referrer"),
        Row("version", "http.version"),
        Row("user_agent", "user_agent.original"),
        Row("request_body_len", "http.request.body.bytes"),
        Row("response_body_len", "http.response.body.bytes"),
        Row("status_code", "http.response.status_code"),
        Row("username", "user.name"),
        Row("resp_mime_types", "http.response.mime_type", Turn.FIRST),
    ),
    (*web.request(), _protocol("http")),
    ("request_body_len", "response_body_len"),
)
_SSL = Log(
    (
        Row("version", "_tls_version"),
        Row("cipher", "tls.cipher"),
        Row("server_name", "tls.client.server_name"),
        Row("resumed", "tls.resumed"),
        Row("next_protocol", "tls.next_protocol"),
        Row("established", "tls.established"),
        Row("subject", "tls.server.subject"),
        Row("issuer", "tls.server.issuer"),
        Row("ja3", "tls.client.ja3"),
        Row("ja3s", "tls.server.ja3s"),
        Row("cert_chain_fps", "_fingerprint", Turn.FIRST),
    ),
    (
        *_class("network", "protocol"),
        _protocol("tls"),
        *version("_tls_version"),
        pl.col("_fingerprint").str.to_uppercase().alias("tls.server.hash.sha256"),
    ),
    ("ssl_history", "cert_chain_fps", "cert_chain_fuids", "established"),
)
_TRIED = pl.col("_success").is_not_null() | (pl.col("_attempts") > 0).fill_null(value=False)
_SSH = Log(
    (
        Row("auth_success", "_success", kept=True),
        Row("auth_attempts", "_attempts", kept=True),
    ),
    (
        pl.when(_TRIED)
        .then(pl.lit("authentication"))
        .otherwise(pl.lit("network"))
        .alias("event.category"),
        pl.when(_TRIED).then(pl.lit("start")).otherwise(pl.lit("connection")).alias("event.type"),
        pl.when(_TRIED).then(pl.lit("logon")).alias("event.action"),
        pl.when(_TRIED).then(_outcome(pl.col("_success"))).alias("event.outcome"),
        _protocol("ssh"),
    ),
    ("auth_success", "auth_attempts", "kex_alg"),
)
_FILES = Log(
    (
        Row("source", "_source", Turn.LOWER),
        Row("mime_type", "file.mime_type"),
        Row("filename", "file.name"),
        Row("total_bytes", "file.size"),
        Row("duration", "event.duration", Turn.SECONDS),
        Row("md5", "file.hash.md5"),
        Row("sha1", "file.hash.sha1"),
        Row("sha256", "file.hash.sha256"),
        Row("tx_hosts", "_sender", Turn.FIRST),
        Row("rx_hosts", "_receiver", Turn.FIRST),
    ),
    (
        *_class("file", "info"),
        _named_protocol("_source"),
        pl.coalesce("source.ip", "_sender").alias("source.ip"),
        pl.coalesce("destination.ip", "_receiver").alias("destination.ip"),
    ),
    ("seen_bytes",),
)
_X509 = Log(
    (
        Row("certificate.subject", "tls.server.subject"),
        Row("certificate.issuer", "tls.server.issuer"),
        Row("certificate.not_valid_after", "tls.server.not_after", Turn.TIME),
        Row("fingerprint", "tls.server.hash.sha256", Turn.UPPER),
    ),
    _class("network", "info"),
    ("certificate.subject", "certificate.serial"),
)
_SMB_MAPPING = Log(
    (Row("path", "file.path"),),
    (*_class("file", "access"), _protocol("smb")),
    ("share_type",),
)
_SMB_FILES = Log(
    (
        Row("action", "event.action"),
        Row("path", "_folder"),
        Row("name", "file.name"),
        Row("size", "file.size"),
    ),
    (
        *_class("file", "access"),
        _protocol("smb"),
        pl.concat_str("_folder", "file.name", separator="\\", ignore_nulls=True)
        .replace("", None)
        .alias("file.path"),
    ),
    ("times.modified", "prev_name"),
)
_RDP = Log(
    (Row("cookie", "user.name"), Row("result", "event.reason")),
    (*_class("network", "connection"), _protocol("rdp")),
    ("cookie", "security_protocol"),
)
_MODBUS = Log(
    (Row("func", "event.action"), Row("exception", "event.reason")),
    (
        *_class("network", "protocol"),
        _protocol("modbus"),
        pl.when(pl.col("event.reason").is_not_null())
        .then(pl.lit("failure"))
        .alias("event.outcome"),
    ),
    ("func",),
)
_DNP3 = Log(
    (Row("fc_request", "event.action"),),
    (*_class("network", "protocol"), _protocol("dnp3")),
    ("fc_request", "fc_reply"),
)
_MQTT_CONNECT = Log(
    (Row("connect_status", "event.reason"),),
    (
        *_class("network", "connection"),
        _protocol("mqtt"),
        pl.lit("connect").alias("event.action"),
        _outcome(pl.col("event.reason") == "Connection Accepted"),
    ),
    ("connect_status",),
)
_MQTT_PUBLISH = Log(
    (Row("status", "event.reason"),),
    (
        *_class("network", "protocol"),
        _protocol("mqtt"),
        pl.lit("publish").alias("event.action"),
    ),
    ("payload_len",),
)
_MQTT_SUBSCRIBE = Log(
    (Row("action", "_action"),),
    (
        *_class("network", "protocol"),
        _protocol("mqtt"),
        pl.col("_action").str.strip_prefix("MQTT::").str.to_lowercase().alias("event.action"),
    ),
    ("granted_qos_level",),
)
_NOTICE = Log(
    (
        Row("note", "rule.name"),
        Row("msg", "message"),
        Row("sub", "event.reason"),
        Row("src", "_source"),
        Row("dst", "_destination"),
        Row("p", "_port"),
        Row("file_mime_type", "file.mime_type"),
    ),
    (
        pl.lit("alert").alias("event.kind"),
        *_class("intrusion_detection", "info"),
        pl.coalesce("source.ip", "_source").alias("source.ip"),
        pl.coalesce("destination.ip", "_destination").alias("destination.ip"),
        pl.coalesce("destination.port", "_port").alias("destination.port"),
    ),
    ("note",),
)
_WEIRD = Log(
    (
        Row("name", "event.code"),
        Row("addl", "event.reason"),
    ),
    _class("network", "info"),
    ("addl", "notice"),
)
_NTLM = Log(
    (
        Row("username", "user.name"),
        Row("domainname", "user.domain"),
        Row("hostname", "source.domain"),
        Row("success", "_success", kept=True),
    ),
    _login(pl.lit("logon"), "ntlm"),
    ("domainname",),
)
_KERBEROS = Log(
    (
        Row("request_type", "_request"),
        Row("client", "user.name"),
        Row("service", "service.name"),
        Row("success", "_success", kept=True),
        Row("error_msg", "event.reason"),
    ),
    _login(pl.col("_request"), "kerberos"),
    ("request_type",),
)

_SOFTWARE = Log((Row("host", "host.ip"),), _class("host", "info"), ("software_type",))

LOGS: Mapping[str, Log] = {
    "conn": _CONN,
    "dns": _DNS,
    "http": _HTTP,
    "ssl": _SSL,
    "ssh": _SSH,
    "files": _FILES,
    "x509": _X509,
    "smb_mapping": _SMB_MAPPING,
    "smb_files": _SMB_FILES,
    "rdp": _RDP,
    "modbus": _MODBUS,
    "dnp3": _DNP3,
    "mqtt_connect": _MQTT_CONNECT,
    "mqtt_publish": _MQTT_PUBLISH,
    "mqtt_subscribe": _MQTT_SUBSCRIBE,
    "notice": _NOTICE,
    "ntlm": _NTLM,
    "kerberos": _KERBEROS,
    "weird": _WEIRD,
    "software": _SOFTWARE,
    OTHER: Log((), _class("network", "info")),
}

BOOLEANS = frozenset({"_success"})
WHOLES = frozenset({"_attempts", "_port"})
"""Hidden columns that are no text."""


def log_of(path: str) -> Log:
    """Return the log of a name; labelled ones are as the log that they are of."""
    return LOGS.get(path.removeprefix("labeled-"), LOGS[OTHER])


def told_path(fields: Container[str]) -> str:
    """Return the log that the names of fields tell of, or OTHER."""
    for name, log in LOGS.items():
        if any(told in fields for told in log.told_by):
            return name
    return OTHER


def every_row(path: pl.Expr) -> tuple[pl.Expr, ...]:
    """Return what all logs have."""
    return (
        pl.lit("zeek").alias("event.module"),
        pl.lit("zeek").alias("observer.product"),
        pl.lit("ids").alias("observer.type"),
        (pl.lit("zeek.") + path).alias("event.dataset"),
    )
