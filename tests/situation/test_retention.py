"""What retention plans and drops."""

import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from situation.events.store import HeldDay, Query
from situation.faults import Misconfigured
from situation.retention import drop, expiries, preview
from tests.situation.events import made

TODAY = dt.date(2026, 3, 10)


def days(*ages: int) -> tuple[HeldDay, ...]:
    """Days of 5 documents and 100 octets, so many days before today."""
    return tuple(HeldDay(TODAY - dt.timedelta(days=age), 5, 100) for age in ages)


def test_today_and_so_many_days_before_it_are_kept() -> None:
    (found,) = expiries({"flow": days(9, 8, 7, 0)}, {"flow": 7}, TODAY)
    assert (found.dataset, found.before) == ("flow", dt.date(2026, 3, 3))
    assert [day.day for day in found.days] == [dt.date(2026, 3, 1), dt.date(2026, 3, 2)]
    assert (found.documents, found.octets) == (10, 200)


def test_a_dataset_without_a_row_is_kept_for_good() -> None:
    assert expiries({"alert": days(4000)}, {"flow": 7}, TODAY) == ()


def test_drills_follow_their_own_row_unless_they_are_named() -> None:
    held = {"drill-a-flow": days(5), "drill-b-flow": days(5), "flow": days(5)}
    found = expiries(held, {"drill": 3, "drill-b-flow": 30, "flow": 30}, TODAY)
    assert [expiry.dataset for expiry in found] == ["drill-a-flow"]


def test_a_dataset_called_like_the_row_of_drills_is_named_by_it() -> None:
    found = expiries({"drill": days(5), "drilling": days(5)}, {"drill": 3}, TODAY)
    assert [expiry.dataset for expiry in found] == ["drill"]


def test_days_to_come_and_endless_retention_drop_nothing() -> None:
    assert expiries({"flow": days(-90_000, 700_000)}, {"flow": 10**12}, TODAY) == ()


def test_all_rows_that_keep_nothing_are_refused_at_once() -> None:
    with pytest.raises(Misconfigured, match="dns keeps 0 days; flow keeps -1 days"):
        expiries({}, {"dns": 0, "flow": -1, "log": 1}, TODAY)


@given(st.lists(st.integers(-50, 50), unique=True), st.integers(1, 60))
def test_what_expires_and_what_stays_are_all_days(ages: list[int], kept: int) -> None:
    found = expiries({"flow": days(*ages)}, {"flow": kept}, TODAY)
    gone = {day.day for expiry in found for day in expiry.days}
    assert gone == {TODAY - dt.timedelta(days=age) for age in ages if age > kept}


def test_a_preview_changes_nothing_and_is_what_is_dropped(tmp_path: pathlib.Path) -> None:
    store = ParquetStore(tmp_path / "events", SystemClock())
    store.setup()
    for dataset in ("flow", "log", "drill-1-log"):
        for day in (1, 2, 3):
            at = f"2026-03-0{day}T05:00:00.000000000Z"
            store.write(made.batch([{"@timestamp": at, "event.id": "a"}], dataset, str(day)))
    table = {"flow": 8, "drill": 7}
    planned = preview(store, table, TODAY)
    assert preview(store, table, TODAY) == planned
    assert drop(store, table, TODAY) == planned
    assert [(e.dataset, e.documents) for e in planned] == [("drill-1-log", 2), ("flow", 1)]
    assert drop(store, table, TODAY) == ()
    counts = {name: store.count(Query(name, made.START, made.END)) for name in store.datasets()}
    assert counts == {"drill-1-log": 1, "flow": 2, "log": 3}
    store.close()
