"""What the jobs do: each with the real parts, harmless to repeat."""

import datetime as dt
import json
import os
import pathlib
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import polars as pl
import pytest
import sqlalchemy as sa

from playbooks.incident.duties import PROGRESS
from playbooks.schedule.claim import Slot
from playbooks.schedule.job import JobRow
from situation.clock import SetClock
from situation.events.parquet.folder import Folder
from situation.events.store import Batch
from situation.faults import Malformed, Misconfigured, Unavailable
from situation.fields import frame_schema
from situation.settings import Settings
from situation.state.tables import (
    Drill,
    Incident,
    Indicator,
    Notice,
    RunningClock,
    ScanRun,
    Task,
)
from soc_api.jobs import catalogue
from soc_api.jobs.catalogue import JOBS, jobs_of
from soc_api.jobs.report import FOLDER, KEPT_WEEKS
from soc_api.jobs.sweep import sweep
from soc_api.jobs.upkeep import BROKEN
from soc_api.jobs.work import WORK, do
from soc_api.wiring import City, open_city
from tests.playbooks.schedule.timetable import local, on_duty
from tests.soc_api.web.city import INCIDENT, NOW, settle
from tests.soc_api.web.department import HOUSING, add_people, issued

SCENARIO = "quiet-day"
LATER = NOW + dt.timedelta(days=9)
SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
OLD_NS = 20_000 * DAY_NS
"""2024-10-04."""


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    feeds = {"city": {"type": "csv", "path": str(tmp_path / "city.csv")}}
    store = {"folder": tmp_path, "retention_days": {"flow": 30}}
    return Settings.model_validate({"store": store, "feeds": feeds})


@pytest.fixture
def city(settings: Settings) -> Iterator[City]:
    with open_city(settings, SetClock(NOW)) as opened:
        settle(opened.state, opened.events)
        add_people(opened.state)
        yield opened


def _do(city: City, row: JobRow, at: dt.datetime | None = None) -> dict[str, int]:
    slot = Slot(1, row, at or city.clock.now(), "clock", "worker", 1)
    return dict(WORK[row.name](city, slot))


def test_each_job_of_the_list_has_its_work_and_a_name_of_its_own() -> None:
    names = [row.name for row in JOBS]
    assert sorted(names) == sorted(WORK)
    assert len(set(names)) == len(names)
    assert all(row.zh and row.en for row in JOBS)


def test_what_ran_out_is_marked_by_the_next_sweep_and_once(city: City) -> None:
    key = issued(city.state)
    assert isinstance(city.clock, SetClock)
    assert sweep(city).overdue == 0
    city.clock.advance(LATER - NOW)
    swept = sweep(city)
    assert (swept.overdue, swept.clocks_missed > 0) == (1, True)
    again = sweep(city)
    assert (again.overdue, again.clocks_missed, again.steps) == (0, 0, 0)
    with city.state.reading() as session:
        assert session.get_one(Notice, key).overdue_at == LATER
        incident = session.get_one(Incident, INCIDENT)
        states = session.scalars(
            sa.select(RunningClock.state).where(RunningClock.incident_id == incident.id)
        )
        assert "missed" in set(states)


def test_a_response_is_asked_for_its_progress(city: City) -> None:
    with city.state.transaction() as session:
        incident = session.get_one(Incident, INCIDENT)
        incident.stage, incident.level = "responding", 3
    sweep(city)
    with city.state.reading() as session:
        asked = sa.select(Task.due_at).where(Task.kind == PROGRESS, Task.object_id == INCIDENT)
        assert session.scalars(asked).all() == [NOW + dt.timedelta(hours=4)]


def test_days_of_heightened_duty_ask_for_their_report_and_the_forced_response(
    settings: Settings,
) -> None:
    plan = on_duty(("2026-03-03 08:00", "2026-03-05 09:00"))
    period = plan.heightened[0].model_copy(
        update={"daily_report_time": dt.time(17), "forced_warning": "red"}
    )
    plan = plan.model_copy(update={"heightened": (period,)})
    with open_city(settings, SetClock(local("2026-03-03 12:00"))) as opened:
        city = replace(opened, plan=plan)
        first, again = _do(city, catalogue.DUTY), _do(city, catalogue.DUTY)
        assert first == again
        assert first["tasks"] > 1
        with city.state.reading() as session:
            count = session.scalar(sa.select(sa.func.count()).select_from(Task))
        assert count == first["tasks"]


def test_a_drill_of_the_settings_is_a_job_and_runs_its_scenario(
    settings: Settings, tmp_path: pathlib.Path
) -> None:
    drills = {"spring": {"scenario": SCENARIO, "at": "30 9 1 4 *"}}
    own = Settings.model_validate({"store": {"folder": tmp_path}, "drills": drills})
    assert jobs_of(settings) == JOBS
    row = jobs_of(own)[-1]
    assert (row.name, row.days, str(row.timing)) == ("drill-spring", "working", "30 9 1 4 *")
    with open_city(own, SetClock(NOW)) as city:
        slot = Slot(1, row, NOW, "clock", "worker", 1)
        counts = do(city, slot)
        with city.state.reading() as session:
            drill = session.scalars(sa.select(Drill)).one()
    assert (drill.scenario, drill.finished_at) == (SCENARIO, NOW)
    assert sum(counts.values()) == counts["found"]


def test_a_drill_at_a_weekday_by_number_is_refused() -> None:
    drills = {"weekly": {"scenario": SCENARIO, "at": "30 9 * * 1"}}
    with pytest.raises(Misconfigured, match="a weekday is mon"):
        jobs_of(Settings.model_validate({"drills": drills}))


def test_the_day_is_tallied_though_nothing_was_scanned(city: City) -> None:
    assert _do(city, catalogue.TALLY) == {"rows": 0}


def test_a_scan_of_the_settings_is_a_job_that_asks_for_it_once(tmp_path: pathlib.Path) -> None:
    scans = {
        "share": {
            "url": str(tmp_path),
            "at": "30 1 * * *",
            "days": "off",
            "department": "市教育局",
        },
        "by-hand": {"url": str(tmp_path)},
    }
    own = Settings.model_validate({"store": {"folder": tmp_path}, "scans": scans})
    (row,) = (job for job in jobs_of(own) if job not in JOBS)
    assert (row.name, row.days, str(row.timing)) == ("scan-share", "off", "30 1 * * *")
    with open_city(own, SetClock(NOW)) as city:
        slot = Slot(1, row, NOW, "clock", "worker", 1)
        assert do(city, slot) == {"asked": 1}
        assert do(city, slot) == {"under way": 1}
        with city.state.reading() as session:
            run = session.scalars(sa.select(ScanRun)).one()
    assert (run.target, run.state, run.asked_by) == ("share", "waiting", "clock")
    assert run.department == "市教育局"


def _write(city: City, name: str, at: int) -> None:
    rows = {"@timestamp": [at], "event.id": [name]}
    frame = pl.DataFrame(rows).cast(dict(frame_schema(tuple(rows)).items()))
    city.events.write(Batch("flow", name, frame))


def test_days_that_are_kept_no_longer_are_dropped(city: City) -> None:
    _write(city, "old", OLD_NS)
    gone = _do(city, catalogue.RETENTION)
    assert (gone["days"], gone["documents"]) == (1, 1)
    assert _do(city, catalogue.RETENTION) == {"days": 0, "documents": 0, "octets": 0}


def test_small_files_of_the_store_are_merged(city: City, settings: Settings) -> None:
    day = int(NOW.timestamp()) * SECOND_NS - 10 * DAY_NS
    for number in range(3):
        _write(city, f"b{number}", day + number)
    folder = Folder(settings.store.folder / "events", "flow")
    before = len(folder.segments())
    assert _do(city, catalogue.COMPACTION)["segments"] > 0
    assert len(folder.segments()) < before
    assert _do(city, catalogue.COMPACTION) == {"segments": 0}


def test_a_whole_audit_is_proved_and_a_broken_one_becomes_a_task_once(city: City) -> None:
    whole = _do(city, catalogue.PROOF)
    assert (whole["breaches"], whole["lines"] > 0) == (0, True)
    with city.state.engine.begin() as connection:
        for trigger in _triggers(connection):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql("UPDATE audit_line SET actor = 'nobody' WHERE number = 2")
    assert _do(city, catalogue.PROOF)["breaches"] > 0
    assert _do(city, catalogue.PROOF)["breaches"] > 0
    with city.state.reading() as session:
        broken = session.scalars(sa.select(Task).where(Task.kind == BROKEN)).all()
    assert [(task.object_kind, task.state) for task in broken] == [("audit", "open")]


def _triggers(connection: sa.Connection) -> list[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    return list(connection.exec_driver_sql(named).scalars())


def test_each_week_has_its_report_and_very_old_ones_go(city: City, settings: Settings) -> None:
    issued(city.state)
    folder = settings.store.folder / FOLDER
    folder.mkdir()
    kept, gone = folder / "notices-2025-W09.xlsx", folder / "notices-2024-W01.xlsx"
    kept.touch()
    gone.touch()
    (folder / "of people.xlsx").touch()
    monday = NOW + dt.timedelta(days=7 - NOW.astimezone().weekday())
    assert _do(city, catalogue.REPORT, monday) == {"departments": 1, "dropped": 1}
    assert _do(city, catalogue.REPORT, monday) == {"departments": 1, "dropped": 0}
    year, week, _ = (monday - dt.timedelta(days=7)).isocalendar()
    written = folder / f"notices-{year}-W{week:02d}.xlsx"
    assert {path.name for path in folder.iterdir()} == {written.name, kept.name, "of people.xlsx"}
    cells = [str(cell) for row in openpyxl.load_workbook(written).active.values for cell in row]
    assert any(HOUSING in cell for cell in cells)
    assert any("scheduled job" in cell for cell in cells)
    assert KEPT_WEEKS > 104


def test_a_folder_that_cannot_be_written_is_waited_for(city: City, settings: Settings) -> None:
    (settings.store.folder / FOLDER).write_text("in the way")
    with pytest.raises(Unavailable):
        _do(city, catalogue.REPORT)


def test_feeds_are_read_and_a_broken_one_keeps_no_other_away(
    city: City, settings: Settings, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "city.csv").write_text("kind,value\ndomain,bad.example\ndomain,nowhere\n")
    at = NOW.timestamp()
    os.utime(tmp_path / "city.csv", (at, at))
    counts = _do(city, catalogue.FEEDS)
    assert {key: n for key, n in counts.items() if n} == {"new": 1, "skipped value": 1}
    (tmp_path / "broken.json").write_text(json.dumps([]))
    feeds = {
        "broken": {"type": "stix", "path": str(tmp_path / "broken.json")},
        "away": {"type": "csv", "path": str(tmp_path / "away.csv")},
        "city": settings.feeds["city"].model_dump(),
    }
    faulty = settings.model_copy(update={"feeds": Settings.model_validate({"feeds": feeds}).feeds})
    city = replace(city, settings=faulty)
    with pytest.raises(Malformed, match=r"feeds.broken.*feeds.away"):
        _do(city, catalogue.FEEDS)
    with city.state.reading() as session:
        assert [row.value for row in session.scalars(sa.select(Indicator))] == ["bad.example"]
