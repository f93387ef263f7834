import datetime as dt

import pytest

from playbooks.notice.machine import DRAFTS, NOTICE
from situation.state.tables import AuditLine, Delivery, Notice
from soc_api.web.query.due import next_step_of
from soc_api.web.query.notice.loop import DRAFTING, ISSUED, Parts, loop_of

NOW = dt.datetime(2026, 3, 17, 18, tzinfo=dt.UTC)
UNIT = "市水务局"


def _notice(status: str) -> Notice:
    issued = status not in (*DRAFTS, "dismissed")
    return Notice(
        id="n",
        number="N-1",
        department=UNIT,
        contact="",
        level=3,
        title_zh="",
        title_en="",
        fields={},
        receipt_due=NOW,
        feedback_due=NOW,
        status=status,
        drafted_by="lin",
        assignee="",
        issued_at=NOW if issued else None,
        closed_at=NOW if status in NOTICE.terminal else None,
        created_at=NOW,
        updated_at=NOW,
    )


def _parts(*, deliveries: tuple[Delivery, ...] = (), course: tuple[AuditLine, ...] = ()) -> Parts:
    return Parts(feedbacks=(), items=(), deliveries=deliveries, course=course)


def _delivery(channel: str, *, recipient: str = UNIT, occasion: str = "issue") -> Delivery:
    return Delivery(channel=channel, recipient=recipient, occasion=occasion, delivered_at=NOW)


@pytest.mark.parametrize("status", sorted(NOTICE.states))
def test_a_notice_stands_at_one_step_or_at_none_when_it_ended(status: str) -> None:
    notice = _notice(status)
    steps = loop_of(notice, next_step_of(notice, NOW), _parts())
    assert tuple(step.name for step in steps) == (ISSUED if notice.issued_at else DRAFTING)
    current = [step for step in steps if step.place == "current"]
    assert len(current) == (0 if status in NOTICE.terminal else 1)
    assert all(step.due is None for step in steps if step.place != "current")


def test_what_ended_early_shows_only_what_was_reached() -> None:
    revoked = loop_of(_notice("revoked"), None, _parts())
    assert [step.name for step in revoked if step.place == "past"] == ["issued", "closed"]
    archived = loop_of(_notice("archived"), None, _parts())
    assert {step.place for step in archived} == {"past"}


def test_a_notice_is_delivered_by_what_reached_its_own_unit_at_the_issue() -> None:
    deliveries = (
        _delivery("portal"),
        _delivery("mail", recipient=f"{UNIT}/陈"),
        _delivery("sms", recipient="示例市网信办/值班"),
        _delivery("wecom", occasion="remind_202603180100"),
        Delivery(channel="feishu", recipient=UNIT, occasion="issue", delivered_at=None),
    )
    steps = loop_of(_notice("issued"), None, _parts(deliveries=deliveries))
    delivered = next(step for step in steps if step.name == "delivered")
    assert delivered.channels == ("mail", "portal")
    assert delivered.at == NOW


def test_whoever_judged_it_last_is_told() -> None:
    course = tuple(
        AuditLine(number=number, at=NOW + dt.timedelta(hours=number), actor=actor, action=action)
        for number, (action, actor) in enumerate(
            (("notice.submit", "lin"), ("notice.judge", "wang"), ("notice.judge", "zhou"))
        )
    )
    steps = loop_of(_notice("graded"), None, _parts(course=course))
    judged = next(step for step in steps if step.name == "judged")
    assert (judged.who, judged.at) == ("zhou", NOW + dt.timedelta(hours=2))
