"""The sweep: overdue marks, reminders and the chain, each once."""

import datetime as dt
import pathlib

import sqlalchemy as sa

from playbooks.notice.escalation.chain import chain_level, pending
from playbooks.notice.escalation.sweep import AT_ONCE, Swept, sweep_notices
from playbooks.notice.extensions import ask_extension, decide_extension
from playbooks.notice.form import text_of
from situation.clock import CITY_ZONE
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Delivery, EscalationStep, Notice, Task
from tests.playbooks.notice.desk import (
    ANALYST,
    CLERK,
    DAY,
    DEPARTMENT,
    HOUR,
    LEAD,
    MINUTE,
    NOW,
    PLAN,
    SUPERIOR,
    Course,
    course_of,
    furnish,
)

SECOND = dt.timedelta(seconds=1)


def swept(state: StateStore, now: dt.datetime) -> Swept:
    with state.transaction() as session:
        return sweep_notices(session, PLAN, now)


def told(state: StateStore) -> list[tuple[str, str, str]]:
    """Occasion, channel and recipient of what was sent after the issue."""
    later = sa.select(Delivery).where(Delivery.occasion != "issue")
    with state.reading() as session:
        rows = session.scalars(later.order_by(Delivery.created_at, Delivery.channel)).all()
    return [(row.occasion, row.channel, row.recipient) for row in rows]


def steps(state: StateStore) -> list[tuple[str, int]]:
    with state.reading() as session:
        rows = session.scalars(sa.select(EscalationStep).order_by(EscalationStep.id)).all()
    return [(row.step, row.round) for row in rows]


def tasks(state: StateStore, kind: str = "supervise") -> list[Task]:
    wanted = sa.select(Task).where(Task.kind == kind).order_by(Task.opened_at)
    with state.reading() as session:
        return list(session.scalars(wanted))


def test_a_sweep_right_after_the_issue_finds_nothing_to_do(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    assert swept(either_state, NOW) == Swept(looked=1)
    assert swept(either_state, NOW + SECOND) == Swept()
    assert course.notice.sweep_at == NOW + 2 * HOUR


def test_half_of_the_time_for_signing_reminds_the_liaison_once(either_state: StateStore) -> None:
    furnish(either_state)
    course_of(either_state).issued()
    for after in (HOUR, 2 * HOUR, 2 * HOUR + SECOND, 2 * HOUR + MINUTE):
        swept(either_state, NOW + after)
    assert told(either_state) == [
        ("receipt_half_0", "mail", f"{DEPARTMENT}/王联络"),
        ("receipt_half_0", "portal", DEPARTMENT),
    ]
    assert steps(either_state) == [("receipt_half", 0)]


def test_signed_for_it_stops_the_chain_of_the_receipt(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    course.signed(NOW + HOUR)
    swept(either_state, NOW + 5 * HOUR)
    assert steps(either_state) == []


def test_the_last_moment_is_in_time_and_the_next_second_is_not(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    due = course.notice.receipt_due
    swept(either_state, due)
    assert course.notice.overdue_at is None
    assert swept(either_state, due + SECOND).overdue == 1
    assert course.notice.overdue_at == due + SECOND
    assert swept(either_state, due + 2 * SECOND).overdue == 0
    assert course.actions().count("notice.overdue") == 1


def test_nobody_is_told_that_it_is_late_at_the_last_moment(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    due = course.notice.receipt_due
    swept(either_state, due)
    assert ("receipt_overdue", 0) not in steps(either_state)
    swept(either_state, due + SECOND)
    assert ("receipt_overdue", 0) in steps(either_state)


def test_an_overdue_mark_makes_no_new_version(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    before = course.notice.version
    swept(either_state, NOW + 5 * HOUR)
    assert course.notice.version == before
    course.act("sign", CLERK, NOW + 6 * HOUR)
    assert course.notice.overdue_at is None


def test_unsigned_it_goes_up_to_the_head_and_then_to_the_duty_lead(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course_of(either_state).issued()
    for hours in (2, 3, 4, 5, 8, 9):
        swept(either_state, NOW + hours * HOUR)
    assert [step for step, _ in steps(either_state)] == [
        "receipt_half",
        "receipt_call",
        "receipt_overdue",
        "receipt_head",
        "receipt_supervise",
    ]
    heads = [one for one in told(either_state) if one[2].endswith("李局长")]
    assert heads == [("receipt_head_0", "mail", f"{DEPARTMENT}/李局长")]
    (task,) = tasks(either_state)
    assert (task.state, task.object_kind) == ("open", "notice")


def test_after_a_rest_of_the_platform_nobody_is_reminded_twice_of_the_same(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course_of(either_state).issued()
    swept(either_state, NOW + 4 * HOUR + MINUTE)
    assert [step for step, _ in steps(either_state)] == [
        "receipt_half",
        "receipt_call",
        "receipt_overdue",
    ]
    reminders = {occasion for occasion, _, _ in told(either_state)}
    assert reminders == {"receipt_call_0", "receipt_overdue_0"}


def test_reminders_of_mild_notices_wait_for_the_morning(either_state: StateStore) -> None:
    evening = dt.datetime(2026, 3, 3, 13, 0, tzinfo=dt.UTC)
    mild = course_of(either_state, level=4, hazard_level="critical").issued(evening)
    grave = course_of(either_state, level=2, hazard_level="critical").issued(evening)
    swept(either_state, evening + 2 * HOUR)
    with either_state.reading() as session:
        reminded = set(session.scalars(sa.select(EscalationStep.notice_id)))
    assert reminded == {grave.notice_id}
    swept(either_state, dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC))
    with either_state.reading() as session:
        reminded = set(session.scalars(sa.select(EscalationStep.notice_id)))
    assert mild.notice_id in reminded


def test_the_head_of_a_department_is_not_called_at_night_for_a_mild_notice(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course = course_of(either_state, level=4, hazard_level="low").issued()
    night = course.notice.receipt_due + 4 * HOUR
    assert night.astimezone(CITY_ZONE).hour == 22
    swept(either_state, night + MINUTE)
    assert ("receipt_head", 0) not in steps(either_state)
    swept(either_state, night + 9 * HOUR + 30 * MINUTE)
    assert ("receipt_head", 0) in steps(either_state)


def test_an_extension_begins_the_chain_anew(either_state: StateStore) -> None:
    course = course_of(either_state, hazard_level="critical").issued().signed()
    swept(either_state, NOW + 13 * HOUR)
    until = NOW + 3 * DAY
    with either_state.transaction() as session:
        wish = ask_extension(
            session, course.notice_id, until=until, reason="等补丁", by=CLERK, now=NOW + 14 * HOUR
        )
    with either_state.transaction() as session:
        decide_extension(session, wish.id, grant=True, remark="", by=LEAD, now=NOW + 15 * HOUR)
    swept(either_state, NOW + 2 * DAY)
    assert [one for one in steps(either_state) if one[0] == "feedback_half"] == [
        ("feedback_half", 0),
        ("feedback_half", 1),
    ]


def test_returned_twice_and_overdue_it_is_put_under_supervision_of_the_superior(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course = course_of(either_state, hazard_level="critical").issued().signed()
    course.returned(NOW + 2 * HOUR, due=NOW + DAY)
    course.returned(NOW + 4 * HOUR, due=NOW + 2 * DAY)
    assert course.notice.returns == 2
    assert [task.state for task in tasks(either_state)] == ["open"]
    assert swept(either_state, NOW + 2 * DAY).supervised == 0
    late = NOW + 2 * DAY + SECOND
    done = swept(either_state, late)
    assert (done.overdue, done.supervised) == (1, 1)
    notice = course.notice
    assert (notice.returns, notice.overdue_at, notice.supervised_at) == (2, late, late)
    with either_state.reading() as session:
        child = session.scalars(sa.select(Notice).where(Notice.parent_id == notice.id)).one()
    assert (child.kind, child.department, child.status) == ("supervision", SUPERIOR, "sign_off")
    assert "反馈被退回 2 次" in text_of(child.fields["course"])
    assert [task.state for task in tasks(either_state)] == ["done"]
    assert swept(either_state, late + HOUR).supervised == 0
    Course(either_state, child.id).act("issue", ANALYST, late + HOUR)
    assert course.actions().count("notice.return") == 2


def test_a_second_return_raises_the_chain_by_a_level() -> None:
    assert chain_level(Notice(level=3, returns=1)) == 3
    assert chain_level(Notice(level=3, returns=2)) == 2
    assert chain_level(Notice(level=1, returns=2)) == 1


def test_a_sweep_that_was_rolled_back_is_done_again(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    with either_state.transaction() as session:
        sweep_notices(session, PLAN, NOW + 5 * HOUR)
        session.rollback()
    assert steps(either_state) == []
    assert swept(either_state, NOW + 5 * HOUR).overdue == 1
    assert course.notice.overdue_at is not None


def test_a_restart_loses_nothing_and_repeats_nothing(tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    state = open_state_store(url)
    course_of(state).issued()
    swept(state, NOW + 2 * HOUR)
    state.close()
    again = open_state_store(url)
    swept(again, NOW + 2 * HOUR + SECOND)
    assert steps(again) == [("receipt_half", 0)]
    swept(again, NOW + 3 * HOUR)
    assert steps(again) == [("receipt_half", 0), ("receipt_call", 0)]
    again.close()


def test_nothing_is_looked_for_once_a_notice_is_answered_or_closed(
    either_state: StateStore,
) -> None:
    course = course_of(either_state).issued().signed()
    course.answered(NOW + HOUR)
    swept(either_state, NOW + HOUR)
    assert course.notice.sweep_at is None
    revoked = course_of(either_state).issued()
    revoked.act("revoke", LEAD, reason="发错单位")
    assert revoked.notice.sweep_at is None
    assert swept(either_state, NOW + 30 * DAY).looked == 0


def test_no_look_is_put_off_to_the_very_moment_it_is_taken_at(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    for at in (NOW + 2 * HOUR, NOW + 3 * HOUR, course.notice.receipt_due):
        swept(either_state, at)
        look = course.notice.sweep_at
        assert look is not None
        assert look > at
    assert swept(either_state, course.notice.receipt_due).looked == 0


def test_what_one_sweep_leaves_the_next_one_takes() -> None:
    assert Swept(looked=AT_ONCE).is_full
    assert not Swept(looked=AT_ONCE - 1).is_full


def test_a_draft_has_no_chain() -> None:
    assert pending(PLAN, Notice(status="draft", level=3, returns=0), ()) == []
