"""What the meter read, kept and refused, with sums that have to agree."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Totals of one run; every packet is metered or refused for one reason.

    Octets are L2 octets on the wire. Times are nanoseconds since 1970, None before the first
    packet. `noted` counts what was seen and still metered, such as packets out of order.
    """

    packets: int = 0
    bytes: int = 0
    metered: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    kernel_drops: int = 0
    """Packets that the kernel dropped before they could be read; they are in no other count."""
    inner: int = 0
    """Packets inside of tunnels; the packets that carried them are in `metered`."""
    noted: dict[str, int] = field(default_factory=dict)
    shed: dict[str, int] = field(default_factory=dict)
    """What was left out of metered packets for overload: payloads for parsers, statistics."""
    flows: int = 0
    """Flows, however many interim records they gave."""
    rows: int = 0
    """Flow records, final and interim."""
    dns_messages: int = 0
    dns_refused: dict[str, int] = field(default_factory=dict)
    events: int = 0
    """Records of application protocols, DNS apart."""
    events_refused: dict[str, int] = field(default_factory=dict)
    """Messages that were none of the protocol of their conversation, by protocol."""
    first_packet: int | None = None
    last_packet: int | None = None

    def reconciles(self) -> bool:
        """Tell whether every packet that was read is in exactly one bucket."""
        return self.packets == self.metered + sum(self.refused.values())
