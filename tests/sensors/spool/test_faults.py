"""Damaged octets, missing files, full and broken disks: what is lost is counted, nothing else."""

import contextlib
import os
import pathlib
from collections.abc import Iterator

import pytest

from sensors.record import Priority
from sensors.spool.cursor import FILE
from sensors.spool.spool import CURSOR_SECONDS
from sensors.spool.writer import RETRY_SECONDS
from situation.faults import Unavailable
from situation.settings import SpoolSettings
from tests.sensors.spool.building import (
    SETTINGS,
    Stopwatch,
    abandon,
    drained,
    ids,
    opened,
    reconciles,
    record,
    seeded,
)
from tests.sensors.spool.faulty import BROKEN, FULL, FaultyDisk, small_file_system

MIB = 2**20
SMALL = 16 * 1024


def _filled(folder: pathlib.Path, records: int = 20) -> list[pathlib.Path]:
    """Fill a spool with records of two rows each; return its segments."""
    spool = opened(folder)
    for number in range(records):
        spool.put(record(2 * number, 2, places={"a": str(number)}))
    spool.close()
    return sorted(folder.glob("*.seg"))


def _flipped(path: pathlib.Path, offset: int) -> None:
    octets = bytearray(path.read_bytes())
    octets[offset] ^= 1 << (offset % 8)
    path.write_bytes(octets)


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensors.spool.writer.SEGMENT_OCTETS", SMALL)


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_bit_costs_its_record_and_is_counted(tmp_path: pathlib.Path, seed: int) -> None:
    (segment,) = _filled(tmp_path)
    size = segment.stat().st_size
    _flipped(segment, seeded(seed).randrange(size // 20, size * 19 // 20))
    spool = opened(tmp_path)
    found = drained(spool)
    assert len(found) == 38
    assert spool.state().settled == {"acknowledged": 38, "damaged": 2}
    assert reconciles(spool)
    assert spool.place("a") == "19"


def test_a_hole_in_the_middle_costs_what_lay_in_it(tmp_path: pathlib.Path) -> None:
    (segment,) = _filled(tmp_path)
    octets = segment.read_bytes()
    middle = len(octets) // 2
    segment.write_bytes(octets[: middle - 1500] + octets[middle:])
    spool = opened(tmp_path)
    found = drained(spool)
    settled = spool.state().settled
    assert found == sorted(set(found))
    assert settled["acknowledged"] == len(found)
    assert settled["acknowledged"] + settled["damaged"] == 40
    assert reconciles(spool)


def test_a_torn_end_is_cut_and_what_follows_is_read(tmp_path: pathlib.Path) -> None:
    (segment,) = _filled(tmp_path)
    octets = segment.read_bytes()
    segment.write_bytes(octets[:-7])
    spool = opened(tmp_path)
    assert segment.stat().st_size < len(octets) - 7
    spool.put(record(38, 2))
    spool.sync()
    assert drained(spool) == list(range(40))
    assert reconciles(spool)


def test_rows_that_were_cut_off_the_end_are_counted(tmp_path: pathlib.Path) -> None:
    (segment,) = _filled(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-7])
    spool = opened(tmp_path)
    assert drained(spool) == list(range(38))
    assert spool.take(1, 1) == []
    assert spool.state().settled == {"acknowledged": 38, "damaged": 2}
    assert spool.state().waiting == 0
    assert reconciles(spool)


@pytest.mark.usefixtures("small_segments")
def test_a_damaged_list_of_places_is_made_up_for_by_the_segment_before(
    tmp_path: pathlib.Path,
) -> None:
    *_, before, last = _filled(tmp_path, 60)
    assert before.exists()
    _flipped(last, 60)
    spool = opened(tmp_path)
    assert spool.place("a") == "59"
    assert drained(spool) == list(range(120))


@pytest.mark.usefixtures("small_segments")
def test_a_missing_segment_is_a_gap(tmp_path: pathlib.Path) -> None:
    first, second, *_ = _filled(tmp_path, 60)
    second.unlink()
    spool = opened(tmp_path)
    found = drained(spool)
    settled = spool.state().settled
    assert settled["gap"] == 120 - len(found) > 0
    assert reconciles(spool)
    spool.close()
    assert not first.exists()


@pytest.mark.usefixtures("small_segments")
def test_a_cursor_at_a_missing_segment_starts_at_the_next_one(tmp_path: pathlib.Path) -> None:
    first, *_ = _filled(tmp_path, 60)
    spool = opened(tmp_path)
    (taken,) = spool.take(1, MIB)
    spool.acknowledge(taken.end, {})
    spool.close()
    first.unlink()
    again = opened(tmp_path)
    found = drained(again)
    assert again.state().settled == {"acknowledged": 2 + len(found), "gap": 118 - len(found)}
    assert found[-1] == 119


@pytest.mark.parametrize("content", [b"", b"\0" * 300, b"{}"])
def test_a_lost_cursor_brings_everything_again(tmp_path: pathlib.Path, content: bytes) -> None:
    _filled(tmp_path)
    (tmp_path / FILE).write_bytes(content)
    spool = opened(tmp_path)
    assert drained(spool) == list(range(40))
    assert reconciles(spool)


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize("seed", range(30))
def test_any_damage_is_survived_and_the_sums_reconcile(tmp_path: pathlib.Path, seed: int) -> None:
    chance = seeded(seed)
    segments = _filled(tmp_path, 60)
    for _ in range(chance.randint(1, 8)):
        segment = chance.choice(segments)
        octets = bytearray(segment.read_bytes())
        at = chance.randrange(max(len(octets), 1))
        match chance.choice(("flip", "cut", "zero", "junk")):
            case "flip" if octets:
                octets[at] ^= 1 << chance.randrange(8)
            case "cut":
                del octets[at:]
            case "zero":
                octets[at : at + 200] = bytes(len(octets[at : at + 200]))
            case _:
                octets[at:at] = chance.randbytes(50)
        segment.write_bytes(octets)
    spool = opened(tmp_path)
    spool.put(record(1000))
    spool.sync()
    found = drained(spool)
    assert found == sorted(set(found))
    assert found[-1] == 1000
    assert reconciles(spool)
    assert spool.state().waiting == 0


@pytest.mark.parametrize("code", [FULL, BROKEN])
def test_a_write_that_fails_refuses_the_record_and_leaves_no_half_of_it(
    tmp_path: pathlib.Path, code: int
) -> None:
    disk, watch = FaultyDisk(), Stopwatch()
    spool = opened(tmp_path, disk, watch=watch)
    spool.put(record(0))
    disk.failing = {"write": code}
    with pytest.raises(Unavailable):
        spool.put(record(1))
    assert spool.state().trouble == os.strerror(code)
    disk.failing = {}
    with pytest.raises(Unavailable):
        spool.put(record(1))
    watch.seconds += RETRY_SECONDS
    spool.put(record(1))
    spool.sync()
    assert spool.state().trouble == ""
    assert drained(spool) == [0, 1]
    abandon(spool)
    assert opened(tmp_path).state().settled == {"acknowledged": 2}


def test_what_could_not_be_synced_is_tried_again_without_being_asked(
    tmp_path: pathlib.Path,
) -> None:
    disk, watch = FaultyDisk(), Stopwatch()
    spool = opened(tmp_path, disk, watch=watch, settings=SpoolSettings(sync_milliseconds=200))
    spool.put(record(0))
    disk.failing = {"sync": BROKEN}
    watch.seconds += 0.2
    assert spool.take(9, MIB) == []
    assert spool.state().trouble
    disk.failing = {}
    watch.seconds += RETRY_SECONDS
    assert ids(spool.take(9, MIB)) == [0]
    assert spool.state().trouble == ""


@pytest.mark.parametrize("also", ["cut", "create"])
def test_what_could_not_be_synced_goes_into_a_new_segment(
    tmp_path: pathlib.Path, also: str
) -> None:
    disk, watch = FaultyDisk(), Stopwatch()
    spool = opened(tmp_path, disk, watch=watch)
    spool.put(record(0))
    spool.sync()
    spool.put(record(1, places={"a": "1"}))
    disk.failing = {"sync": BROKEN, also: BROKEN}
    for _ in range(3):
        with pytest.raises(Unavailable):
            spool.sync()
        watch.seconds += RETRY_SECONDS
    assert drained(spool) == [0] if also == "create" else [0, 1]
    disk.failing = {}
    spool.put(record(2))
    spool.sync()
    assert spool.place("a") == "1"
    assert reconciles(spool)
    spool.close()
    again = opened(tmp_path)
    assert again.state().put == 3
    assert again.state().waiting == len(drained(again))


@pytest.mark.usefixtures("small_segments")
def test_a_full_disk_keeps_draining(tmp_path: pathlib.Path) -> None:
    disk, watch = FaultyDisk(), Stopwatch()
    spool = opened(tmp_path, disk, watch=watch)
    for number in range(60):
        spool.put(record(number, priority=Priority.ALERT))
    spool.sync()
    disk.failing = {"write": FULL, "create": FULL}
    with pytest.raises(Unavailable):
        spool.put(record(60, priority=Priority.ALERT))
    before = spool.state().octets
    found = drained(spool)
    watch.seconds += CURSOR_SECONDS
    assert spool.take(1, 1) == []
    assert found == list(range(60))
    assert spool.state().octets < before
    assert spool.state().trouble


@pytest.mark.usefixtures("small_segments")
def test_a_cursor_that_cannot_be_written_keeps_the_segments(tmp_path: pathlib.Path) -> None:
    disk, watch = FaultyDisk(), Stopwatch()
    spool = opened(tmp_path, disk, watch=watch)
    for number in range(200):
        spool.put(record(number))
    spool.sync()
    disk.failing = {"replace": BROKEN}
    watch.seconds += CURSOR_SECONDS
    segments = len(list(tmp_path.glob("*.seg")))
    assert drained(spool) == list(range(200))
    assert spool.state().trouble == os.strerror(BROKEN)
    assert len(list(tmp_path.glob("*.seg"))) == segments > 1
    disk.failing = {}
    watch.seconds += CURSOR_SECONDS
    spool.take(1, 1)
    assert spool.state().trouble == ""
    assert len(list(tmp_path.glob("*.seg"))) == 1


@pytest.fixture
def tiny_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    with small_file_system(tmp_path / "tiny") as folder:
        yield folder


def test_a_small_real_file_system_fills_drains_and_fills_again(
    tiny_disk: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.spool.writer.SEGMENT_OCTETS", 128 * 1024)
    watch = Stopwatch()
    settings = SETTINGS.model_copy(update={"sync_events": 10})
    spool = opened(tiny_disk, settings=settings, watch=watch)
    put = found = 0
    for _ in range(3):
        before = put
        with contextlib.suppress(Unavailable):
            while put < 10_000:
                text = seeded(put).randbytes(2000).hex()
                spool.put(record(put, text=text))
                put += 1
        assert spool.state().trouble == os.strerror(FULL)
        spool.sync()
        while taken := spool.take(10, MIB):
            watch.seconds += CURSOR_SECONDS
            assert ids(taken) == list(range(found, found + len(ids(taken))))
            found += len(ids(taken))
            spool.acknowledge(taken[-1].end, {})
        assert found == put > before
        watch.seconds += RETRY_SECONDS
    assert reconciles(spool)
    spool.close()
    assert opened(tiny_disk).state().settled == {"acknowledged": put}


def test_a_disk_that_one_segment_fills_has_room_again_when_all_of_it_is_settled(
    tiny_disk: pathlib.Path,
) -> None:
    watch = Stopwatch()
    spool = opened(tiny_disk, watch=watch)
    noise = [
        record(n, text=seeded(n).randbytes(9000).hex(), places={"a": str(n)}) for n in range(200)
    ]
    put = 0
    for _ in range(3):
        with contextlib.suppress(Unavailable):
            for number in range(put, 200):
                spool.put(noise[number])
                put = number + 1
        spool.sync()
        assert drained(spool)[-1] == put - 1 < 199
        watch.seconds += RETRY_SECONDS
        with pytest.raises(Unavailable, match=os.strerror(FULL)):
            spool.put(noise[put])
        for _ in range(3):
            assert spool.take(1, 1) == []
            watch.seconds += RETRY_SECONDS
    assert reconciles(spool)
    spool.close()
    assert opened(tiny_disk).place("a") == str(put - 1)


def test_octets_that_the_disk_does_not_give_back_cost_what_lay_in_them(
    tmp_path: pathlib.Path,
) -> None:
    (segment,) = _filled(tmp_path, 100)
    disk = FaultyDisk()
    spool = opened(tmp_path, disk)
    middle = segment.stat().st_size // 2
    disk.unreadable = range(middle, middle + 10)
    found = drained(spool)
    assert spool.state().settled == {"acknowledged": len(found), "damaged": 200 - len(found)}
    assert 150 < len(found) < 200
    assert reconciles(spool)
