"""The flow meter beside NFStream, on one file in one run."""

import os
import pathlib
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from sensors.metering import Metering
from tests.testdata import ROOT

SCENARIO = ROOT / "pcaps" / "intrusion" / "capture.pcap"
PACKETS = 3_000_000
BAR_RATE, BAR_RATIO = 2_000_000, 15
ROUNDS = 3
HEADER_OCTETS, RECORD_OCTETS = 24, 16
GAP_SECONDS = 3600

Measured = tuple[int, float, float]
"""Packets, seconds by the clock, seconds of the processor."""


def multiplied(source: pathlib.Path, target: pathlib.Path) -> int:
    """Write copies of a classic pcap one after the other, later in time; return the packets.

    Addresses stay as they are: each copy opens its flows anew, since it follows an hour after
    the one before.
    """
    content = np.fromfile(source, np.uint8)
    fields = _timestamps(content)
    seconds = content[fields].view("<u4")[:, 0]
    span = int(seconds.max() - seconds.min()) + GAP_SECONDS
    copies = -(-PACKETS // len(fields))
    with target.open("wb") as file:
        file.write(content[:HEADER_OCTETS].tobytes())
        for copy in range(copies):
            later = (seconds + copy * span).astype("<u4").view(np.uint8).reshape(-1, 4)
            content[fields] = later
            file.write(content[HEADER_OCTETS:].tobytes())
    return copies * len(fields)


def run() -> None:
    """Print the rates of both and their ratio, on the default scenario times 3 million packets."""
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as folder:
        path = pathlib.Path(folder) / "multiplied.pcap"
        packets = multiplied(SCENARIO, path)
        print(f"{packets:,} packets, {path.stat().st_size / 1e6:,.0f} MB, one core each")
        ours = min((_alone(_meter, path) for _ in range(ROUNDS)), key=lambda one: one[1])
        _print("citywatch, rows as frames", ours)
        print(f"  bar {BAR_RATE:,} packets/s: {'met' if _rate(ours) >= BAR_RATE else 'MISSED'}")
        for statistics in (True, False):
            theirs = _alone(_nfstream, path, statistics)
            _print(f"nfstream, n_dissections=0, statistical_analysis={statistics}", theirs)
            ratio = _rate(ours) / _rate(theirs)
            met = "met" if ratio >= BAR_RATIO else "MISSED"
            print(f"  ratio {ratio:.0f} x, bar {BAR_RATIO} x: {met}")


def _timestamps(content: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return where the seconds of each record of a little-endian pcap stand."""
    offsets = []
    at = HEADER_OCTETS
    while at < len(content):
        offsets.append(at)
        at += RECORD_OCTETS + int(content[at + 8 : at + 12].view("<u4")[0])
    return np.array(offsets)[:, None] + np.arange(4)


def _rate(measured: Measured) -> float:
    return measured[0] / measured[1]


def _print(name: str, measured: Measured) -> None:
    packets, seconds, processor = measured
    print(
        f"{name}: {_rate(measured):,.0f} packets/s, {packets / processor:,.0f} a CPU second "
        f"({seconds:.2f} s)"
    )


def _alone(measure: Callable[..., Measured], *arguments: object) -> Measured:
    """Measure in a process of its own, so that memory and threads of the others do not count."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _meter(path: pathlib.Path) -> Measured:
    """Meter on one core, with the machine code loaded and the file in the page cache."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    list(Metering([SCENARIO], observer="bench").batches())
    begin, processor = time.perf_counter(), _processor_seconds()
    metering = Metering([path], observer="bench")
    for _ in metering.batches():
        pass
    seconds, used = time.perf_counter() - begin, _processor_seconds() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counters = metering.counters
    print(f"  {counters.rows:,} rows, {counters.dns_messages:,} DNS messages, peak {peak:.0f} MiB")
    return counters.packets, seconds, used


def _nfstream(path: pathlib.Path, statistics: bool) -> Measured:  # noqa: FBT001 - crosses a process
    from nfstream import NFStreamer  # noqa: PLC0415 - an optional part, of this measurement only

    begin, processor = time.perf_counter(), _processor_seconds()
    streamer = NFStreamer(
        source=str(path), n_dissections=0, statistical_analysis=statistics, n_meters=1
    )
    packets = sum(flow.bidirectional_packets for flow in streamer)
    return packets, time.perf_counter() - begin, _processor_seconds() - processor


if __name__ == "__main__":
    run()
