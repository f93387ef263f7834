"""The deep path: payloads of real captures become records, by processor time of one core."""

import os
import pathlib
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sensors.capture.reading import Reading
from sensors.decode.layout import Rows
from sensors.dns.message import Messages
from sensors.dns.port import PORTS, on_port
from sensors.frame.identity import Identity
from sensors.meter.layout import END, FLOW
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings
from sensors.protocol.catalogue import MESSAGE_PORTS
from sensors.protocol.dissection import Dissection
from tests.testdata import ROOT

BARS = {"selected packets": 100_000, "DNS messages": 50_000, "TLS hellos": 20_000}
ROUNDS = 3
COPIES = 8
BLOCK_PACKETS = 2048
HANDSHAKE, CLIENT_HELLO, RECORD_HEAD = 22, 1, 6

Kept = tuple[Rows, npt.NDArray[np.uint8]]
"""Slices and the ring that they point into."""


def run() -> None:
    """Print the rates of the deep path over the captures of nDPI, and the bars."""
    folder = pathlib.Path(os.environ.get("CITYWATCH_TESTDATA", str(ROOT.parent / "shared")))
    files = sorted(folder.glob("captures/ndpi/pcap/*.pcap*"))
    if not files:
        print("deep path: skipped, the captures of nDPI are absent (set CITYWATCH_TESTDATA)")
        return
    slices, ring = _kept(files)
    is_dns = on_port(slices)
    mixed, names = slices[~is_dns], slices[is_dns]
    hellos = mixed[[_is_hello(row, ring) for row in mixed]]
    _print("selected packets", _best(lambda: _dissect((_copies(mixed), ring))), len(mixed))
    _print("DNS messages", *_names((_copies(names), ring)))
    single = hellos.copy()
    single["serial"] = np.arange(len(single))
    _print("TLS hellos", _best(lambda: _dissect((_copies(single), ring))), len(single))


def _kept(files: list[pathlib.Path]) -> Kept:
    """Return all payloads that the meter keeps of some captures."""
    settings = MeterSettings()
    memory = Memory(settings, block_packets=BLOCK_PACKETS, message_ports=(*PORTS, *MESSAGE_PORTS))
    reading = Reading(files, block_packets=BLOCK_PACKETS)
    rows: list[Rows] = []
    rings: list[npt.NDArray[np.uint8]] = []
    before = 0
    for block in reading.blocks():
        for _ in memory.take(block, reading.refused):
            memory.clear_records()
        slices, ring = memory.slices()
        used = int((slices["at"] + slices["length"]).max(initial=0))
        moved = slices.copy()
        moved["at"] += before
        rows.append(moved)
        rings.append(ring[:used].copy())
        before += used
    return np.concatenate(rows), np.concatenate(rings)


def _copies(slices: Rows) -> Rows:
    """Return the slices several times, as those of other flows each time."""
    count = int(slices["serial"].max(initial=0)) + 1
    copies = [slices.copy() for _ in range(COPIES)]
    for number, copy in enumerate(copies):
        copy["serial"] += number * count
    return np.concatenate(copies)


def _is_hello(row: np.void, ring: npt.NDArray[np.uint8]) -> bool:
    head = ring[int(row["at"]) : int(row["at"]) + RECORD_HEAD].tolist()
    return len(head) == RECORD_HEAD and (head[0], head[5]) == (HANDSHAKE, CLIENT_HELLO)


def _dissect(kept: Kept) -> None:
    dissection = Dissection(Identity("0" * 40, observer="bench", drill_id=None))
    dissection.read(*kept)
    flows = np.zeros(int(kept[0]["serial"].max()) + 1, FLOW)
    flows["serial"], flows["reason"] = np.arange(len(flows)), END
    dissection.ended(flows)
    dissection.take()


def _names(kept: Kept) -> tuple[float, float]:
    messages = Messages(Identity("0" * 40, observer="bench", drill_id=None))
    messages.read(*kept)
    count = messages.count

    def read() -> None:
        messages.read(*kept)
        messages.take()

    return _best(read), count / COPIES


def _best(work: Callable[[], None]) -> float:
    """Return the least processor seconds of some rounds, for one copy."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds) / COPIES


def _print(what: str, seconds: float, count: float) -> None:
    rate, bar = count / seconds, BARS[what]
    met = "met" if rate >= bar else "MISSED"
    print(f"deep path: {rate:,.0f} {what} a CPU second, bar {bar:,}: {met}")


if __name__ == "__main__":
    run()
