"""A spool on a disk that is full, and in segments that were damaged."""

import os
import pathlib
import random
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from situation.sensor_status import SensorStatus
from tests.faults.load import Load
from tests.faults.senders import Writer, line, sending
from tests.faults.site import Site, free_ports, reported, site, soak, spool_status, syslog, until
from tests.faults.sums import originals
from tests.sensors.spool.faulty import FULL, small_file_system

SEED = 6
NOISE_OCTETS = 1000
MEBIBYTES = 8
"""Room of the spool: less than a segment, more than the greatest record of a file's lines."""

LINES = 10_000
BATCH_SECONDS = 0.25
"""Pause after which lines become a record of their own."""
FLIPS = 3
HEADER_OCTETS = 100


class Noise(Writer):
    """A log file whose lines no packing makes smaller."""

    name = "noise"

    def some(self, count: int) -> list[str]:
        """Return the next lines, each with noise."""
        return [f"{one} {self.chance.randbytes(NOISE_OCTETS).hex()}" for one in super().some(count)]


def take_away(own: Site) -> None:
    """Put a file where the store's folder was: nobody can write there, not even root."""
    root = own.data / "events"
    root.rename(own.data / "away")
    root.touch()


def bring_back(own: Site) -> None:
    """Let the store be where it was."""
    (own.data / "events").unlink()
    (own.data / "away").rename(own.data / "events")


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    (tmp_path / "data").mkdir()
    with small_file_system(tmp_path / "data" / "spool", MEBIBYTES) as folder:
        yield folder


def _is_full_and_away(report: SensorStatus) -> bool:
    return report.spool.store == "away" and report.spool.disk_trouble == os.strerror(FULL)


@pytest.mark.parametrize("is_killed", [True, False][: soak(1, 2)])
@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_makes_the_inputs_wait_and_drains_when_the_store_is_back(
    tmp_path: pathlib.Path, *, is_killed: bool
) -> None:
    load = Load(tmp_path, SEED)
    load.writer = Noise(load.logs, SEED)
    with site(tmp_path, load.inputs) as own:
        with sending(load.senders):
            own.start()
            reported(own, lambda report: report.spool.stored > 0)
            take_away(own)
            until(lambda: load.pusher.refused > 0, own.said)
            full = reported(own, _is_full_and_away)
            assert full.spool.waiting > 0
            assert spool_status(own)["disk_trouble"] == os.strerror(FULL)
            assert {one.name: one.trouble for one in full.inputs}["files"]
            bring_back(own)
            if is_killed:
                own.kill()
                load.note(own.report())
                own.start()
                load.await_traffic(own)
            reached = full.spool.stored + full.spool.waiting
            reported(own, lambda report: report.spool.stored > reached)
        last = load.finish(own)
    assert not last.spool.disk_trouble
    assert last.spool.damaged == 0


def flipped(path: pathlib.Path, chance: random.Random) -> None:
    """Flip some bits of a segment, anywhere behind its header."""
    octets = bytearray(path.read_bytes())
    for _ in range(FLIPS):
        octets[chance.randrange(HEADER_OCTETS, len(octets))] ^= 1 << chance.randrange(8)
    path.write_bytes(octets)


def truncated(path: pathlib.Path, chance: random.Random) -> None:
    """Cut the end off a segment."""
    octets = path.read_bytes()
    path.write_bytes(octets[: chance.randrange(len(octets) // 2, len(octets) - 1)])


@pytest.mark.parametrize("damage", [flipped, truncated])
def test_damaged_segments_cost_what_is_counted_and_nothing_else(
    tmp_path: pathlib.Path, damage: Callable[[pathlib.Path, random.Random], None]
) -> None:
    (port,) = free_ports(1)
    sent = [line(f"tcp-{number}") for number in range(LINES)]
    with site(tmp_path, {"tcp": syslog(port)}) as own:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "events").touch()
        own.start()
        own.await_ready(port)
        with socket.create_connection(("127.0.0.1", port)) as caller:
            for first in range(0, LINES, LINES // 10):
                some = sent[first : first + LINES // 10]
                caller.sendall("".join(f"{one}\n" for one in some).encode())
                time.sleep(BATCH_SECONDS)
        reported(own, lambda report: report.spool.waiting == LINES)
        own.kill()
        (tmp_path / "data" / "events").unlink()
        damage(own.spool_folder / "00000001.seg", random.Random(SEED))  # noqa: S311 - the same damage again
        own.start()
        reported(own, lambda report: report.spool.waiting == 0 and report.spool.stored > 0)
        last = own.stop()
        with own.store() as store:
            found = originals(store)
    assert found.total() == len(found) == last.spool.stored < LINES
    assert found.keys() < set(sent)
    assert last.spool.accepted == last.spool.stored + last.spool.damaged == LINES
