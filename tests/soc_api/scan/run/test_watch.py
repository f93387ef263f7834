"""Whether the scans keep going: what of a target's runs has to be looked at."""

import datetime as dt

import pytest

from playbooks.plan.document import load_plan
from situation.settings import Settings
from situation.state.store import StateStore
from situation.state.tables import Job, ScanRun
from soc_api.jobs.catalogue import jobs_of
from soc_api.scan.run.watch import ScanState, scan_states

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SETTINGS = Settings.model_validate(
    {"scans": {"hr": {"url": "/srv/hr"}, "share": {"url": "/srv/share", "at": "0 * * * *"}}}
)


def _look(state: StateStore) -> dict[str, ScanState]:
    jobs = jobs_of(SETTINGS)
    with state.reading() as session:
        states = scan_states(session, SETTINGS.scans, jobs, load_plan(), NOW)
    return {each.target: each for each in states}


def _run(target: str = "share", hours: float = 1, /, **fields: object) -> ScanRun:
    known: dict[str, object] = {
        "id": f"{target}-{hours}",
        "target": target,
        "location": f"/srv/{target}",
        "department": "",
        "zone": "internal",
        "asked_by": "clock",
        "asked_at": NOW - hours * HOUR,
        "started_at": NOW - hours * HOUR,
        "counts": {},
    }
    return ScanRun(**{**known, **fields})


def _add(state: StateStore, *rows: object) -> None:
    with state.transaction() as session:
        session.add_all(rows)


def test_what_was_never_scanned_is_no_fault(either_state: StateStore) -> None:
    found = _look(either_state)
    assert [(one.age, one.fault) for one in found.values()] == [(None, ""), (None, "")]


def test_the_age_is_that_of_the_last_whole_scan(either_state: StateStore) -> None:
    whole = _run("share", 2, state="done", ended_at=NOW - HOUR)
    _add(either_state, whole, _run("share", 0.5, state="stopped", ended_at=NOW))
    share = _look(either_state)["share"]
    assert (share.age, share.fault) == (HOUR, "")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"state": "failed", "ended_at": NOW, "error": "no such folder"}, "failed"),
        ({"state": "resting", "error": "connection refused"}, "away"),
        ({"state": "running", "lease_until": NOW - HOUR}, "lost"),
        ({"state": "resting"}, ""),
        ({"state": "running", "lease_until": NOW}, ""),
    ],
)
def test_the_newest_run_tells_what_is_wrong(
    either_state: StateStore, fields: dict[str, object], fault: str
) -> None:
    before = _run("hr", 3, state="failed", ended_at=NOW - 2 * HOUR, error="no such folder")
    _add(either_state, before, _run("hr", **fields))
    assert _look(either_state)["hr"].fault == fault


def test_a_target_without_a_whole_scan_for_two_of_its_slots_is_late(
    either_state: StateStore,
) -> None:
    _add(either_state, _run("share", 6, state="done", ended_at=NOW - 5 * HOUR))
    share = _look(either_state)["share"]
    assert (share.fault, share.since) == ("late", NOW - 5 * HOUR)


def test_a_paused_one_and_one_that_is_under_way_are_not_late(either_state: StateStore) -> None:
    _add(either_state, _run("share", 6, state="done", ended_at=NOW - 5 * HOUR))
    _add(either_state, run := _run("share", 0.1, state="running", seen=7, lease_until=NOW))
    assert _look(either_state)["share"].fault == ""
    with either_state.transaction() as session:
        session.delete(session.get_one(ScanRun, run.id))
        session.add(Job(name="scan-share", laid_until=NOW, paused_at=NOW, paused_by="zhou"))
    assert _look(either_state)["share"].fault == ""


def test_a_scan_by_hand_is_not_watched(either_state: StateStore) -> None:
    _add(either_state, _run("/home/wang", 1, state="failed", ended_at=NOW, error="no such folder"))
    assert list(_look(either_state)) == ["hr", "share"]
