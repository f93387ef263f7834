import datetime as dt

import pytest

from situation.state.store import StateStore
from situation.state.tables import Drill, MeasurePoint, PlaybookRun, ScanRun, StepRun, Task
from soc_api.jobs.catalogue import JOBS
from soc_api.web.query.desk.trouble import KINDS, Trouble, troubles
from tests.soc_api.web.city import DRILL, INCIDENT, NOW, add_incidents, plan
from tests.soc_api.web.holding import FAILED_RUN, RUN, hold, schedule, trouble


@pytest.fixture
def broken(either_state: StateStore) -> StateStore:
    with either_state.transaction() as session:
        add_incidents(session)
        hold(session)
        trouble(session)
        schedule(session)
        session.add(_failed_scan())
    return either_state


def _failed_scan() -> ScanRun:
    """Return a scan of a share that was not there."""
    return ScanRun(
        id="scan-1",
        target="share",
        location="/srv/share",
        department="示例市教育局",
        zone="internal",
        asked_by="clock",
        asked_at=NOW - dt.timedelta(hours=1),
        ended_at=NOW - dt.timedelta(minutes=50),
        state="failed",
        counts={},
        error="there is no such file or folder",
    )


def _look(
    state: StateStore, drill_id: str | None = None, now: dt.datetime = NOW
) -> dict[str, Trouble]:
    with state.reading() as session:
        found = troubles(session, now, drill_id, jobs=JOBS, scans=("share", "hr"), plan=plan())
    return {each.key: each for each in found}


def test_where_all_is_well_nothing_is_told(either_state: StateStore) -> None:
    assert _look(either_state) == {}


def test_every_kind_is_told_the_gravest_first(broken: StateStore) -> None:
    found = _look(broken)
    assert tuple(found) == KINDS
    assert found["trouble_unsure"].link == f"/playbooks/runs/{RUN}"
    assert found["trouble_undo"].names[0].zh == "未能解除边界封禁 203.0.113.77/32"
    assert found["trouble_undo"].link == f"/playbooks/runs/{RUN}"
    assert [name.zh for name in found["trouble_point"].names] == ["edge-nft"]
    assert found["trouble_run"].link == f"/playbooks/runs/{FAILED_RUN}"
    assert [name.zh for name in found["trouble_scan"].names] == ["share"]
    assert found["trouble_scan"].link == "/data/scans/scan-1"
    assert [name.en for name in found["trouble_job"].names] == ["Read the feeds of indicators"]
    assert found["trouble_job"].link == "/jobs/feeds"


def test_what_was_mended_is_told_no_more(broken: StateStore) -> None:
    with broken.transaction() as session:
        session.get_one(StepRun, "unsure").state = "done"
        session.get_one(Task, "task-undo").state = "done"
        for point in session.query(MeasurePoint):
            point.error = ""
    assert list(_look(broken)) == ["trouble_run", "trouble_scan", "trouble_job"]


def test_a_run_that_failed_stays_in_sight_for_a_day(broken: StateStore) -> None:
    assert "trouble_run" in _look(broken, now=NOW + dt.timedelta(hours=20))
    assert "trouble_run" not in _look(broken, now=NOW + dt.timedelta(hours=22))


def test_a_drill_has_its_own_troubles_and_the_city_none_of_them(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        session.add(Drill(id=DRILL, scenario="intrusion", started_at=NOW, result={}))
        hold(session, drill_id=DRILL, incident_id=INCIDENT)
        trouble(session, drill_id=DRILL)
        schedule(session)
    assert list(_look(either_state)) == ["trouble_job"]
    assert list(_look(either_state, DRILL)) == ["trouble_unsure", "trouble_undo", "trouble_run"]


def test_many_runs_are_named_in_part_and_lead_to_the_list(broken: StateStore) -> None:
    with broken.transaction() as session:
        first = session.get_one(PlaybookRun, FAILED_RUN)
        columns = {c.name: getattr(first, c.name) for c in PlaybookRun.__table__.columns}
        session.add_all(
            PlaybookRun(**(columns | {"id": f"R-{n}", "trigger_key": f"k{n}"})) for n in range(6)
        )
    found = _look(broken)["trouble_run"]
    assert (found.count, len(found.names), len(found.shown)) == (7, 7, 4)
    assert found.link == "/playbooks/runs"
