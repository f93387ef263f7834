"""Several people, and several sweeps, at the same notice at the same time."""

import sqlalchemy as sa

from playbooks.notice import acts
from playbooks.notice.escalation.sweep import sweep_notices
from playbooks.notice.extensions import ask_extension
from situation.state.store import StateStore
from situation.state.tables import EscalationStep, Extension
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.notice.desk import (
    CLERK,
    DAY,
    HOUR,
    NOW,
    PLAN,
    course_of,
)


def test_a_notice_is_signed_for_once(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    version = course.notice.version

    def sign() -> None:
        with either_state.transaction() as session:
            acts.sign(session, PLAN, course.notice_id, by=CLERK, expected_version=version, now=NOW)

    assert together(sign) == (1, THREADS - 1)
    assert course.actions().count("notice.sign") == 1


def test_of_several_wishes_at_once_one_is_taken(either_state: StateStore) -> None:
    course = course_of(either_state).issued().signed()
    until = course.notice.feedback_due + DAY

    def ask() -> None:
        with either_state.transaction() as session:
            ask_extension(
                session, course.notice_id, until=until, reason="等补丁", by=CLERK, now=NOW
            )

    assert together(ask) == (1, THREADS - 1)
    with either_state.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Extension)) == 1


def test_sweeps_at_once_take_each_step_once(either_state: StateStore) -> None:
    courses = [course_of(either_state).issued() for _ in range(3)]

    def sweep() -> None:
        with either_state.transaction() as session:
            sweep_notices(session, PLAN, NOW + 5 * HOUR)

    together(sweep)
    with either_state.reading() as session:
        taken = session.scalars(sa.select(EscalationStep)).all()
    assert len(taken) == len({(row.notice_id, row.step) for row in taken}) == 3 * 4
    assert all(course.actions().count("notice.overdue") == 1 for course in courses)


def test_a_sweep_with_nothing_due_asks_the_database_one_question(
    either_state: StateStore,
) -> None:
    course_of(either_state).issued()
    with either_state.transaction() as session:
        sweep_notices(session, PLAN, NOW)
    asked: list[str] = []
    sa.event.listen(
        either_state.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    with either_state.transaction() as session:
        sweep_notices(session, PLAN, NOW + HOUR)
    questions = [statement for statement in asked if not statement.startswith("BEGIN")]
    assert len(questions) == 1
    assert "sweep_at" in questions[0]
