"""Logs beside a capture become events of their hosts."""

import dataclasses
import datetime as dt
import pathlib

import polars as pl
import pytest

from situation.assets import read_assets
from situation.events.dataset import LOG
from situation.events.intake import check_batch
from situation.events.store import Batch
from situation.faults import Malformed, Misconfigured
from soc_api.drills.host_log import Named, log_batches
from soc_api.drills.scenario import HostLog, read_scenario
from tests.testdata import ROOT

CITY = read_assets(ROOT / "pcaps" / "city.csv")
NOW = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
FRONT, _, WEB = read_scenario(ROOT / "pcaps", "intrusion").logs


def _batches(log: HostLog, drill_id: str | None = None) -> list[Named]:
    return list(log_batches(log, CITY, NOW, observer="desk", drill_id=drill_id))


@pytest.mark.parametrize("log", [FRONT, WEB], ids=lambda log: log.kind)
def test_every_line_is_an_event_of_its_host_and_day(log: HostLog) -> None:
    ((name, events),) = _batches(log)
    assert name == f"{log.path.stem}-000000"
    assert events.height == len(log.path.read_text(encoding="utf-8").splitlines())
    assert set(events["host.ip"]) == {log.host}
    assert set(events["citywatch.log.source"]) == {log.path.stem}
    assert set(events["citywatch.host.department"]) == {"示例市政务服务和数据管理局"}
    assert events["citywatch.log.fault"].null_count() == events.height
    day = dt.date(2026, 3, 3)
    assert set(events["@timestamp"].dt.convert_time_zone("Asia/Shanghai").dt.date()) == {day}


def test_the_refused_and_the_accepted_logins_are_told() -> None:
    ((_, events),) = _batches(FRONT)
    outcome = pl.col("event.outcome")
    strangers = events.filter(
        pl.col("event.category") == "authentication", pl.col("source.ip") == "203.0.113.77"
    )
    assert strangers.filter(outcome == "failure").height == 120
    assert strangers.filter(outcome == "success")["user.name"].to_list() == ["exchange"]


def test_a_store_takes_all_of_it_and_a_repeat_has_the_same_ids() -> None:
    for log in (FRONT, WEB):
        ((name, events),) = _batches(log)
        assert check_batch(Batch(LOG, name, events)).rejected == ()
        ((_, again),) = _batches(log)
        assert again["event.id"].to_list() == events["event.id"].to_list()
        assert events["event.id"].n_unique() == events.height


def test_events_of_a_drill_carry_its_id() -> None:
    ((_, events),) = _batches(FRONT, "drill-7")
    assert set(events["citywatch.drill.id"]) == {"drill-7"}


def test_a_kind_that_there_is_not_and_a_file_that_is_gone_are_refused(
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(Misconfigured, match="no such kind"):
        _batches(dataclasses.replace(FRONT, kind="runes"))
    with pytest.raises(Malformed, match=r"gone\.log"):
        _batches(dataclasses.replace(FRONT, path=tmp_path / "gone.log"))
