"""More time: asked for by the department, decided by the city."""

import datetime as dt

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.extensions import ask_extension, decide_extension
from playbooks.person import Person
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import Extension
from tests.playbooks.notice.desk import (
    ANALYST,
    CLERK,
    DAY,
    HOUR,
    LEAD,
    NOW,
    STRANGER,
    Course,
    course_of,
)


def asked(
    course: Course, until: dt.datetime, *, by: Person = CLERK, reason: str = "等厂商补丁"
) -> Extension:
    with course.state.transaction() as session:
        return ask_extension(
            session, course.notice_id, until=until, reason=reason, by=by, now=NOW + HOUR
        )


def decided(
    course: Course, wish: Extension, *, grant: bool, remark: str = "", by: Person = LEAD
) -> Extension:
    with course.state.transaction() as session:
        return decide_extension(
            session, wish.id, grant=grant, remark=remark, by=by, now=NOW + 2 * HOUR
        )


def states(course: Course) -> list[str]:
    with course.state.reading() as session:
        return list(session.scalars(sa.select(Extension.state).order_by(Extension.id)))


def in_hand(state: StateStore) -> Course:
    return course_of(state).issued().signed()


def test_granted_the_new_date_holds_and_a_new_round_begins(either_state: StateStore) -> None:
    course = in_hand(either_state)
    until = course.notice.feedback_due + 2 * DAY
    wish = decided(course, asked(course, until), grant=True)
    notice = course.notice
    assert (wish.state, wish.decided_by) == ("granted", "lin")
    assert (notice.feedback_due, notice.round) == (until, 1)
    assert (notice.round_at, notice.status) == (NOW + 2 * HOUR, "signed")
    line = course.audit()[-1]
    assert (line.action, line.detail["until"]) == ("notice.grant_extension", until.isoformat())


def test_refused_the_date_stays_and_the_remark_says_why(either_state: StateStore) -> None:
    course = in_hand(either_state)
    before = course.notice
    wish = asked(course, before.feedback_due + DAY)
    with pytest.raises(Refusal) as refused:
        decided(course, wish, grant=False)
    assert refused.value.code == "reason_missing"
    decided(course, wish, grant=False, remark="可先停用")
    assert (course.notice.feedback_due, course.notice.round) == (before.feedback_due, 0)
    assert states(course) == ["refused"]


def test_one_wish_at_a_time_and_the_next_after_its_decision(either_state: StateStore) -> None:
    course = in_hand(either_state)
    due = course.notice.feedback_due
    wish = asked(course, due + DAY)
    with pytest.raises(Refusal) as refused:
        asked(course, due + 2 * DAY)
    assert refused.value.code == "open_already"
    decided(course, wish, grant=True)
    asked(course, due + 2 * DAY)
    assert states(course) == ["granted", "asked"]


def test_a_wish_is_decided_once(either_state: StateStore) -> None:
    course = in_hand(either_state)
    wish = asked(course, course.notice.feedback_due + DAY)
    decided(course, wish, grant=True)
    with pytest.raises(Refusal) as refused:
        decided(course, wish, grant=False, remark="不")
    assert refused.value.code == "illegal"


@pytest.mark.parametrize("later", [dt.timedelta(), -DAY])
def test_a_date_that_is_no_later_is_refused(either_state: StateStore, later: dt.timedelta) -> None:
    course = in_hand(either_state)
    with pytest.raises(Malformed) as fault:
        asked(course, course.notice.feedback_due + later)
    assert fault.value.where == "until"


@pytest.mark.parametrize(
    ("by", "code"), [(STRANGER, "other_department"), (ANALYST, "not_department")]
)
def test_only_the_department_asks(either_state: StateStore, by: Person, code: str) -> None:
    course = in_hand(either_state)
    with pytest.raises(Refusal) as refused:
        asked(course, course.notice.feedback_due + DAY, by=by)
    assert refused.value.code == code


def test_only_the_city_decides(either_state: StateStore) -> None:
    course = in_hand(either_state)
    wish = asked(course, course.notice.feedback_due + DAY)
    for grant in (True, False):
        with pytest.raises(Refusal) as refused:
            decided(course, wish, grant=grant, remark="好", by=CLERK)
        assert refused.value.code == "city_only"
    assert states(course) == ["asked"]


def test_it_is_signed_for_before_more_time_is_asked_for(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    with pytest.raises(Refusal) as refused:
        asked(course, course.notice.feedback_due + DAY)
    assert refused.value.code == "illegal"


def test_an_answer_lets_an_undecided_wish_lapse(either_state: StateStore) -> None:
    course = in_hand(either_state)
    wish = asked(course, course.notice.feedback_due + DAY)
    course.answered(NOW + 2 * HOUR)
    assert states(course) == ["lapsed"]
    with pytest.raises(Refusal):
        decided(course, wish, grant=True)


@pytest.mark.parametrize("act", ["revoke", "reassign"])
def test_the_end_of_a_notice_lets_an_undecided_wish_lapse(
    either_state: StateStore, act: str
) -> None:
    course = in_hand(either_state)
    asked(course, course.notice.feedback_due + DAY)
    more = {"department": "示例市交通局"} if act == "reassign" else {}
    course.act(act, LEAD, NOW + 2 * HOUR, reason="移交", **more)
    assert states(course) == ["lapsed"]


def test_a_wish_that_is_none_is_a_conflict(either_state: StateStore) -> None:
    with pytest.raises(Conflict, match="no such wish"), either_state.transaction() as session:
        decide_extension(session, 7, grant=True, remark="", by=LEAD, now=NOW)


def test_asking_leaves_the_version_of_the_notice(either_state: StateStore) -> None:
    course = in_hand(either_state)
    before = course.notice.version
    asked(course, course.notice.feedback_due + DAY)
    assert course.notice.version == before
