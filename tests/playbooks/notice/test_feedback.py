"""Answers, rechecks and returns."""

import dataclasses

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.attachments import attach
from playbooks.notice.feedback import Answer, review
from playbooks.person import Person
from playbooks.text import LONGEST
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import Attachment, Delivery, Feedback, Task
from tests.playbooks.notice.desk import (
    ANALYST,
    ANSWER,
    CLERK,
    DAY,
    DEPARTMENT,
    HOUR,
    NOW,
    PLAN,
    Course,
    course_of,
)


def rounds(course: Course) -> list[Feedback]:
    wanted = sa.select(Feedback).where(Feedback.notice_id == course.notice_id)
    with course.state.reading() as session:
        return list(session.scalars(wanted.order_by(Feedback.round)))


def at_recheck(state: StateStore, **more: object) -> Course:
    course = course_of(state, **more).issued().signed()
    course.answered(NOW + HOUR)
    course.act("recheck", ANALYST, NOW + HOUR)
    return course


def test_an_answer_is_a_round_with_its_author_and_deadline(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    due = course.notice.feedback_due
    course.answered(NOW + HOUR)
    (row,) = rounds(course)
    assert (row.round, row.submitted_by, row.submitted_at) == (1, "wang", NOW + HOUR)
    assert (row.due_at, row.truth, row.verdict) == (due, "true", None)
    assert (course.notice.status, course.notice.answered_at) == ("answered", NOW + HOUR)


def test_files_sent_since_the_last_answer_go_with_it(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    with either_state.transaction() as session:
        sent = attach(
            session,
            course.notice_id,
            name="a.txt",
            media_type="text/plain",
            content="截图".encode(),
            by=CLERK,
            now=NOW,
        )
    answered = course.answered(NOW + HOUR)
    with either_state.reading() as session:
        stored = session.scalars(sa.select(Attachment)).one()
    assert (stored.id, stored.feedback_id) == (sent.id, answered.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("truth", "maybe"),
        ("measures", " "),
        ("responsible", ""),
        ("phone", ""),
        ("cause", "x" * (LONGEST + 1)),
        ("handled_at", NOW + DAY),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    either_state: StateStore, field: str, value: object
) -> None:
    course = course_of(either_state).issued().signed()
    given = Answer(**(dataclasses.asdict(ANSWER) | {field: value}))
    with pytest.raises(Malformed) as fault:
        course.answered(NOW, given)
    assert fault.value.where == field
    assert rounds(course) == []


@pytest.mark.parametrize("truth", ["false_alarm", "not_ours"])
def test_a_department_may_say_that_it_is_none_of_its_trouble(
    either_state: StateStore, truth: str
) -> None:
    course = course_of(either_state).issued().signed()
    given: Answer = dataclasses.replace(ANSWER, truth=truth, result="", handled_at=None)
    course.answered(NOW, given)
    assert rounds(course)[0].truth == truth


def test_a_recheck_that_passes_closes_the_round(either_state: StateStore) -> None:
    course = at_recheck(either_state)
    course.reviewed("passed", NOW + 2 * HOUR)
    (row,) = rounds(course)
    assert (row.verdict, row.method, row.reviewed_by) == ("passed", "papers", "chen")
    assert row.reviewed_at == NOW + 2 * HOUR
    assert course.notice.status == "passed"
    assert "pass" in _occasions(either_state)


@pytest.mark.parametrize("verdict", ["partly", "failed"])
def test_a_return_has_points_and_a_new_deadline(either_state: StateStore, verdict: str) -> None:
    course = at_recheck(either_state)
    due = NOW + 5 * DAY
    course.reviewed(verdict, NOW + 2 * HOUR, due=due)
    notice = course.notice
    assert (notice.status, notice.returns, notice.feedback_due) == ("handling", 1, due)
    assert (notice.round, notice.round_at) == (1, NOW + 2 * HOUR)
    assert rounds(course)[0].opinion == "缺截图"
    assert "return_1" in _occasions(either_state)
    course.answered(NOW + DAY)
    assert [row.round for row in rounds(course)] == [1, 2]
    assert rounds(course)[1].due_at == due


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"opinion": " "}, "opinion"),
        ({"feedback_due": None}, "feedback_due"),
        ({"feedback_due": NOW}, "feedback_due"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"method": "guess"}, "method"),
    ],
)
def test_a_return_without_points_or_date_is_refused(
    either_state: StateStore, changes: dict[str, object], where: str
) -> None:
    course = at_recheck(either_state)
    said: dict[str, object] = {
        "verdict": "failed",
        "method": "papers",
        "opinion": "缺截图",
        "feedback_due": NOW + DAY,
    }
    with pytest.raises(Malformed) as fault, either_state.transaction() as session:
        review(
            session,
            PLAN,
            course.notice_id,
            by=ANALYST,
            expected_version=course.notice.version,
            now=NOW + HOUR,
            **(said | changes),  # type: ignore[arg-type]
        )
    assert fault.value.where == where
    assert course.notice.status == "rechecking"


@pytest.mark.parametrize(
    ("by", "code"), [(CLERK, "city_only"), (Person("wang", "analyst"), "same_person")]
)
def test_neither_the_author_nor_a_department_rechecks(
    either_state: StateStore, by: Person, code: str
) -> None:
    course = at_recheck(either_state)
    with pytest.raises(Refusal) as refused:
        course.reviewed("passed", by=by)
    assert refused.value.code == code
    assert rounds(course)[0].verdict is None


def test_the_second_return_asks_for_a_decision_on_supervision(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    course.returned(NOW + HOUR, NOW + DAY)
    assert _tasks(either_state) == []
    course.returned(NOW + 2 * HOUR, NOW + DAY)
    (task,) = _tasks(either_state)
    assert (task.kind, task.object_id) == ("supervise", course.notice_id)
    assert course.notice.returns == 2


def test_once_it_passed_no_decision_on_supervision_is_left(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    course.returned(NOW + HOUR, NOW + DAY)
    course.returned(NOW + 2 * HOUR, NOW + DAY)
    course.answered(NOW + 3 * HOUR)
    course.reviewed("passed", NOW + 4 * HOUR)
    assert [task.state for task in _tasks(either_state)] == ["dropped"]


def test_a_notice_that_was_not_answered_is_not_rechecked(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    with pytest.raises(Refusal) as refused:
        course.reviewed("passed")
    assert refused.value.code == "illegal"


def test_nothing_passes_while_an_item_is_not_rectified(either_state: StateStore) -> None:
    course = at_recheck(either_state, items=["改口令"])
    with pytest.raises(Refusal) as refused:
        course.reviewed("passed")
    assert refused.value.code == "items_open"
    course.reviewed("partly", due=NOW + DAY)
    assert course.notice.status == "handling"


def _occasions(state: StateStore) -> set[str]:
    with state.reading() as session:
        rows = session.scalars(sa.select(Delivery).where(Delivery.recipient == DEPARTMENT))
        return {row.occasion for row in rows}


def _tasks(state: StateStore) -> list[Task]:
    with state.reading() as session:
        return list(session.scalars(sa.select(Task).where(Task.kind == "supervise")))
