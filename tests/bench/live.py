"""Live capture on a cable between two interfaces: capacity of a core, drops, and the start."""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sensors.meter.settings import DEFAULT_SETTINGS
from sensors.record import Record
from sensors.wire.capturing import Capturing
from sensors.wire.plan import plan_of
from situation.assets import Assets
from situation.clock import SystemClock
from situation.events.instant import nanoseconds
from situation.settings import InputSettings
from tests.bench.traffic import city_file
from tests.sensors.building import udp
from tests.sensors.wire.cables import FAR, NEAR, cable, varied

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
PACKETS, LOOPS = 300_000, 4
BAR_RATE, BAR_START_SECONDS = 1_000_000, 1.5
ROUNDS = 3
_PATIENCE_SECONDS = 300.0
_GAP_SECONDS = 0.005
_MOST_PROBES = 12_000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Sink:
    """An outlet that counts rows and keeps none."""

    rows: int = 0

    def put(self, record: Record) -> None:
        """Count the rows."""
        self.rows += record.frame.height

    def sync(self) -> None:
        """Return at once."""

    def place(self, source: str) -> str | None:
        """Know of no source."""
        del source
        return None


@dataclass(frozen=True, slots=True)
class Round:
    """One replay: what was sent, what came of it, and the worker's processor seconds."""

    packets: int
    drops: int
    sent_rate: float
    seconds: float
    shed: dict[str, int]

    @property
    def rate(self) -> float:
        """Packets a processor second of the worker, user and system."""
        return self.packets / self.seconds


def run() -> None:
    """Print capacity and drops with and without the deep path, and how soon a command captures."""
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("tcpreplay")):
        print("live capture: skipped, it needs root, ip (iproute2) and tcpreplay")
        return
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as name, cable():
        folder = pathlib.Path(name)
        capture = folder / "city.pcap"
        packets = city_file(capture, packets=PACKETS) * LOOPS
        for deep in (False, True):
            rounds = [_round(folder, capture, packets, deep=deep) for _ in range(ROUNDS)]
            _tell(max(rounds, key=lambda one: one.rate), rounds, deep=deep)
        starts = [_start(folder / f"start-{number}") for number in range(ROUNDS)]
        met = "met" if min(starts) <= BAR_START_SECONDS else "MISSED"
        print(
            f"first packet {min(starts):.2f} s after the command (bar {BAR_START_SECONDS}): {met}"
        )


def _tell(best: Round, rounds: list[Round], *, deep: bool) -> None:
    what = "protocols read, packets kept" if deep else "flows and DNS"
    drops, fastest = sum(one.drops for one in rounds), max(one.sent_rate for one in rounds)
    print(f"live, {what}: {best.rate:,.0f} packets a CPU second of the worker")
    if not deep:
        print(f"  bar {BAR_RATE:,}: {'met' if best.rate >= BAR_RATE else 'MISSED'}")
    print(f"  {drops:,} drops at {fastest:,.0f} packets/s sent (bar 0); left out: {best.shed}")


def _round(folder: pathlib.Path, capture: pathlib.Path, packets: int, *, deep: bool) -> Round:
    settings = InputSettings(type="packet", interface=FAR, deep=deep, kept_mib=256 if deep else 0)
    plan = plan_of("bench", settings, observer="bench", meter=DEFAULT_SETTINGS, folder=folder)
    made, stop = Capturing(plan, Sink(), SystemClock(), Assets(())), threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    _wait(lambda: made.is_ready)
    worker = made.processes[0].number
    before = _seconds_of(worker)
    command = ["tcpreplay", "-q", "-K", "-t", f"--loop={LOOPS}", "-i", NEAR, str(capture)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    _wait(lambda: made.counters.lines + made.counters.kernel_drops >= packets)
    used = _seconds_of(worker) - before
    stop.set()
    thread.join()
    counters = made.counters
    if counters.lines + counters.kernel_drops != packets or counters.balance:
        print(f"  NOT RECONCILED: {packets:,} sent, {counters.plain()}")
    rate = next(float(line.split()[-2]) for line in said.splitlines() if line.endswith("pps"))
    return Round(counters.lines, counters.kernel_drops, rate, used, dict(counters.faults))


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def _seconds_of(process: int) -> float:
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _start(folder: pathlib.Path) -> float:
    """Return the seconds from the command to the first packet in a flow, sending all the while."""
    began = nanoseconds(SystemClock().now())
    command = [str(CITYWATCH), "run", "sensor", "--interface", FAR, "--data", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind((NEAR, 0))
        for frame in varied(udp(), _MOST_PROBES):
            sender.send(frame)
            time.sleep(_GAP_SECONDS)
            if _says_captures(process):
                break
    process.send_signal(signal.SIGINT)
    process.communicate()
    flows = pl.read_parquet(folder / "events" / "flow" / "*" / "*.parquet")
    first = flows["@timestamp"].cast(pl.Int64).min()
    return (int(str(first)) - began) / 1e9


def _says_captures(process: subprocess.Popen[bytes]) -> bool:
    """Return whether the sensor has said that its worker captures."""
    said = process.stderr
    if said is None or not select.select([said], [], [], 0)[0]:
        return False
    return b"captures" in os.read(said.fileno(), 65_536)


if __name__ == "__main__":
    run()
