"""Capture files made of octets, and what the meter says about them."""

import pathlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw

from sensors.meter.counters import Counters
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.metering import Metering
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
ETHERNET, RAW = 1, 101
CLIENT, SERVER = "10.1.0.5", "192.0.2.80"
MACS = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}

Timed = tuple[int, bytes]
"""Nanoseconds since 1970 and the frame."""


@dataclass(frozen=True)
class Result:
    """What a metering gave in all."""

    flows: pl.DataFrame
    dns: pl.DataFrame
    counters: Counters
    names: tuple[str, ...]

    @property
    def flow(self) -> dict[str, object]:
        """The only flow record."""
        assert len(self.flows) == 1
        return self.flows.row(0, named=True)


def meter(
    files: pathlib.Path | Sequence[pathlib.Path], settings: MeterSettings = DEFAULT_SETTINGS
) -> Result:
    """Meter files to the end and check what has to hold for every input."""
    listed = [files] if isinstance(files, pathlib.Path) else list(files)
    metering = Metering(listed, observer="test", settings=settings)
    batches = list(metering.batches())
    flows = pl.concat([pl.DataFrame(schema=FLOW_SCHEMA), *(batch.flows for batch in batches)])
    dns = pl.concat([pl.DataFrame(schema=DNS_SCHEMA), *(batch.dns for batch in batches)])
    result = Result(flows, dns, metering.counters, tuple(batch.name for batch in batches))
    check(result)
    return result


def check(result: Result) -> None:
    """Every packet is in one bucket, every sum agrees, nothing is negative, ids are unique."""
    flows, counters = result.flows, result.counters
    assert counters.reconciles()
    assert flows["network.packets"].sum() == counters.metered + counters.inner
    assert counters.rows == len(flows)
    assert counters.flows == flows["citywatch.flow.id"].n_unique()
    assert counters.dns_messages == len(result.dns)
    ids = pl.concat([flows["event.id"], result.dns["event.id"]])
    assert ids.n_unique() == len(ids)
    numbers = flows.select(pl.selectors.numeric().min())
    assert all(value is None or value >= 0 for value in numbers.row(0)) or flows.is_empty()
    assert (flows["network.packets"] > 0).all()
    for way, side in (("forward", "source"), ("backward", "destination")):
        assert (flows[f"citywatch.flow.{way}.size.sum"] == flows[f"{side}.bytes"]).all()
        assert (
            flows[f"citywatch.flow.{way}.payload_bytes"] <= flows[f"citywatch.flow.{way}.ip_bytes"]
        ).all()
        assert (flows[f"citywatch.flow.{way}.ip_bytes"] <= flows[f"{side}.bytes"]).all()
    assert (flows["source.bytes"] + flows["destination.bytes"] == flows["network.bytes"]).all()


def pcap(
    packets: Iterable[Timed],
    *,
    order: str = "<",
    magic: int = 0xA1B23C4D,
    link: int = ETHERNET,
    captured: int = 262_144,
) -> bytes:
    """Return a classic pcap; `captured` cuts every packet."""
    unit = 1 if magic == 0xA1B23C4D else 1000
    more = b"\0" * 8 if magic == 0xA1B2CD34 else b""
    pieces = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262_144, link)]
    for time, frame in packets:
        seconds, rest = divmod(time, SECOND)
        kept = frame[:captured]
        pieces.append(struct.pack(f"{order}IIII", seconds, rest // unit, len(kept), len(frame)))
        pieces.append(more + kept)
    return b"".join(pieces)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """Return a pcapng block."""
    body += b"\0" * (-len(body) % 4)
    length = len(body) + 12
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


def section(order: str = "<") -> bytes:
    """Return a section header block."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(
    order: str = "<", *, link: int = ETHERNET, snap: int = 0, options: bytes = b""
) -> bytes:
    """Return an interface description block."""
    return block(1, struct.pack(f"{order}HHI", link, 0, snap) + options, order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """Return an option of a block."""
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack(f"{order}HH", code, len(value)) + padded


def enhanced(ticks: int, frame: bytes, order: str = "<", *, number: int = 0) -> bytes:
    """Return an enhanced packet block."""
    head = struct.pack(
        f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame)
    )
    return block(6, head + frame, order)


def ether(packet: Packet) -> bytes:
    """Return an Ethernet frame around a packet."""
    return bytes(Ether(**MACS) / packet)


def udp(
    length: int = 10,
    *,
    source: str = CLIENT,
    destination: str = SERVER,
    ports: tuple[int, int] = (40_000, 9_000),
) -> bytes:
    """Return a UDP frame with a payload of `length` octets."""
    sport, dport = ports
    return ether(
        IP(src=source, dst=destination) / UDP(sport=sport, dport=dport) / Raw(b"u" * length)
    )


def tcp(flags: str, *, back: bool = False, length: int = 0, sequence: int = 1) -> bytes:
    """Return a TCP frame between the client's port 40,000 and the server's port 443."""
    ends = (SERVER, CLIENT, 443, 40_000) if back else (CLIENT, SERVER, 40_000, 443)
    header = TCP(sport=ends[2], dport=ends[3], flags=flags, seq=sequence)
    return ether(IP(src=ends[0], dst=ends[1]) / header / Raw(b"t" * length))


def at(seconds: float) -> int:
    """Return a time after START."""
    return START + round(seconds * SECOND)


def written(folder: pathlib.Path, content: bytes, name: str = "capture.pcap") -> pathlib.Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content)
    return path
