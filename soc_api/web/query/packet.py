"""What the page of an alert's packets shows: one page of them, as tshark takes them apart."""

import datetime as dt
import threading
from dataclasses import dataclass

from sensors.microscope.limits import Limits
from sensors.microscope.tree import Packet
from sensors.microscope.tshark import dissect
from situation.faults import Malformed, Misconfigured, Unavailable

PAGE_PACKETS = 50
MOST_PAGES = 10

_LIMITS = Limits(seconds=15, processor_seconds=15, output_mib=32)
_AT_ONCE = 2
_PATIENCE_SECONDS = 10
_MICROSECONDS = len("2026-01-01T00:00:00.000000")

_bench = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class PacketLine:
    """One packet with its time."""

    packet: Packet

    @property
    def at(self) -> dt.datetime | None:
        """When it was seen, to the microsecond."""
        time = self.packet.time[:_MICROSECONDS]
        return dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC) if time else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A page of packets; or the reason why there are none."""

    lines: tuple[PacketLine, ...] = ()
    more: bool = False
    """Whether another page follows."""
    reason: str = ""
    """Why the result is a part, a `Reason` of tshark; empty if it is not."""
    words: str = ""
    """What tshark complained of."""
    walls: str = ""
    refused: bool = False
    """Whether tshark told nothing, as for a filter that is none."""
    missing: bool = False
    """Whether there is no tshark."""


def look_at(content: bytes, display_filter: str, page: int) -> Look:
    """Take the packets of one page apart.

    Raises Unavailable where others look at packets now and do not come to an end.
    """
    if not _bench.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("others look at packets now; try again in a moment", where="tshark")
    try:
        found = dissect(
            content,
            display_filter=display_filter,
            most_packets=page * PAGE_PACKETS,
            limits=_LIMITS,
        )
    except Malformed as fault:
        return Look(refused=True, words=fault.reason)
    except Misconfigured as fault:
        return Look(missing=True, words=fault.reason)
    finally:
        _bench.release()
    shown = found.packets[(page - 1) * PAGE_PACKETS :]
    more = found.reason == "packets"
    return Look(
        lines=tuple(map(PacketLine, shown)),
        more=more,
        reason="" if more else found.reason,
        words=found.words,
        walls=found.walls,
    )
