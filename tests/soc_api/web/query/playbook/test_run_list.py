import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from situation.state.store import StateStore
from soc_api.web.query.playbook.run_list import ROWS_SHOWN, RunFilter, run_counts, run_page
from soc_api.web.query.playbook.shelf import shelf
from soc_api.web.term import Names
from tests.soc_api.web.city import NOW, add_incidents, plan
from tests.soc_api.web.playbook_world import (
    LEAK,
    UNSURE_RUN,
    WAITING_RUN,
    add_playbooks,
    add_run,
    add_runs,
)


@pytest.fixture
def session(either_state: StateStore) -> Iterator[Session]:
    """A state store with playbooks and their runs, on either database."""
    with either_state.transaction() as session:
        add_incidents(session)
        session.flush()
        ids = add_playbooks(session)
        add_runs(session, ids, drill=False)
        for rank in range(ROWS_SHOWN):
            add_run(
                session,
                f"R-2026-0301-{rank}",
                ids[f"{LEAK}-2"],
                state="succeeded",
                incident_id=None,
                ago=dt.timedelta(days=17, minutes=rank),
                ended_at=NOW,
            )
    with either_state.reading() as session:
        yield session


def test_runs_come_a_page_at_a_time_the_newest_first(session: Session) -> None:
    asked = RunFilter("all")
    first = run_page(session, asked, None, NOW)
    last = run_page(session, RunFilter("all", page=2), None, NOW)
    assert (first.total, first.pages, len(first.lines), len(last.lines)) == (55, 2, 50, 5)
    starts = [line.row.started_at for line in (*first.lines, *last.lines)]
    assert starts == sorted(starts, reverse=True)
    assert run_page(session, RunFilter("all", page=9), None, NOW).page == 2


def test_tabs_are_counted_under_the_other_filters(session: Session) -> None:
    assert run_counts(session, RunFilter(), None) == {
        "open": 3,
        "waiting": 2,
        "failed": 1,
        "ended": 51,
        "all": 55,
    }
    assert run_counts(session, RunFilter(playbook="none"), None)["all"] == 0
    assert run_counts(session, RunFilter(), "drill-none")["all"] == 0


def test_a_line_names_the_step_that_somebody_has_to_decide(session: Session) -> None:
    lines = {line.row.id: line for line in run_page(session, RunFilter(), None, NOW).lines}
    waiting, unsure = lines[WAITING_RUN], lines[UNSURE_RUN]
    assert (waiting.at_step.zh, waiting.at_state) == ("边界封禁", "approval")
    assert waiting.due
    assert waiting.due.seconds_left == 763
    assert (unsure.at_step.zh, unsure.at_state) == ("留存证据", "unsure")


def test_the_shelf_counts_what_runs_and_what_waits(session: Session) -> None:
    lines = {line.version.key: line for line in shelf(session, Names(plan()), None)}
    leak = lines[LEAK]
    assert (leak.version.number, leak.running, leak.held, leak.waiting_versions) == (2, 2, 2, 1)
    assert len(leak.runs) == 3
    assert leak.runs[0].started_at >= leak.runs[1].started_at
