"""What is to be rectified, item by item."""

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.items import set_item
from playbooks.person import Person
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import RectificationItem
from tests.playbooks.notice.desk import (
    ANALYST,
    CLERK,
    HOUR,
    LEAD,
    NOW,
    STRANGER,
    Course,
    course_of,
)


def items(course: Course) -> list[RectificationItem]:
    wanted = sa.select(RectificationItem).where(RectificationItem.notice_id == course.notice_id)
    with course.state.reading() as session:
        return list(session.scalars(wanted.order_by(RectificationItem.position)))


def done(course: Course, act: str, by: Person, remark: str = "") -> RectificationItem:
    item = items(course)[0]
    with course.state.transaction() as session:
        return set_item(
            session,
            item.id,
            act=act,
            remark=remark,
            by=by,
            expected_version=item.version,
            now=NOW + HOUR,
        )


def rectifying(state: StateStore) -> Course:
    return course_of(state, items=["改口令", " ", "关端口"]).issued().signed()


def test_items_stand_in_their_order_and_blank_ones_nowhere(either_state: StateStore) -> None:
    found = items(rectifying(either_state))
    assert [(item.position, item.title, item.state) for item in found] == [
        (1, "改口令", "todo"),
        (2, "关端口", "todo"),
    ]


def test_an_item_goes_to_fixed_by_way_of_a_failed_retest(either_state: StateStore) -> None:
    course = rectifying(either_state)
    for act, by in (
        ("start", CLERK),
        ("submit", CLERK),
        ("retest", ANALYST),
        ("fail", ANALYST),
        ("start", CLERK),
        ("submit", CLERK),
        ("retest", ANALYST),
        ("fix", ANALYST),
    ):
        done(course, act, by, remark=act)
    first = items(course)[0]
    assert (first.state, first.remark, first.updated_at) == ("fixed", "fix", NOW + HOUR)
    lines = [line.detail for line in course.audit() if line.action == "notice.item"]
    assert [(line["before"], line["after"]) for line in lines][:2] == [
        ("todo", "doing"),
        ("doing", "submitted"),
    ]


def test_who_has_done_it_says_so_without_having_said_that_he_began(
    either_state: StateStore,
) -> None:
    course = rectifying(either_state)
    assert done(course, "submit", CLERK).state == "submitted"


@pytest.mark.parametrize(
    ("act", "by", "code"),
    [
        ("submit", STRANGER, "other_department"),
        ("submit", LEAD, "not_department"),
        ("retest", CLERK, "city_only"),
        ("fix", ANALYST, "illegal"),
    ],
)
def test_acts_of_others_and_out_of_turn_are_refused(
    either_state: StateStore, act: str, by: Person, code: str
) -> None:
    course = rectifying(either_state)
    with pytest.raises(Refusal) as refused:
        done(course, act, by)
    assert refused.value.code == code
    assert items(course)[0].state == "todo"


def test_an_item_of_a_closed_notice_stays(either_state: StateStore) -> None:
    course = rectifying(either_state)
    course.act("revoke", LEAD, reason="发错单位")
    with pytest.raises(Refusal) as refused:
        done(course, "submit", CLERK)
    assert refused.value.code == "terminal"


def test_an_item_that_changed_meanwhile_is_a_conflict(either_state: StateStore) -> None:
    course = rectifying(either_state)
    stale = items(course)[0]
    done(course, "start", CLERK)
    with pytest.raises(Conflict, match="meanwhile"), either_state.transaction() as session:
        set_item(
            session,
            stale.id,
            act="submit",
            remark="",
            by=CLERK,
            expected_version=stale.version,
            now=NOW,
        )
