"""Segments on a real disk, written out of slices as the meter keeps them."""

import pathlib

import numpy as np
import pytest

from sensors.capture.reading import Reading
from sensors.meter.layout import SLICE
from sensors.wire import keeping as module
from sensors.wire.keeping import Keeping
from sensors.wire.segment import SEGMENT_SECONDS, SEGMENTS, segment_name, segments
from sensors.wire.segment import segments_between as between
from tests.sensors.building import START, udp
from tests.sensors.wire.cables import tagged

FRAME = udp(60)
LATER = 10**9


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def keeping(folder: pathlib.Path, clock: Clock | None = None, worker: int = 0) -> Keeping:
    return Keeping(folder, budget_mib=1, worker=worker, link=1, monotonic=clock or Clock())


def slices(times: list[int], tag: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return a slice of the same frame for each time."""
    ring = np.frombuffer(FRAME, np.uint8)
    found = np.zeros(len(times), SLICE)
    found["time"], found["tag"], found["link"] = times, tag, 1
    found["at"], found["length"] = 42, len(FRAME) - 42
    found["wire"] = len(FRAME) + (4 if tag else 0)
    return found, ring


def packets(path: pathlib.Path) -> list[tuple[int, bytes]]:
    reading = Reading([path], block_packets=100)
    return [
        (int(one["time"]), block.data.octets[one["at"] : one["at"] + one["captured"]].tobytes())
        for block in reading.blocks()
        for one in block.records[: block.packets]
    ]


def test_a_segment_is_seen_once_it_is_complete_by_the_times_of_its_packets(
    tmp_path: pathlib.Path,
) -> None:
    clock, folder = Clock(), tmp_path / SEGMENTS / "wire"
    kept = keeping(folder, clock)
    kept.keep(*slices([START + 5, START]))
    kept.keep(*slices([START + LATER], tag=0x8100_0007))
    assert not list(segments(folder))
    clock.now = SEGMENT_SECONDS
    kept.turn()
    (segment,) = segments(folder)
    assert segment.path.name == segment_name(START, START + LATER, 0)
    assert packets(segment.path) == [
        (START + 5, FRAME),
        (START, FRAME),
        (START + LATER, tagged(FRAME, 7)),
    ]
    assert kept.noted() == {"packets_kept": 3}
    assert between(tmp_path, START + LATER, START + 2 * LATER) == [segment.path]
    assert between(tmp_path, START + LATER + 1, START + 2 * LATER) == []


def test_the_oldest_segments_give_way(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_OCTETS", 300_000)
    kept = keeping(tmp_path)
    for turn in range(12):
        kept.keep(*slices([START + turn * LATER] * 1000))
    kept.complete()
    found = list(segments(tmp_path))
    assert sum(one.path.stat().st_size for one in found) <= 2**20
    assert found[-1].last == START + 11 * LATER
    assert kept.deleted == kept.noted()["segments_deleted"] > 0


def test_no_more_segments_are_kept_than_a_folder_holds_well(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SEGMENTS", 2)
    kept = keeping(tmp_path)
    for turn in range(4):
        kept.keep(*slices([START + turn]))
        kept.complete()
    assert [one.first for one in segments(tmp_path)] == [START + 2, START + 3]


def test_what_a_worker_left_when_it_died_is_completed_by_the_next(tmp_path: pathlib.Path) -> None:
    kept = keeping(tmp_path)
    kept.keep(*slices([START, START + LATER]))
    kept.complete()
    (segment,) = segments(tmp_path)
    segment.path.rename(tmp_path / ".w0.part")
    keeping(tmp_path, worker=1)
    assert not list(segments(tmp_path))
    keeping(tmp_path)
    assert list(segments(tmp_path)) == [segment]
    (tmp_path / ".w0.part").write_bytes(b"no capture at all")
    keeping(tmp_path)
    assert len(list(segments(tmp_path))) == 1
    assert not (tmp_path / ".w0.part").exists()


def test_a_disk_that_fails_costs_packets_alone(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "wire").touch()
    kept = keeping(tmp_path / "wire")
    for _ in range(2):
        kept.keep(*slices([START]))
    assert kept.noted() == {"packets_not_kept": 2}
    assert [one.message.partition(":")[0] for one in caplog.records] == [
        "packets are not kept for alerts"
    ]
    (tmp_path / "wire").unlink()
    kept.keep(*slices([START]))
    kept.complete()
    assert len(list(segments(tmp_path / "wire"))) == 1
