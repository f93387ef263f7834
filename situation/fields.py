"""The field registry: every declared field, its type and what it means.

Names and types follow the Elastic Common Schema where it has the field; ours stand under
`citywatch.`. From this one table come the Elasticsearch mapping, the Parquet columns, the
validation of filters and the field list of the documentation. A `date` keeps nanoseconds.
A declared field holds one value, never a list.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl


class Kind(enum.Enum):
    """Type of a field, by its ECS name."""

    KEYWORD = "keyword"
    IP = "ip"
    DATE = "date"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    TEXT = "match_only_text"
    WILDCARD = "wildcard"
    """A keyword that may be long: paths, addresses of pages, command lines."""


POLARS_TYPES: dict[Kind, pl.DataType] = {
    Kind.KEYWORD: pl.String(),
    Kind.IP: pl.String(),
    Kind.DATE: pl.Datetime("ns", "UTC"),
    Kind.LONG: pl.Int64(),
    Kind.DOUBLE: pl.Float64(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.TEXT: pl.String(),
    Kind.WILDCARD: pl.String(),
}

KEYWORD_LIMIT = 1024
"""Characters a keyword may have; the sensor clips, the stores refuse what is longer."""

WILDCARD_LIMIT = 8000
"""Characters a wildcard may have: in UTF-8 still within what Lucene takes as one term."""

TEXT_LIMIT = 65_536
"""Characters that text, and a keyword that is only kept, may have."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field."""

    name: str
    kind: Kind
    meaning: str
    indexed: bool = True
    """Whether it has an inverted index; a field without one can still be filtered and summed."""
    kept_only: bool = False
    """Whether it is only stored and read back; both stores refuse to filter or group by it."""

    @property
    def polars_type(self) -> pl.DataType:
        """Column type of the field in a frame."""
        return POLARS_TYPES[self.kind]

    @property
    def limit(self) -> int | None:
        """Characters that a value may have; None where it is no text."""
        return TEXT_LIMIT if self.kept_only else LIMITS.get(self.kind)


LIMITS = {Kind.KEYWORD: KEYWORD_LIMIT, Kind.WILDCARD: WILDCARD_LIMIT, Kind.TEXT: TEXT_LIMIT}
"""Characters that a value of each kind may have."""

_K, _I, _D, _L, _F, _B, _T, _W = (
    Kind.KEYWORD,
    Kind.IP,
    Kind.DATE,
    Kind.LONG,
    Kind.DOUBLE,
    Kind.BOOLEAN,
    Kind.TEXT,
    Kind.WILDCARD,
)

_EVENT = (
    Field("@timestamp", _D, "when it began; a flow's first packet"),
    Field("event.id", _K, "deterministic identity of the document"),
    Field("event.kind", _K, "event, alert"),
    Field("event.dataset", _K, "what kind of record it is: flow, dns, or a log's, as zeek.conn"),
    Field("event.action", _K, "what was done"),
    Field("event.start", _D, "first packet"),
    Field("event.end", _D, "last packet"),
    Field("event.duration", _L, "nanoseconds from start to end"),
    Field("event.ingested", _D, "when the store took it"),
    Field("message", _T, "the sentence that a person reads"),
    Field("observer.name", _K, "the sensor that saw it"),
)

_CLASS = (
    Field("event.category", _K, "ECS category: authentication, web, network, process, file ..."),
    Field("event.type", _K, "ECS type: start, end, access, allowed, denied, info, error ..."),
    Field("event.outcome", _K, "success, failure or unknown"),
    Field("event.code", _K, "number or name that the source gives this sort of event"),
    Field("event.provider", _K, "program or channel that wrote it"),
    Field("event.module", _K, "product whose log it is: zeek, suricata, nginx, windows ..."),
    Field("event.reason", _K, "why it came out so, in the source's words"),
    Field("event.created", _D, "when the sensor received it"),
    Field("event.sequence", _L, "number that the source gave it"),
    Field("event.original", _K, "the raw line, clipped at the limit", kept_only=True),
    Field("error.message", _T, "error that the source tells of"),
)

_ENDPOINTS = tuple(
    field
    for side, whose in (("source", "the initiator"), ("destination", "the responder"))
    for field in (
        Field(f"{side}.ip", _I, f"address of {whose}"),
        Field(f"{side}.port", _L, f"port of {whose}; ICMP: type at the source, code at the other"),
        Field(f"{side}.packets", _L, f"packets that {whose} sent"),
        Field(f"{side}.bytes", _L, f"L2 octets on the wire that {whose} sent"),
        Field(f"citywatch.{side}.asset", _K, f"asset that {whose} is, or unknown"),
        Field(f"citywatch.{side}.department", _K, f"department of {whose}, or unknown"),
        Field(f"citywatch.{side}.district", _K, f"district of {whose}, or unknown"),
        Field(f"citywatch.{side}.role", _K, f"role of {whose} in the network, or unknown"),
        Field(f"citywatch.{side}.protection_level", _L, f"等保 level of {whose}"),
        Field(f"citywatch.{side}.cii", _B, f"whether {whose} is critical infrastructure (CII)"),
        Field(f"{side}.address", _K, f"{whose} as it was written where that is no IP address"),
        Field(f"{side}.domain", _K, f"host name of {whose}"),
        Field(f"{side}.mac", _K, f"MAC address of {whose}, RFC 7042 form"),
        Field(f"{side}.nat.ip", _I, f"translated address of {whose}"),
        Field(f"{side}.nat.port", _L, f"translated port of {whose}"),
    )
)

_HOST = (
    Field("host.name", _K, "host that wrote the log"),
    Field("host.ip", _I, "address of the host that wrote the log"),
    Field("citywatch.host.asset", _K, "asset that the host is, or unknown"),
    Field("citywatch.host.department", _K, "department of the host, or unknown"),
    Field("citywatch.host.district", _K, "district of the host, or unknown"),
    Field("citywatch.host.role", _K, "role of the host in the network, or unknown"),
    Field("citywatch.host.protection_level", _L, "等保 level of the host"),
    Field("citywatch.host.cii", _B, "whether the host is critical infrastructure (CII)"),
    Field("user.name", _K, "account that acted, or that a login tried"),
    Field("user.id", _K, "its number or SID"),
    Field("user.domain", _K, "its domain"),
    Field("user.target.name", _K, "account that was acted upon"),
    Field("user.effective.name", _K, "account whose rights it took on"),
    Field("group.name", _K, "group that was acted upon"),
    Field("process.name", _K, "name of the process"),
    Field("process.pid", _L, "number of the process"),
    Field("process.executable", _K, "path of the process"),
    Field("process.command_line", _W, "its command line"),
    Field("process.entity_id", _K, "identity of the process over reuse of its number"),
    Field("process.working_directory", _K, "where it ran"),
    Field("process.hash.md5", _K, "MD5 of the executable"),
    Field("process.hash.sha256", _K, "SHA-256 of the executable"),
    Field("process.parent.executable", _K, "path of the parent process"),
    Field("process.parent.pid", _L, "number of the parent process"),
    Field("process.parent.command_line", _W, "command line of the parent process"),
    Field("file.path", _K, "file that was acted upon"),
    Field("file.name", _K, "its name without folders"),
    Field("file.size", _L, "its octets"),
    Field("file.mime_type", _K, "its media type"),
    Field("file.hash.md5", _K, "its MD5"),
    Field("file.hash.sha1", _K, "its SHA-1"),
    Field("file.hash.sha256", _K, "its SHA-256"),
    Field("registry.path", _K, "Windows registry key and value that was acted upon"),
    Field("service.name", _K, "service that was acted upon or that wrote the log"),
)

_LOG = (
    Field("log.level", _K, "level as the source wrote it"),
    Field("log.logger", _K, "part of the program that wrote it"),
    Field("log.file.path", _K, "file that it was read from"),
    Field("log.syslog.priority", _L, "PRI of RFC 5424, 6.2.1"),
    Field("log.syslog.facility.code", _L, "facility, 0 to 23"),
    Field("log.syslog.facility.name", _K, "facility by name"),
    Field("log.syslog.severity.code", _L, "severity, 0 emergency to 7 debug"),
    Field("log.syslog.severity.name", _K, "severity by name"),
    Field("log.syslog.hostname", _K, "HOSTNAME as the sender wrote it"),
    Field("log.syslog.appname", _K, "APP-NAME or tag"),
    Field("log.syslog.procid", _K, "PROCID"),
    Field("log.syslog.msgid", _K, "MSGID"),
    Field("log.syslog.version", _K, "VERSION of RFC 5424"),
    Field("citywatch.log.kind", _K, "kind of log that it was read as"),
    Field("citywatch.log.source", _K, "input of the settings that it came by"),
    Field("citywatch.log.peer", _I, "address that sent it"),
    Field("citywatch.log.offset", _L, "octet of the file, unpacked, at which the line began"),
    Field("citywatch.log.fault", _K, "why it was not parsed whole; absent where it was"),
    Field("citywatch.log.time_origin", _K, "event, previous, received: where @timestamp is from"),
    Field("citywatch.log.claimed_time", _D, "time that was written, where it was not believed"),
)

_APPLICATION = (
    Field("network.protocol", _K, "application protocol: dns, http, tls, ssh ..."),
    Field("network.application", _K, "application as the source names it"),
    Field("http.request.method", _K, "method as it was sent"),
    Field("http.request.referrer", _K, "Referer header"),
    Field("http.request.bytes", _L, "octets of the request"),
    Field("http.request.body.bytes", _L, "octets of the request's body"),
    Field("http.response.status_code", _L, "status"),
    Field("http.response.bytes", _L, "octets of the response"),
    Field("http.response.body.bytes", _L, "octets of the response's body"),
    Field("http.response.mime_type", _K, "media type of the response"),
    Field("http.version", _K, "1.0, 1.1, 2 ..."),
    Field("url.original", _W, "address as it was asked for"),
    Field("url.full", _W, "address with scheme and host"),
    Field("url.domain", _K, "host of the address"),
    Field("url.path", _W, "path of the address"),
    Field("url.query", _K, "what follows the question mark"),
    Field("user_agent.original", _K, "User-Agent header"),
    Field("tls.version", _K, "version number of TLS"),
    Field("tls.version_protocol", _K, "tls or ssl"),
    Field("tls.cipher", _K, "cipher suite"),
    Field("tls.curve", _K, "group or curve of the key exchange"),
    Field("tls.established", _B, "whether the handshake came to its end"),
    Field("tls.resumed", _B, "whether an old session was taken up"),
    Field("tls.next_protocol", _K, "protocol of ALPN"),
    Field("tls.client.server_name", _K, "name of SNI"),
    Field("tls.client.ja3", _K, "JA3 of the client hello"),
    Field("tls.server.ja3s", _K, "JA3S of the server hello"),
    Field("tls.server.subject", _K, "subject of the certificate"),
    Field("tls.server.issuer", _K, "issuer of the certificate"),
    Field("tls.server.not_before", _D, "begin of the certificate's validity"),
    Field("tls.server.not_after", _D, "end of the certificate's validity"),
    Field("tls.server.hash.sha1", _K, "SHA-1 of the certificate"),
    Field("tls.server.hash.sha256", _K, "SHA-256 of the certificate"),
    Field("rule.id", _K, "signature or policy of the source that fired"),
    Field("rule.category", _K, "its class"),
    Field("rule.ruleset", _K, "set that it belongs to"),
    Field("rule.description", _K, "what it says"),
    Field("observer.vendor", _K, "maker of the device that saw it"),
    Field("observer.product", _K, "product that saw it"),
    Field("observer.type", _K, "firewall, ids, waf, proxy, flow exporter ..."),
    Field("observer.version", _K, "its version"),
    Field("observer.ip", _I, "its address"),
    Field("observer.ingress.interface.name", _K, "interface where it came in"),
    Field("observer.ingress.zone", _K, "zone where it came in"),
    Field("observer.egress.interface.name", _K, "interface where it went out"),
    Field("observer.egress.zone", _K, "zone where it went out"),
    Field("threat.tactic.name", _K, "ATT&CK tactic"),
)

_PROTOCOL = (
    Field("citywatch.tls.client.ja4", _K, "JA4 of the client hello"),
    Field("citywatch.ssh.hassh", _K, "HASSH of the client's key exchange"),
    Field("citywatch.ssh.hassh_server", _K, "HASSH of the server's key exchange"),
    Field("citywatch.credentials.cleartext", _B, "whether a secret crossed in clear text"),
    Field("citywatch.ics.function", _K, "function of an industrial protocol, by its name"),
    Field("citywatch.ics.act", _K, "read, write, start, stop, restart, download, upload, other"),
)

_NETWORK = (
    Field("network.transport", _K, "tcp, udp, icmp, ipv6-icmp, sctp or the protocol's name"),
    Field("network.type", _K, "ipv4 or ipv6"),
    Field("network.iana_number", _K, "IP protocol number"),
    Field("network.vlan.id", _K, "outer VLAN"),
    Field("network.inner.vlan.id", _K, "inner VLAN of QinQ"),
    Field("network.community_id", _K, "Community ID v1"),
    Field("network.direction", _K, "inbound, outbound, internal, external, unknown"),
    Field("network.packets", _L, "packets of both directions"),
    Field("network.bytes", _L, "L2 octets of both directions"),
)

_DNS = (
    Field("dns.id", _K, "transaction id"),
    Field("dns.type", _K, "query or answer"),
    Field("dns.question.name", _K, "name that was asked"),
    Field("dns.question.type", _K, "record type that was asked"),
    Field("dns.question.registered_domain", _K, "name below the public suffix"),
    Field("dns.question.subdomain", _K, "what stands before the registered domain"),
    Field("dns.response_code", _K, "NOERROR, NXDOMAIN ..."),
    Field("dns.question.class", _K, "class that was asked"),
    Field("dns.op_code", _K, "QUERY, NOTIFY ..."),
    Field("dns.answers.data", _K, "data of the first answer"),
    Field("dns.resolved_ip", _I, "address of the first answer that is one"),
    Field("citywatch.dns.answers_count", _L, "records in the answer section"),
)

_FLOW_STATE = (
    Field("citywatch.flow.id", _K, "the same for every record of one flow"),
    Field("citywatch.flow.final", _B, "false for an interim record of a flow that lives on"),
    Field("citywatch.flow.end_reason", _K, "idle, active, fin, rst, end, evicted, reopened"),
    Field("citywatch.flow.tunnel.id", _L, "virtual network that it lies in, 0 for none"),
    Field("citywatch.flow.tunnel.type", _K, "what carried it: gre, vxlan, gtp-u, ipip ..."),
    Field("citywatch.flow.tunnel.depth", _L, "tunnels around it"),
    Field("citywatch.flow.tunnel.outer_id", _K, "id of the flow that carried its first packet"),
    Field("citywatch.flow.told_by", _K, "what told the initiator: first packet, syn or port"),
    Field("citywatch.flow.history", _K, "what each side did, in Zeek's letters, up to here"),
    Field("citywatch.flow.state", _K, "state of the connection in Zeek's words: SF, S0, REJ ..."),
    Field("citywatch.flow.rtt", _L, "nanoseconds from SYN to the ACK that ends the handshake"),
    Field("citywatch.flow.isn", _L, "sequence number of the first SYN", indexed=False),
)

_FLOW_EXPORT = (
    Field("citywatch.flow.sampling_interval", _L, "1 in so many packets was metered; counts as is"),
)

TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")

_FLOW_COUNTS = tuple(
    field
    for way in ("forward", "backward")
    for field in (
        Field(f"citywatch.flow.{way}.ip_bytes", _L, "octets from the IP header on", indexed=False),
        Field(f"citywatch.flow.{way}.payload_bytes", _L, "octets of payload", indexed=False),
        Field(f"citywatch.flow.{way}.ttl.min", _L, "least TTL or hop limit", indexed=False),
        Field(f"citywatch.flow.{way}.ttl.max", _L, "greatest TTL or hop limit", indexed=False),
        *(
            Field(f"citywatch.flow.{way}.flags.{flag}", _L, f"{flag} packets", indexed=False)
            for flag in TCP_FLAGS
        ),
        Field(f"citywatch.flow.{way}.first", _D, "first packet of the record", indexed=False),
        Field(f"citywatch.flow.{way}.last", _D, "last packet of the record", indexed=False),
        Field(f"citywatch.flow.{way}.retransmitted", _L, "segments seen before", indexed=False),
        Field(f"citywatch.flow.{way}.disordered", _L, "segments that came late", indexed=False),
        Field(f"citywatch.flow.{way}.zero_windows", _L, "windows of no octet", indexed=False),
        Field(f"citywatch.flow.{way}.checksum", _K, "worst of: unverified, good, offloaded, bad"),
    )
)

_FLOW_STATISTICS = tuple(
    field
    for way in ("both", "forward", "backward")
    for measure, unit in (("size", "octets (L2)"), ("iat", "nanoseconds between packets"))
    for field in (
        Field(f"citywatch.flow.{way}.{measure}.min", _L, f"least {unit}", indexed=False),
        Field(f"citywatch.flow.{way}.{measure}.max", _L, f"greatest {unit}", indexed=False),
        Field(f"citywatch.flow.{way}.{measure}.sum", _L, f"sum of {unit}", indexed=False),
        Field(
            f"citywatch.flow.{way}.{measure}.sum_squares", _F, f"squares of {unit}", indexed=False
        ),
    )
)

_ALERT = (
    Field("threat.technique.id", _K, "ATT&CK technique"),
    Field("rule.name", _K, "detector"),
    Field("rule.version", _K, "version of the detector"),
    Field("event.severity", _L, "1 low, 2 medium, 3 high, 4 critical"),
    Field("citywatch.alert.score", _F, "score of the detector"),
    Field("citywatch.alert.subject", _K, "entity that the alert is about"),
    Field("citywatch.incident.id", _K, "incident that it was folded into"),
)

_DRILL = (Field("citywatch.drill.id", _K, "drill that the record belongs to"),)

FIELDS: tuple[Field, ...] = (
    *_EVENT,
    *_CLASS,
    *_ENDPOINTS,
    *_HOST,
    *_LOG,
    *_NETWORK,
    *_APPLICATION,
    *_PROTOCOL,
    *_DNS,
    *_FLOW_STATE,
    *_FLOW_EXPORT,
    *_FLOW_COUNTS,
    *_FLOW_STATISTICS,
    *_ALERT,
    *_DRILL,
)

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}

REST = "citywatch.rest"
"""Column of a frame with the JSON object of undeclared fields; never filtered."""


def frame_schema(names: Iterator[str] | tuple[str, ...]) -> dict[str, pl.DataType]:
    """Return the polars schema of the declared fields `names`, in that order."""
    return {name: BY_NAME[name].polars_type for name in names}


_METERED = (
    "@timestamp", "event.id", "event.kind", "event.dataset", "event.action", "event.start",
    "event.end", "event.duration", "observer.name",
)  # fmt: skip

_METERED_ENDPOINTS = tuple(
    field.name
    for field in _ENDPOINTS
    if field.name.split(".")[-1] not in {"address", "domain", "mac"} and ".nat." not in field.name
)

FLOW_COLUMNS: tuple[str, ...] = (
    *_METERED,
    *_METERED_ENDPOINTS,
    *(field.name for field in _NETWORK),
    "network.protocol",
    "dns.question.name",
    "dns.question.type",
    "dns.response_code",
    "citywatch.dns.answers_count",
    *(field.name for field in (*_FLOW_STATE, *_FLOW_COUNTS, *_FLOW_STATISTICS, *_DRILL)),
)
"""Columns of a flow batch, in order. The sensor fills all; the enrichment fills assets."""

DNS_COLUMNS: tuple[str, ...] = (
    "@timestamp", "event.id", "event.kind", "event.dataset", "event.action", "observer.name",
    "source.ip", "source.port", "destination.ip", "destination.port", "network.transport",
    "network.protocol", "network.community_id", "citywatch.flow.id", "citywatch.source.asset",
    "citywatch.source.department", "citywatch.source.role", "dns.id", "dns.type", "dns.op_code",
    "dns.question.name", "dns.question.type", "dns.question.class",
    "dns.question.registered_domain", "dns.question.subdomain", "dns.response_code",
    "dns.answers.data", "dns.resolved_ip", "citywatch.dns.answers_count", "citywatch.drill.id",
)  # fmt: skip
"""Columns of a batch of DNS messages, one row a message; source is the client."""

PROTOCOL_COLUMNS: tuple[str, ...] = (
    "@timestamp", "event.id", "event.kind", "event.dataset", "event.category", "event.type",
    "event.action", "observer.name",
    *(
        name
        for name in _METERED_ENDPOINTS
        if not name.endswith((".packets", ".bytes"))
    ),
    "network.transport", "network.protocol", "network.community_id", "network.direction",
    "citywatch.flow.id", "citywatch.drill.id",
)  # fmt: skip
"""Columns that every batch of records of application protocols has; source is the client. Others
follow as the records have them."""

FLOW_SCHEMA = frame_schema(FLOW_COLUMNS)
PROTOCOL_SCHEMA = frame_schema(PROTOCOL_COLUMNS)
DNS_SCHEMA = frame_schema(DNS_COLUMNS) | {REST: pl.String()}
