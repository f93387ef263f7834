"""The escalation chain as the plan has it, for each level."""

import datetime as dt

import pytest

from playbooks.notice.escalation.chain import due_of, is_overdue, next_look, pending
from playbooks.plan.notice import NoticeDeadline
from situation.state.tables import Notice
from tests.playbooks.notice.desk import DAY, HOUR, MINUTE, NOW, PLAN

SECOND = dt.timedelta(seconds=1)
MOMENT = dt.timedelta(microseconds=1)
"""The last moment is in time, the next is not."""


def issued(level: int = 3, status: str = "issued", **more: object) -> Notice:
    """A notice of which the receipt is due after 4 hours and the answer after 24."""
    usual = {
        "receipt_due": NOW + 4 * HOUR,
        "feedback_due": NOW + 24 * HOUR,
        "issued_at": NOW,
        "returns": 0,
    }
    return Notice(level=level, status=status, **(usual | more))


def planned(notice: Notice, *taken: str) -> dict[str, dt.timedelta]:
    return {each.step.key: each.at - NOW for each in pending(PLAN, notice, taken)}


def test_the_steps_of_a_standard_notice_come_in_their_order() -> None:
    receipt = {key: at for key, at in planned(issued()).items() if key.startswith("receipt")}
    assert receipt == {
        "receipt_half": 2 * HOUR,
        "receipt_call": 3 * HOUR,
        "receipt_overdue": 4 * HOUR + MOMENT,
        "receipt_head": 5 * HOUR,
        "receipt_supervise": 8 * HOUR,
    }
    times = list(planned(issued()).values())
    assert times == sorted(times)


def test_signed_for_only_the_answer_is_waited_for() -> None:
    steps = planned(issued(status="signed"))
    assert steps == {
        "feedback_half": 12 * HOUR,
        "feedback_fifth": 19 * HOUR + 12 * MINUTE,
        "feedback_tenth": 21 * HOUR + 36 * MINUTE,
        "feedback_overdue": 24 * HOUR + MOMENT,
        "feedback_head": 28 * HOUR,
        "feedback_supervise": 32 * HOUR,
    }


def test_a_step_that_was_taken_does_not_come_again() -> None:
    assert "feedback_half" not in planned(issued(status="handling"), "feedback_half")


def test_shares_of_a_new_round_count_from_its_beginning() -> None:
    again = issued(status="handling", round_at=NOW + 2 * DAY, feedback_due=NOW + 4 * DAY, returns=1)
    assert planned(again)["feedback_half"] == 3 * DAY


@pytest.mark.parametrize("status", ["draft", "sign_off", "answered", "rechecking", "passed"])
def test_nothing_is_waited_for_where_it_is_the_citys_turn(status: str) -> None:
    assert planned(issued(status=status)) == {}
    assert due_of(issued(status=status)) is None
    assert not is_overdue(issued(status=status), NOW + 30 * DAY)


def test_the_last_moment_is_in_time() -> None:
    assert not is_overdue(issued(), NOW + 4 * HOUR)
    assert is_overdue(issued(), NOW + 4 * HOUR + SECOND)
    assert not is_overdue(issued(status="signed"), NOW + 24 * HOUR)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_each_level_ends_with_a_decision_on_supervision(level: int) -> None:
    for waited in ("receipt", "feedback"):
        status = "issued" if waited == "receipt" else "signed"
        steps = [each.step for each in pending(PLAN, issued(level, status), ())]
        mine = [step.action for step in steps if step.on == waited]
        assert mine[-1] == "supervise_decision"
        assert {"remind", "call", "head"} <= set(mine)


def test_the_next_look_is_at_the_nearest_thing_to_come() -> None:
    notice = issued()
    steps = pending(PLAN, notice, ())
    assert next_look(notice, steps, NOW) == NOW + 2 * HOUR
    assert next_look(notice, steps, NOW + 3 * HOUR) == NOW + 4 * HOUR + MOMENT
    last = max(each.at for each in steps)
    assert next_look(notice, steps, last) is None


@pytest.mark.parametrize("factor", [1.0, 0.5])
@pytest.mark.parametrize("row", PLAN.notice_deadlines, ids=lambda row: row.key)
def test_who_is_called_before_the_time_is_over_is_called_before_it_is_late(
    row: NoticeDeadline, factor: float
) -> None:
    due_at = PLAN.calendar.due(NOW, row.receipt.shortened(factor))
    steps = planned(issued(row.level, receipt_due=due_at, feedback_due=due_at + DAY))
    times = [steps[f"receipt_{key}"] for key in ("half", "call", "overdue", "head", "supervise")]
    assert times == sorted(times)
    assert steps["receipt_call"] < due_at - NOW
