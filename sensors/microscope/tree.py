"""Packets as trees of named fields, as tshark writes them in PDML."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

Document: TypeAlias = dict[str, "str | int | list[Document]"]

_GENERAL = "geninfo"
_WRAPPER = "fake-field-wrapper"
_ENDS = (
    ("eth.src", "eth.dst"),
    ("wlan.sa", "wlan.da"),
    ("sll.src.eth", ""),
    ("arp.src.proto_ipv4", "arp.dst.proto_ipv4"),
    ("ip.src", "ip.dst"),
    ("ipv6.src", "ipv6.dst"),
)
"""Fields that tell who speaks to whom; of several the innermost count."""
_NANOSECONDS = 9
_TELLING = (":", ",", "(")
"""What stands in a protocol's sentence that is more than its name."""


@dataclass(frozen=True, slots=True)
class Node:
    """A protocol or a field: tshark's name for filters, its sentence, its value as text."""

    name: str
    text: str
    value: str
    inside: tuple["Node", ...]

    def document(self) -> Document:
        """Return the tree below as plain values."""
        written: Document = {"name": self.name, "text": self.text}
        if self.value:
            written["value"] = self.value
        if self.inside:
            written["inside"] = [node.document() for node in self.inside]
        return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A packet that was taken apart; `layers` go from the frame to what it carries."""

    number: int
    time: str
    """ISO 8601 in UTC with nanoseconds; empty where the packet has none."""
    octets: int
    layers: tuple[Node, ...]

    @property
    def protocol(self) -> str:
        """Name of the innermost protocol."""
        return self._innermost.name

    @property
    def summary(self) -> str:
        """What tshark says of the innermost protocol, and first in it where it says its name."""
        node = self._innermost
        if node.inside and not any(mark in node.text for mark in _TELLING):
            return f"{node.text}, {node.inside[0].text}"
        return node.text

    @property
    def source(self) -> str:
        """Address of the sender; empty where none is known."""
        return self._end(0)

    @property
    def destination(self) -> str:
        """Address of the receiver; empty where none is known."""
        return self._end(1)

    def document(self) -> Document:
        """Return the packet as plain values."""
        return {
            "number": self.number,
            "time": self.time,
            "source": self.source,
            "destination": self.destination,
            "protocol": self.protocol,
            "octets": self.octets,
            "summary": self.summary,
            "layers": [layer.document() for layer in self.layers],
        }

    @property
    def _innermost(self) -> Node:
        # What is not dissected, and remarks, come last under names of tshark's own.
        named = [node for node in self.layers if node.name and not node.name.startswith("_")]
        spoken = [node for node in named if node.name != "data"]
        return (spoken or named or [Node("", "", "", ())])[-1]

    def _end(self, side: int) -> str:
        wanted = {pair[side] for pair in _ENDS} - {""}
        found = [
            field.value for layer in self.layers for field in layer.inside if field.name in wanted
        ]
        return found[-1] if found else ""


def packet_of(element: etree._Element) -> Packet:
    """Return the packet that an element `packet` of PDML describes."""
    layers = [layer for layer in element if layer.get("name") != _GENERAL]
    general = {
        str(field.get("name")): field
        for layer in element
        if layer.get("name") == _GENERAL
        for field in layer
    }
    return Packet(
        number=_integer(general, "num"),
        time=_time(general["timestamp"].get("value") or "") if "timestamp" in general else "",
        octets=_integer(general, "len"),
        layers=tuple(_nodes(layers)),
    )


def _nodes(elements: list[etree._Element]) -> Iterator[Node]:
    for element in elements:
        if element.get("hide") == "yes":
            continue
        if element.get("name") == _WRAPPER:
            yield from _nodes(list(element))
            continue
        name, value = element.get("name") or "", element.get("show") or ""
        text = element.get("showname") or value or name
        yield Node(name, text, value, tuple(_nodes(list(element))))


def _integer(general: dict[str, etree._Element], name: str) -> int:
    shown = general[name].get("show") if name in general else None
    return int(shown) if shown is not None and shown.isdecimal() else 0


def _time(epoch: str) -> str:
    """Return seconds since 1970 with a fraction as ISO 8601; empty for what is no such number."""
    seconds, _, fraction = epoch.partition(".")
    if not (seconds.isdecimal() and fraction.isdecimal()):
        return ""
    try:
        at = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{fraction[:_NANOSECONDS]:0<{_NANOSECONDS}}Z"
