import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from playbooks.notice.machine import NOTICE
from situation.state.store import StateStore
from situation.state.tables import Notice
from soc_api.web.query import due as query
from soc_api.web.query.due import RECHECK_LIMIT, STEPS, Due, next_step_of, step_of
from soc_api.web.text import Text

START = dt.datetime(2026, 3, 17, 17, 38, tzinfo=dt.UTC)


def _due(limit: dt.timedelta, passed: dt.timedelta) -> Due:
    return Due(
        what=Text("首次报告", "First report"),
        addressee=Text("省级网信部门", "provincial office"),
        clause="《办法》4",
        started_at=START,
        due_at=START + limit,
        met_at=None,
        state="running",
        link="/incidents/1",
        document="SJ-1",
        level=3,
        now=START + passed,
    )


@pytest.mark.parametrize(
    ("limit", "passed", "tone"),
    [
        (240, 0, ""),
        (240, 209, ""),
        (240, 211, "soon"),
        (60, 44, ""),
        (60, 46, "soon"),
        (60, 60, "soon"),
        (60, 61, "late"),
    ],
)
def test_close_begins_at_the_smaller_of_half_an_hour_and_a_quarter(
    limit: int, passed: int, tone: str
) -> None:
    assert _due(dt.timedelta(minutes=limit), dt.timedelta(minutes=passed)).tone == tone


def test_a_clock_that_was_met_is_neither_close_nor_over() -> None:
    due = _due(dt.timedelta(minutes=60), dt.timedelta(minutes=90))
    assert dataclasses.replace(due, met_at=START + dt.timedelta(minutes=10)).tone == "met"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_share_used_stays_between_nothing_and_all(limit: int, passed: int) -> None:
    due = _due(dt.timedelta(seconds=limit), dt.timedelta(seconds=passed))
    assert 0 <= due.used <= 100
    assert due.used == 100 or due.seconds_left > 0


def test_a_clock_is_named_by_addressee_and_a_notice_by_its_number() -> None:
    due = _due(dt.timedelta(hours=4), dt.timedelta())
    assert due.headline == Text("省级网信部门 首次报告", "First report, provincial office")
    notice = dataclasses.replace(due, clause="", what=Text("签收", "Sign for"))
    assert notice.headline == Text("签收 SJ-1", "Sign for SJ-1")


HOUR = dt.timedelta(hours=1)
WAITS_FOR_NOBODY = NOTICE.terminal | {"passed"}


def _notice(status: str, *, number: int = 1, ago: dt.timedelta = HOUR) -> Notice:
    at = START - ago
    return Notice(
        id=f"{status}-{number}",
        number=f"N-{status}-{number}",
        department="市水务局",
        contact="",
        level=3,
        title_zh="",
        title_en="",
        fields={},
        receipt_due=at + 2 * HOUR,
        feedback_due=at + 24 * HOUR,
        status=status,
        issued_at=at,
        answered_at=at if status in ("answered", "rechecking") else None,
        created_at=at,
        updated_at=at,
    )


@pytest.mark.parametrize(
    ("status", "what", "left"),
    [
        ("draft", "签发", HOUR),
        ("triage", "签发", HOUR),
        ("graded", "签发", HOUR),
        ("sign_off", "签发", HOUR),
        ("issued", "签收", HOUR),
        ("signed", "反馈", 23 * HOUR),
        ("handling", "反馈", 23 * HOUR),
        ("answered", "复核", 23 * HOUR),
        ("rechecking", "复核", 23 * HOUR),
    ],
)
def test_what_is_due_of_a_notice_follows_from_its_state(
    status: str, what: str, left: dt.timedelta
) -> None:
    due = next_step_of(_notice(status), START)
    assert due is not None
    assert (due.what.zh, due.seconds_left) == (what, left.total_seconds())


@pytest.mark.parametrize("status", sorted(WAITS_FOR_NOBODY))
def test_what_passed_or_ended_is_owed_by_nobody(status: str) -> None:
    assert next_step_of(_notice(status), START) is None


def test_every_state_of_the_machine_has_a_step_or_waits_for_nobody() -> None:
    stepped = {status for step in STEPS for status in step.statuses}
    assert stepped | WAITS_FOR_NOBODY == NOTICE.states
    assert not stepped & WAITS_FOR_NOBODY


def test_only_what_is_owed_runs_and_the_nearest_is_the_first(either_state: StateStore) -> None:
    rows = [_notice(status) for status in sorted(NOTICE.states)]
    with either_state.transaction() as session:
        session.add_all(rows)
        session.add(_notice("issued", number=2, ago=5 * HOUR))
    with either_state.reading() as session:
        found = query.running(session, None, START)
        first = query.nearest(session, None, START)
        assert not query.running(session, "drill-1", START)
        assert query.nearest(session, "drill-1", START) is None
    assert len(found) == 10
    assert found[0].document == "N-issued-2"
    assert first == found[0]
    assert [due.due_at for due in found] == sorted(due.due_at for due in found)


def test_overdue_is_what_its_step_says(either_state: StateStore) -> None:
    long_ago, now = START - 30 * HOUR, START
    with either_state.transaction() as session:
        session.add_all(_notice(status) for status in sorted(NOTICE.states))
        late = [_notice(status, number=2, ago=30 * HOUR) for status in sorted(NOTICE.states)]
        session.add_all(late)
    with either_state.reading() as session:
        found = session.scalars(sa.select(Notice).where(query.overdue(now))).all()
    assert {row.id for row in found} == {row.id for row in late if step_of(row)}
    assert all(row.created_at == long_ago for row in found)
    assert dt.timedelta(days=1) == RECHECK_LIMIT


def test_a_returned_notice_owes_its_answer_again() -> None:
    notice = _notice("handling")
    notice.signed_at, notice.answered_at = START, START
    receipt, feedback = query.deadlines_of(notice, START)
    assert (receipt.met_at, feedback.met_at) == (START, None)
    notice.status = "passed"
    assert query.deadlines_of(notice, START)[1].met_at == START
