"""What was put comes out once, in order, over restarts, budgets and power cuts."""

import contextlib
import datetime as dt
import pathlib
import threading

import pytest

from sensors.record import Priority
from sensors.spool import spool as spool_module
from sensors.spool.writer import SEGMENT_OCTETS
from situation.clock import SetClock
from situation.faults import Conflict, Misconfigured, Unavailable
from situation.settings import SpoolSettings
from tests.sensors.spool.building import (
    NOW,
    SETTINGS,
    Stopwatch,
    abandon,
    drained,
    ids,
    opened,
    reconciles,
    record,
    rows,
    seeded,
)
from tests.sensors.spool.faulty import FaultyDisk

MIB = 2**20


def test_rows_come_out_as_they_were_put(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    spool.put(record(0, 3, name="given"))
    spool.put(record(3, 2, dataset="flow"))
    spool.sync()
    first, second = spool.take(1000, MIB)
    assert (first.dataset, first.name, second.dataset, second.name) == ("log", "given", "flow", "")
    assert first.frame.equals(rows(0, 3))
    assert second.frame.equals(rows(3, 2))
    assert (first.sequence, second.sequence, second.end.sequence) == (0, 3, 5)


def test_nothing_is_given_out_before_it_is_durable(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    spool.put(record(0, places={"a": "1"}))
    assert spool.take(1000, MIB) == []
    assert spool.place("a") is None
    spool.sync()
    assert ids(spool.take(1000, MIB)) == [0]
    assert spool.place("a") == "1"


def test_it_becomes_durable_by_number_and_by_time(tmp_path: pathlib.Path) -> None:
    watch = Stopwatch()
    settings = SpoolSettings(sync_events=3, sync_milliseconds=200)
    spool = opened(tmp_path, settings=settings, watch=watch)
    spool.put(record(0, 2))
    assert spool.take(1000, MIB) == []
    spool.put(record(2))
    assert ids(spool.take(1000, MIB)) == [0, 1, 2]
    spool.put(record(3))
    watch.seconds += 0.2
    assert ids(spool.take(1000, MIB)) == [3]


def test_what_was_not_acknowledged_comes_again_after_a_restart(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    for number in range(4):
        spool.put(record(number))
    spool.sync()
    taken = spool.take(1000, MIB)
    spool.acknowledge(taken[1].end, {"stored": 2})
    spool.close()
    again = opened(tmp_path)
    assert drained(again) == [2, 3]
    assert again.state().tally == {"stored": 2}
    assert again.state().settled == {"acknowledged": 4}
    assert reconciles(again)


def test_a_part_of_a_record_can_be_acknowledged(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    spool.put(record(0, 5, name="whole"))
    spool.sync()
    (taken,) = spool.take(1000, MIB)
    spool.acknowledge(taken.position_at(2), {})
    spool.close()
    again = opened(tmp_path)
    (rest,) = again.take(1000, MIB)
    assert (ids([rest]), rest.sequence, rest.name) == ([2, 3, 4], 2, "")


def test_sequences_and_names_go_on_after_a_restart(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    spool.put(record(0, 2))
    name = spool.batch_name(0, 1)
    spool.close()
    again = opened(tmp_path)
    again.put(record(2))
    again.sync()
    assert [taken.sequence for taken in again.take(1000, MIB)] == [0, 2]
    assert again.batch_name(0, 1) == name
    assert name.startswith("gate-")


def test_a_new_folder_is_a_new_epoch(tmp_path: pathlib.Path) -> None:
    early = opened(tmp_path / "early")
    late = opened(tmp_path / "late", clock=SetClock(NOW + dt.timedelta(seconds=1)))
    assert early.batch_name(0, 1) != late.batch_name(0, 1)


def test_a_second_process_is_told_that_the_spool_is_held(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    with pytest.raises(Conflict, match="another process holds"):
        opened(tmp_path)
    spool.close()
    opened(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_settings(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured):
        opened(tmp_path / "file" / "spool")


def test_places_outlive_the_segments_that_brought_them(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.spool.writer.SEGMENT_OCTETS", 4096)
    spool = opened(tmp_path, watch=_hurried())
    spool.put(record(0, places={"old": "7", "gone": "1"}))
    spool.put(record(1, places={"gone": ""}))
    for number in range(2, 40):
        spool.put(record(number, places={"new": str(number)}))
    spool.sync()
    assert drained(spool) == list(range(40))
    assert not (tmp_path / "00000001.seg").exists()
    spool.close()
    again = opened(tmp_path)
    assert [again.place(name) for name in ("old", "gone", "new")] == ["7", None, "39"]


def test_segments_are_of_about_32_mebibytes() -> None:
    assert SEGMENT_OCTETS == 32 * MIB


def _hurried() -> Stopwatch:
    class Hurried(Stopwatch):
        def __call__(self) -> float:
            self.seconds += spool_module.CURSOR_SECONDS
            return self.seconds

    return Hurried()


def test_a_record_without_rows_carries_places_alone(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path)
    spool.put(record(0, 0, places={"a": "5"}))
    spool.sync()
    assert (spool.place("a"), spool.take(1000, MIB)) == ("5", [])


@pytest.mark.parametrize(
    ("priority", "outcome"),
    [
        (Priority.SAMPLE, "shed"),
        (Priority.FLOW, "shed"),
        (Priority.METADATA, "shed"),
        (Priority.LOG, "refused"),
        (Priority.ALERT, "kept"),
    ],
)
def test_a_full_budget_sheds_refuses_or_keeps_by_priority(
    tmp_path: pathlib.Path, priority: Priority, outcome: str
) -> None:
    spool = opened(tmp_path, settings=SETTINGS.model_copy(update={"budget_mib": 1}))
    while spool.state().share < 1:
        spool.put(record(0, 5000, priority=Priority.ALERT, text=seeded(1).randbytes(400).hex()))
    before = spool.state()
    assert before.alarm
    if outcome == "refused":
        with pytest.raises(Unavailable, match="full"):
            spool.put(record(9, priority=priority))
    else:
        spool.put(record(9, 2, priority=priority))
    after = spool.state()
    assert after.shed == ({priority.name.lower(): 2} if outcome == "shed" else {})
    assert after.waiting - before.waiting == (2 if outcome == "kept" else 0)
    assert reconciles(spool)


def test_what_was_shed_is_still_counted_after_a_restart(tmp_path: pathlib.Path) -> None:
    settings = SETTINGS.model_copy(update={"budget_mib": 1})
    spool = opened(tmp_path, settings=settings)
    while spool.state().share < 1:
        spool.put(record(0, 5000, priority=Priority.ALERT, text=seeded(1).randbytes(400).hex()))
    spool.put(record(0, 3, priority=Priority.FLOW))
    spool.close()
    again = opened(tmp_path, settings=settings)
    assert again.state().shed == {"flow": 3}
    assert reconciles(again)


def test_what_may_be_shed_is_shed_for_its_age(tmp_path: pathlib.Path) -> None:
    clock = SetClock(NOW)
    spool = opened(tmp_path, clock=clock, settings=SETTINGS.model_copy(update={"oldest_hours": 1}))
    spool.put(record(0, 3, priority=Priority.FLOW))
    spool.put(record(3, 2, priority=Priority.LOG))
    clock.advance(dt.timedelta(hours=2))
    spool.put(record(5, 1, priority=Priority.FLOW))
    spool.sync()
    assert drained(spool) == [3, 4, 5]
    assert spool.state().settled == {"aged": 3, "acknowledged": 3}
    assert reconciles(spool)


def test_a_power_cut_costs_only_what_was_not_synced(tmp_path: pathlib.Path) -> None:
    for seed in range(30):
        chance, disk = seeded(seed), FaultyDisk()
        folder = tmp_path / str(seed)
        spool = opened(folder, disk)
        for number in range(10):
            spool.put(record(number, places={"a": str(number)}))
            if number == 5:
                spool.sync()
        disk.cut_power(chance)
        abandon(spool)
        again = opened(folder, disk)
        found = drained(again)
        assert found[:6] == list(range(6))
        assert found == list(range(len(found)))
        assert again.place("a") == str(len(found) - 1)
        assert reconciles(again)


def test_a_small_budget_has_room_again_once_all_is_settled(tmp_path: pathlib.Path) -> None:
    spool = opened(tmp_path, settings=SETTINGS.model_copy(update={"budget_mib": 1}))
    for first in range(0, 50_000, 5000):
        with contextlib.suppress(Unavailable):
            while True:
                spool.put(record(first, 5000, text=seeded(first).randbytes(400).hex()))
        spool.sync()
        assert spool.state().share >= 1
        drained(spool)
        assert spool.state().share == 0


def test_many_threads_put_while_one_takes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.spool.writer.SEGMENT_OCTETS", 20_000)
    spool = opened(tmp_path, settings=SpoolSettings(sync_events=7), watch=_hurried())

    def put(source: int) -> None:
        for number in range(300):
            spool.put(record(source * 1000 + number, places={str(source): str(number)}))
        spool.sync()

    threads = [threading.Thread(target=put, args=(source,)) for source in range(4)]
    for thread in threads:
        thread.start()
    found: list[int] = []
    while any(thread.is_alive() for thread in threads):
        found += drained(spool)
    found += drained(spool)
    for source in range(4):
        expected = [source * 1000 + number for number in range(300)]
        assert [number for number in found if number // 1000 == source] == expected
        assert spool.place(str(source)) == "299"
    assert spool.state().settled == {"acknowledged": 1200}
