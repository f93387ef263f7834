"""The ladder: flows of ours beside flows of another program, by five-tuple and direction.

A rung is a conversation: transport, the two endpoints as an unordered pair, VLAN where the other
program says it. Of each rung the sums over all records are compared, packets and octets of either
direction, exactly. Programs differ in when they cut a long conversation in two, so records of the
same conversation are added up on both sides.
"""

import pathlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from sensors.capture.reading import Reading
from sensors.decode.layout import LATER_FRAGMENT, Rows
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings
from tests.sensors.building import meter

Endpoint = tuple[str, int]
Key = tuple[str, Endpoint, Endpoint]
"""Transport, lower and higher endpoint."""
Sums = tuple[int, int, int, int]
"""Packets and octets of the lower endpoint, packets and octets of the higher."""
Rungs = dict[Key, Sums]

L2_BYTES = ("source.bytes", "destination.bytes")
IP_BYTES = ("citywatch.flow.forward.ip_bytes", "citywatch.flow.backward.ip_bytes")
ICMP = frozenset({"icmp", "ipv6-icmp"})
"""Types are no ports, and programs differ in what they write there."""
WITHOUT_SCTP = ICMP | {"sctp"}
"""For programs that know no ports of SCTP."""


@dataclass
class Tally:
    """How many rungs agree, and which do not."""

    name: str
    agreed: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of the other program's rungs that are ours."""
        total = self.agreed + len(self.missed)
        return self.agreed / total if total else 0.0

    def __str__(self) -> str:
        total = self.agreed + len(self.missed)
        return f"{self.name:<12} {self.agreed:>6,} of {total:>6,} exact  {100 * self.share:6.2f} %"

    def compare(self, capture: str, theirs: Mapping[Key, Sums], ours: Mapping[Key, Sums]) -> None:
        """Count the rungs of a capture."""
        for key, sums in theirs.items():
            if ours.get(key) == sums:
                self.agreed += 1
            else:
                self.missed.append(f"{capture}: {key} they {sums} we {ours.get(key)}")


def rung(
    transport: str,
    source: Endpoint,
    destination: Endpoint,
    sums: Sums,
    portless: frozenset[str] = ICMP,
) -> tuple[Key, Sums]:
    """Return a record's rung; `sums` are packets and octets of source, then of destination."""
    if transport in portless:
        source, destination = (source[0], 0), (destination[0], 0)
    if source <= destination:
        return (transport, source, destination), sums
    return (transport, destination, source), (*sums[2:], *sums[:2])


def added(records: Iterable[tuple[Key, Sums]]) -> Rungs:
    """Add the records of each conversation up."""
    rungs: Rungs = {}
    for key, (low, low_octets, high, high_octets) in records:
        a, b, c, d = rungs.get(key, (0, 0, 0, 0))
        if key[1] == key[2]:  # an endpoint that talks to itself: no direction to tell
            rungs[key] = (a + low + high, b + low_octets + high_octets, 0, 0)
        else:
            rungs[key] = (a + low, b + low_octets, c + high, d + high_octets)
    return rungs


def ours(capture: pathlib.Path, octets: tuple[str, str], portless: frozenset[str] = ICMP) -> Rungs:
    """Return our rungs of a capture, counted in these columns."""
    flows = meter(capture).flows
    columns = [
        "network.transport", "source.ip", "source.port", "destination.ip", "destination.port",
        "source.packets", octets[0], "destination.packets", octets[1],
    ]  # fmt: skip
    return added(
        rung(transport, (source, sport), (destination, dport), (sp, sb, dp, db), portless)
        for transport, source, sport, destination, dport, sp, sb, dp, db in flows.select(
            pl.col(column) for column in columns
        ).iter_rows()
    )


def has_later_fragments(capture: pathlib.Path) -> bool:
    """Tell whether a capture holds fragments behind the first, which some programs leave out."""
    return any((packets["fragment"] == LATER_FRAGMENT).any() for packets in _packets(capture))


def _packets(capture: pathlib.Path) -> Iterator[Rows]:
    reading = Reading([capture], block_packets=2048)
    memory = Memory(MeterSettings(batch_rows=1), block_packets=2048)
    for block in reading.blocks():
        yield from memory.decoded(block, reading.refused)
