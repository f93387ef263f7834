"""Workers of real processes on a real interface: nothing is lost, whatever ends them."""

import contextlib
import os
import pathlib
import signal
import threading
import time
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from sensors.capture.reading import Reading
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.wire.capturing import Capturing
from sensors.wire.plan import plan_of
from sensors.wire.segment import segments_between
from sensors.wire.tally import DIED
from situation.assets import Assets
from situation.clock import SystemClock
from situation.events.dataset import DNS, FLOW
from situation.settings import InputSettings
from tests.sensors.building import tcp, udp
from tests.sensors.input.parts import Shelf
from tests.sensors.wire.cables import FAR, run, send, tagged, varied

pytestmark = pytest.mark.usefixtures("wired")

SECONDS = 60
QUESTION = b"\0\1\1\0\0\1\0\0\0\0\0\0\4city\0\0\1\0\1"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextlib.contextmanager
def capturing(
    folder: pathlib.Path,
    shelf: Shelf,
    workers: int = 1,
    meter: MeterSettings = DEFAULT_SETTINGS,
) -> Iterator[Capturing]:
    """Capture beside the block from the moment that all workers do, and come to the end."""
    settings = InputSettings(type="packet", interface=FAR, workers=workers, ring_mib=8)
    plan = plan_of("wire", settings, observer="gate", meter=meter, folder=folder)
    made, stop = Capturing(plan, shelf, SystemClock(), Assets(())), threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    try:
        until(lambda: made.is_ready)
        yield made
    finally:
        stop.set()
        thread.join(SECONDS)
        assert not thread.is_alive()
    assert made.counters.balance == 0
    assert shelf.durable == len(shelf.kept)


def rows(shelf: Shelf, dataset: str) -> pl.DataFrame:
    return pl.concat(
        [record.frame for record in shelf.kept if record.dataset == dataset], how="diagonal"
    )


def test_what_came_before_the_end_is_in_flows_with_its_tags_and_packets(
    tmp_path: pathlib.Path,
) -> None:
    shelf = Shelf()
    question = udp(len(QUESTION), ports=(40_000, 53)).replace(b"u" * len(QUESTION), QUESTION)
    frames = [*varied(udp(90), 2000), tagged(question, 7), b"\xff" * 12 + b"\x88\xb5" + bytes(46)]
    with capturing(tmp_path, shelf) as made:
        send(frames)
    counters, flows = made.counters, rows(shelf, FLOW)
    assert counters.lines == len(frames)
    assert counters.handed_lines == flows["network.packets"].sum() == len(frames) - 1
    assert counters.skipped == {"not_ip": 1}
    assert counters.octets == sum(map(len, frames))
    assert counters.flows == flows.height == 2001
    assert counters.kernel_drops == 0
    assert flows["event.id"].n_unique() == flows.height
    assert set(flows["event.dataset"]) == {FLOW}
    assert set(flows["network.vlan.id"]) == {None, "7"}
    assert rows(shelf, DNS)["dns.question.name"].to_list() == ["city"]
    files = segments_between(tmp_path, 0, time.time_ns())
    reading = Reading(files, block_packets=64)
    kept = [int(size) for one in reading.blocks() for size in one.records["wire"][: one.packets]]
    assert sorted(kept) == sorted(map(len, frames[:-1]))


def test_a_flow_that_is_quiet_ends_by_the_clock(tmp_path: pathlib.Path) -> None:
    shelf = Shelf()
    with capturing(tmp_path, shelf, meter=MeterSettings(udp_idle_seconds=0.2)):
        send([udp(), tcp("S")])
        until(lambda: bool(shelf.kept))
        assert rows(shelf, FLOW)["citywatch.flow.end_reason"].to_list() == ["idle"]
    assert sorted(rows(shelf, FLOW)["citywatch.flow.end_reason"]) == ["end", "idle"]


def test_two_workers_see_each_packet_once(tmp_path: pathlib.Path) -> None:
    shelf = Shelf()
    with capturing(tmp_path, shelf, workers=2) as made:
        send(frame for frame in varied(udp(90), 500) for _ in range(2))
    flows = rows(shelf, FLOW)
    assert made.counters.lines == flows["network.packets"].sum() == 1000
    assert flows["network.packets"].to_list() == [2] * 500
    assert flows["event.id"].n_unique() == 500
    assert len({name.rpartition("-")[0] for name in (one.name for one in shelf.kept)}) == 2


def test_a_worker_that_is_killed_is_started_again_and_what_it_held_is_counted(
    tmp_path: pathlib.Path,
) -> None:
    shelf = Shelf()
    with capturing(tmp_path, shelf) as made:
        send(varied(udp(90), 100))
        until(lambda: made.counters.lines == 100)
        first = made.processes[0].number
        os.kill(first, signal.SIGKILL)
        until(lambda: not made.is_ready)
        assert "worker died" in made.counters.trouble
        until(lambda: made.is_ready and made.processes[0].number != first)
        assert made.counters.trouble == ""
        send(varied(udp(90), 50))
    assert made.counters.starts == 1
    assert made.counters.lines == 150
    assert made.counters.shed == {DIED: 100}
    assert rows(shelf, FLOW)["network.packets"].sum() == made.counters.handed_lines == 50


def test_an_interface_that_goes_down_is_told_and_its_flows_are_handed_over(
    tmp_path: pathlib.Path,
) -> None:
    shelf = Shelf()
    with capturing(tmp_path, shelf) as made:
        send([udp()])
        until(lambda: made.counters.lines == 1)
        run("link", "set", FAR, "down")
        until(lambda: "cannot be read any more" in made.counters.trouble)
        assert rows(shelf, FLOW).height == 1
        run("link", "set", FAR, "up")
        until(lambda: made.is_ready)
        assert made.counters.trouble == ""
    assert not made.counters.shed
