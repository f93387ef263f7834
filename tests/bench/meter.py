"""The flow meter beside the C programs of its kind and NFStream, on one file in one run.

The peers read no names, so it is the meter of flows alone that stands beside them.
"""

import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.metering import Metering
from sensors.sharding import Sharding
from tests.bench.traffic import city_file

BAR_RATE = 3_500_000
BAR_TUNNELS = 0.8
BAR_WORKERS = 1.7
FLOWS_ALONE = MeterSettings(payloads=0, messages=0, commands=0)
NFSTREAM_PACKETS = 600_000
"""NFStream takes half a minute for three million; it is measured on fewer of the same."""
ROUNDS = 3

Result = TypeVar("Result")
Measured = tuple[int, float]
"""Packets, and seconds of the processor (user and system), start-up left out where it can be."""

PEERS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("softflowd", 2.0, ("softflowd", "-d", "-v", "9", "-n", "127.0.0.1:9", "-p", "none",
                        "-c", "none", "-r")),
    ("tcpdump", 1.0, ("tcpdump", "-n", "-w", "/dev/null", "-r")),
)  # fmt: skip
"""Name, the ratio that we have to reach, and the command that ends with the file."""
NFSTREAM_RATIO = 30.0


def run() -> None:
    """Print the rates of all on a city's traffic, and their ratios; packets per CPU second."""
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as folder:
        city = pathlib.Path(folder) / "city.pcap"
        packets = city_file(city)
        print(f"{packets:,} packets, {city.stat().st_size / 1e6:,.0f} MB, one core each")
        ours = _best(lambda: _alone(_meter, city, FLOWS_ALONE))
        _told("citywatch, flows as frames", ours)
        print(f"  bar {BAR_RATE:,} packets/s: {_met(_rate(ours) >= BAR_RATE)}")
        _told("citywatch, flows and DNS", _best(lambda: _alone(_meter, city, DEFAULT_SETTINGS)))
        for name, bar, command in PEERS:
            _beside(name, bar, ours, lambda command=command: _command(command, city, packets))  # type: ignore[misc] # bound now
        _beside_nfstream(pathlib.Path(folder), ours)
        tunnelled = pathlib.Path(folder) / "tunnels.pcap"
        city_file(tunnelled, tunnels=True)
        theirs = _best(lambda: _alone(_meter, tunnelled, FLOWS_ALONE))
        _told("citywatch, a fifth in tunnels, what they carry metered as well", theirs)
        share = _rate(theirs) / _rate(ours)
        print(f"  {share:.2f} of the rate, bar {BAR_TUNNELS}: {_met(share >= BAR_TUNNELS)}")
        _share_out(city)


def _share_out(path: pathlib.Path) -> None:
    """Print how much sooner two workers are ready than one, by the clock on the wall."""
    one = min(_alone(_last, path, 1) for _ in range(ROUNDS))
    two = min(_alone(_last, path, 2) for _ in range(ROUNDS))
    print(f"two workers: {two:.2f} s, one {one:.2f} s")
    print(f"  {one / two:.2f} x, bar {BAR_WORKERS}: {_met(one / two >= BAR_WORKERS)}")


def _beside(name: str, bar: float, ours: Measured, measure: Callable[[], Measured]) -> None:
    if name in {peer[0] for peer in PEERS} and shutil.which(name) is None:
        print(f"{name} is not installed (make peers)")
        return
    theirs = _best(measure)
    _told(name, theirs)
    ratio = _rate(ours) / _rate(theirs)
    print(f"  ratio {ratio:.2f} x, bar {bar:g} x: {_met(ratio >= bar)}")


def _beside_nfstream(folder: pathlib.Path, ours: Measured) -> None:
    shorter = folder / "shorter.pcap"
    city_file(shorter, packets=NFSTREAM_PACKETS)
    for statistics in (True, False):
        _beside(
            f"nfstream, n_dissections=0, statistical_analysis={statistics}",
            NFSTREAM_RATIO,
            ours,
            lambda statistics=statistics: _alone(_nfstream, shorter, statistics),  # type: ignore[misc] # bound now
        )


def _best(measure: Callable[[], Measured]) -> Measured:
    return max((measure() for _ in range(ROUNDS)), key=_rate)


def _rate(measured: Measured) -> float:
    return measured[0] / measured[1]


def _met(truth: bool) -> str:  # noqa: FBT001 - one fact
    return "met" if truth else "MISSED"


def _told(name: str, measured: Measured) -> None:
    print(f"{name}: {_rate(measured):,.0f} packets a CPU second ({measured[1]:.2f} s)")


def _alone(measure: Callable[..., Result], *arguments: object) -> Result:
    """Measure in a process of its own, so that memory and threads of the others do not count."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def _used() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _last(path: pathlib.Path, workers: int) -> float:
    """Return the seconds of the second of two runs; the first loads what is loaded once."""
    seconds = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        sharing = Sharding(
            path, workers=workers, observer="bench", settings=FLOWS_ALONE, deep=False
        )
        for _ in sharing.batches():
            pass
        seconds = time.perf_counter() - begin
    return seconds


def _meter(path: pathlib.Path, settings: MeterSettings) -> Measured:
    """Meter on one core, with the machine code loaded and the file in the page cache.

    The first run loads that, and gets the memory of the process from the system.
    """
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for _ in Metering([path], observer="bench", settings=settings, deep=False).batches():
        pass
    begin, since = _used(), time.perf_counter()
    metering = Metering([path], observer="bench", settings=settings, deep=False)
    for _ in metering.batches():
        pass
    used = _used() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counters = metering.counters
    print(
        f"  {counters.rows:,} rows, {counters.dns_messages:,} DNS messages, "
        f"{time.perf_counter() - since:.2f} s, peak {peak:.0f} MiB"
    )
    return counters.metered + counters.inner, used


def _command(command: tuple[str, ...], path: pathlib.Path, packets: int) -> Measured:
    """Run a program over the file; its start counts, which is a few milliseconds."""
    begin = _used()
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return packets, _used() - begin


def _nfstream(path: pathlib.Path, statistics: bool) -> Measured:  # noqa: FBT001 - crosses a process
    from nfstream import NFStreamer  # noqa: PLC0415 - an optional part, of this measurement only

    begin = _used()
    streamer = NFStreamer(
        source=str(path), n_dissections=0, statistical_analysis=statistics, n_meters=1
    )
    packets = sum(flow.bidirectional_packets for flow in streamer)
    return packets, _used() - begin


if __name__ == "__main__":
    run()
