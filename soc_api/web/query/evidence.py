"""The events behind an alert, read from the EventStore; its absence is shown, not raised."""

import datetime as dt
from dataclasses import dataclass, field

from situation.events.dataset import FINDING, dataset_of
from situation.events.filter import In
from situation.events.store import Document, EventStore, Query
from situation.faults import Unavailable
from situation.state.tables import Alert

LOOK_AROUND = dt.timedelta(days=1)
"""An event of the evidence may have begun before the window: a flow that lived on into it."""

_SIDES = ("source", "destination")
_WITH_PORTS = ("tcp", "udp", "sctp")

LINE_LENGTH = 400
"""Characters of a log line that are shown."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the evidence: a flow, a DNS message with its question, or a log event."""

    document: Document

    @property
    def at(self) -> dt.datetime:
        """When it began."""
        return dt.datetime.fromisoformat(str(self.document["@timestamp"]))

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self._count("event.duration") / 1e9

    @property
    def source(self) -> str:
        """Address and port of the initiator."""
        return self._endpoint("source")

    @property
    def destination(self) -> str:
        """Address and port of the responder."""
        return self._endpoint("destination")

    @property
    def transport(self) -> str:
        """Transport protocol, in capitals as it is known by."""
        return str(self.document.get("network.transport", "")).upper()

    @property
    def octets(self) -> tuple[int, int]:
        """L2 octets that the initiator sent, and that the responder sent."""
        return self._count("source.bytes"), self._count("destination.bytes")

    @property
    def question(self) -> str:
        """Name that was asked, with its type."""
        name, kind = (
            str(self.document.get(f"dns.question.{part}") or "") for part in ("name", "type")
        )
        return f"{name} {kind}".strip()

    @property
    def answer(self) -> str:
        """Answer code of the DNS message."""
        return str(self.document.get("dns.response_code") or "")

    @property
    def display_filter(self) -> str:
        """Filter of Wireshark for the packets between its two ends; empty where none are known."""
        ends = [self.document.get(f"{side}.ip") for side in _SIDES]
        if not all(ends):
            return ""
        layer = str(self.document.get("network.transport", ""))
        ports = [self.document.get(f"{side}.port") for side in _SIDES]
        wanted = [f"{'ipv6' if ':' in str(end) else 'ip'}.addr == {end}" for end in ends]
        if layer in _WITH_PORTS and None not in ports:
            wanted += [f"{layer}.port == {port}" for port in ports]
        return " && ".join(wanted)

    @property
    def log(self) -> "LogLine":
        """What a log event shows instead of its octets."""
        return LogLine(self.document)

    def _count(self, name: str) -> int:
        value = self.document.get(name)
        return value if isinstance(value, int) else 0

    def _endpoint(self, side: str) -> str:
        address, port = str(self.document.get(f"{side}.ip", "")), self.document.get(f"{side}.port")
        if port is None:
            return address
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log event as a person reads it: who wrote it, and what."""

    document: Document

    @property
    def host(self) -> str:
        """Host that wrote it, by its name if it is known."""
        return str(self.document.get("host.name") or self.document.get("host.ip") or "")

    @property
    def text(self) -> str:
        """Line as it was written, cut where nobody reads on."""
        text = str(self.document.get("event.original") or self.document.get("message") or "")
        return text if len(text) <= LINE_LENGTH else f"{text[:LINE_LENGTH]} ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The events of an alert, oldest first. `fault` says why they cannot be read, if so.

    `wanted` is how many ids the alert keeps, `total` how many events it speaks of.
    """

    dataset: str
    wanted: int
    total: int
    events: list[EventLine] = field(default_factory=list)
    fault: str = ""

    @property
    def gone(self) -> int:
        """Ids without an event: dropped by retention, or in another store."""
        return 0 if self.fault else self.wanted - len(self.events)


def evidence_of(events: EventStore, alert: Alert) -> Evidence:
    """Read the evidence of `alert`."""
    ids = tuple(str(event_id) for event_id in alert.evidence)
    empty = Evidence(dataset=alert.evidence_dataset, wanted=len(ids), total=alert.event_count)
    if alert.evidence_dataset == FINDING:
        return Evidence(dataset=FINDING, wanted=0, total=alert.event_count)
    if not ids:
        return empty
    query = Query(
        dataset=dataset_of(alert.evidence_dataset, alert.drill_id),
        since=min(alert.window_start, alert.first_seen) - LOOK_AROUND,
        until=max(alert.window_end, alert.last_seen) + LOOK_AROUND,
        where=In("event.id", ids),
        order="oldest",
        limit=len(ids),
    )
    try:
        found = events.search(query).documents
    except Unavailable as fault:
        return Evidence(
            dataset=empty.dataset, wanted=empty.wanted, total=empty.total, fault=str(fault)
        )
    return Evidence(
        dataset=empty.dataset,
        wanted=empty.wanted,
        total=empty.total,
        events=[EventLine(document) for document in found],
    )
