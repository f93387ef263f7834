"""Packet slices: the packets behind some flows, as a small capture of their own."""

import ipaddress
import pathlib
import struct
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from sensors.capture.reading import Block, Reading
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings

WANTED_SCHEMA: dict[str, pl.DataType] = {
    "slice": pl.String(),
    "source.ip": pl.String(),
    "source.port": pl.Int64(),
    "destination.ip": pl.String(),
    "destination.port": pl.Int64(),
    "network.transport": pl.String(),
    "since": pl.Datetime("ns", "UTC"),
    "until": pl.Datetime("ns", "UTC"),
}
"""What is wanted: packets of both directions from `since` to `until`, for the slice of a name."""

MOST_PACKETS = 200
"""Packets that one slice holds; the first ones are kept."""

_PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132}
_KEY_SCHEMA = {name: pl.UInt64() for name in ("a_high", "a_low", "b_high", "b_low", "ports")}
_BLOCK_PACKETS = 8192
_WORD = (1 << 64) - 1
_MAGIC_NANOSECONDS = 0xA1B23C4D
_SNAP_OCTETS = 262_144
_SECOND = 1_000_000_000


class Slices:
    """Slices that grow: name to packets in the order of the capture."""

    def __init__(self) -> None:
        self._packets: dict[str, list[bytes]] = {}
        self._links: dict[str, int] = {}

    def add(self, name: str, record: np.void, octets: bytes) -> None:
        """Append a packet, unless the slice is full or of another link type."""
        kept = self._packets.setdefault(name, [])
        if (
            len(kept) >= MOST_PACKETS
            or self._links.setdefault(name, record["link"]) != (record["link"])
        ):
            return
        seconds, rest = divmod(int(record["time"]), _SECOND)
        head = struct.pack("<IIII", seconds, rest, len(octets), int(record["wire"]))
        kept.append(head + octets)

    def captures(self) -> dict[str, tuple[int, bytes]]:
        """Return for each name how many packets there are, and the capture (pcap, nanoseconds)."""
        return {
            name: (len(packets), self._header(name) + b"".join(packets))
            for name, packets in self._packets.items()
        }

    def _header(self, name: str) -> bytes:
        link = int(self._links[name])
        return struct.pack("<IHHiIII", _MAGIC_NANOSECONDS, 2, 4, 0, 0, _SNAP_OCTETS, link)


def slice_packets(
    files: Sequence[pathlib.Path], wanted: pl.DataFrame
) -> Mapping[str, tuple[int, bytes]]:
    """Return for each slice its packets as a capture: how many, and the octets of the file.

    `wanted` has the columns of WANTED_SCHEMA; one packet may stand in several slices. Only
    protocols with ports are found. Raises `Malformed` where a file is no capture.
    """
    keys = _keys(wanted)
    reading = Reading(files, block_packets=_BLOCK_PACKETS)
    memory = Memory(MeterSettings(batch_rows=1), block_packets=_BLOCK_PACKETS)
    slices = Slices()
    for block in reading.blocks():
        for packets in memory.decoded(block, reading.refused):
            _take(block, packets, keys, slices)
    return slices.captures()


def _take(block: Block, packets: Rows, keys: pl.DataFrame, slices: Slices) -> None:
    found = pl.DataFrame(
        {name: packets[name] for name in (*_KEY_SCHEMA, "time", "ip_at")}
    ).with_row_index("number")
    matches = (
        found.join(keys, on=list(_KEY_SCHEMA))
        .filter(pl.col("time").is_between(pl.col("since"), pl.col("until")))
        .unique(["slice", "number"])
        .sort("number", "slice")
    )
    begins = block.records["at"][: block.packets]
    for name, ip_at in matches.select("slice", "ip_at").iter_rows():
        record = block.records[int(np.searchsorted(begins, ip_at, side="right")) - 1]
        begin, end = int(record["at"]), int(record["at"]) + int(record["captured"])
        slices.add(name, record, block.data.octets[begin:end].tobytes())


def _keys(wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the kernel for what is wanted, with its times in nanoseconds."""
    rows = [
        (*_key(row), row["since"], row["until"], row["slice"])
        for row in wanted.with_columns(pl.col("since", "until").dt.timestamp("ns")).iter_rows(
            named=True
        )
        if row["network.transport"] in _PROTOCOLS
    ]
    times = {"since": pl.Int64(), "until": pl.Int64(), "slice": pl.String()}
    return pl.DataFrame(rows, schema={**_KEY_SCHEMA, **times}, orient="row")


def _key(row: Mapping[str, object]) -> tuple[int, int, int, int, int]:
    ends = [
        (ipaddress.ip_address(str(row[f"{side}.ip"])), int(str(row[f"{side}.port"])))
        for side in ("source", "destination")
    ]
    (a, a_port), (b, b_port) = sorted(ends, key=lambda end: (int(end[0]), end[1]))
    protocol = _PROTOCOLS[str(row["network.transport"])]
    ports = a_port << int(PORT_A) | b_port << int(PORT_B) | protocol << int(PROTOCOL) | a.version
    return int(a) >> 64, int(a) & _WORD, int(b) >> 64, int(b) & _WORD, ports
