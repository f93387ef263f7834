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


POLARS_TYPES: dict[Kind, pl.DataType] = {
    Kind.KEYWORD: pl.String(),
    Kind.IP: pl.String(),
    Kind.DATE: pl.Datetime("ns", "UTC"),
    Kind.LONG: pl.Int64(),
    Kind.DOUBLE: pl.Float64(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.TEXT: pl.String(),
}

KEYWORD_LIMIT = 1024
"""Characters a keyword may have; the sensor clips, the stores refuse what is longer."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field."""

    name: str
    kind: Kind
    meaning: str
    indexed: bool = True
    """Whether it has an inverted index; a field without one can still be filtered and summed."""

    @property
    def polars_type(self) -> pl.DataType:
        """Column type of the field in a frame."""
        return POLARS_TYPES[self.kind]


_K, _I, _D, _L, _F, _B, _T = (
    Kind.KEYWORD,
    Kind.IP,
    Kind.DATE,
    Kind.LONG,
    Kind.DOUBLE,
    Kind.BOOLEAN,
    Kind.TEXT,
)

_EVENT = (
    Field("@timestamp", _D, "when it began; a flow's first packet"),
    Field("event.id", _K, "deterministic identity of the document"),
    Field("event.kind", _K, "event, alert"),
    Field("event.dataset", _K, "dataset that the document lies in"),
    Field("event.action", _K, "what was done"),
    Field("event.start", _D, "first packet"),
    Field("event.end", _D, "last packet"),
    Field("event.duration", _L, "nanoseconds from start to end"),
    Field("event.ingested", _D, "when the store took it"),
    Field("message", _T, "the sentence that a person reads"),
    Field("observer.name", _K, "the sensor that saw it"),
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
    )
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
    Field("citywatch.dns.answers_count", _L, "records in the answer section"),
)

_FLOW_STATE = (
    Field("citywatch.flow.id", _K, "the same for every record of one flow"),
    Field("citywatch.flow.final", _B, "false for an interim record of a flow that lives on"),
    Field("citywatch.flow.end_reason", _K, "idle, active, fin, rst, end, evicted"),
    Field("citywatch.flow.tunnel.id", _L, "tunnel that carried it, 0 for none"),
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
    *_ENDPOINTS,
    *_NETWORK,
    *_DNS,
    *_FLOW_STATE,
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

FLOW_COLUMNS: tuple[str, ...] = (
    *_METERED,
    *(field.name for field in _ENDPOINTS),
    *(field.name for field in _NETWORK),
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
    "network.community_id", "citywatch.flow.id", "citywatch.source.asset",
    "citywatch.source.department", "citywatch.source.role", "dns.id", "dns.type",
    "dns.question.name", "dns.question.type", "dns.question.registered_domain",
    "dns.question.subdomain", "dns.response_code", "citywatch.dns.answers_count",
    "citywatch.drill.id",
)  # fmt: skip
"""Columns of a batch of DNS messages, one row a message; source is the client."""

FLOW_SCHEMA = frame_schema(FLOW_COLUMNS)
DNS_SCHEMA = frame_schema(DNS_COLUMNS)
