"""open_rectification: an order with its items, drafted once, issued by a second person."""

import sqlalchemy as sa

from playbooks.notice import acts
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Notice, RectificationItem
from tests.playbooks.action.scene import PLAN, done, intended
from tests.playbooks.incident.case import LEAD, every, opened, the
from tests.playbooks.intrusion import NOW

SAID: dict[str, object] = {
    "items": ["更换全部口令", "关闭对外的 445 端口"],
    "reason": "口令被猜解后成功登录",
    "until_issued": True,
}


def test_an_order_lists_what_is_to_be_done_and_waits_for_its_second_person(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "open_rectification", SAID, incident.id)
    (notice,) = every(either_state, Notice)
    assert outcome.awaits == ("notice", notice.id)
    assert (notice.kind, notice.status, notice.drafted_by) == (
        "rectification",
        "sign_off",
        "system",
    )
    assert (notice.department, notice.level) == (incident.department, incident.level)
    assert notice.number.startswith("示网限")
    items = every(either_state, RectificationItem)
    assert [(item.position, item.title, item.state) for item in items] == [
        (1, "更换全部口令", "todo"),
        (2, "关闭对外的 445 端口", "todo"),
    ]
    with either_state.transaction() as session:
        acts.issue(session, PLAN, notice.id, by=LEAD, expected_version=notice.version, now=NOW)
    assert the(either_state, Notice, notice.id).status == "issued"


def test_a_step_that_is_performed_again_finds_its_order(either_state: StateStore) -> None:
    incident = opened(either_state)
    first, second = (done(either_state, "open_rectification", SAID, incident.id) for _ in "ab")
    assert first == second
    assert len(every(either_state, Notice)) == 1
    assert len(every(either_state, RectificationItem)) == 2
    with either_state.reading() as session:
        drafts = sa.select(AuditLine).where(AuditLine.action == "notice.draft")
        assert len(session.scalars(drafts).all()) == 1


def test_the_form_is_whole_so_that_it_can_be_printed(either_state: StateStore) -> None:
    incident = opened(either_state)
    done(either_state, "open_rectification", SAID, incident.id)
    (notice,) = every(either_state, Notice)
    rows = {row.key for row in PLAN.notice_form("rectification")}
    assert set(notice.fields) == rows
    assert "国家预案 4.2" in str(notice.fields["basis"])
    assert "更换全部口令" in str(notice.fields["requirements"])
    assert notice.number in str(notice.fields["number"])


def test_another_department_can_be_named(either_state: StateStore) -> None:
    incident = opened(either_state)
    said = SAID | {"department": "示例市数据局"}
    assert (
        "示例市数据局" in intended(either_state, "open_rectification", said, incident.id).touches.zh
    )
    done(either_state, "open_rectification", said, incident.id)
    assert [notice.department for notice in every(either_state, Notice)] == ["示例市数据局"]


def test_an_intent_shows_the_items_and_writes_nothing(either_state: StateStore) -> None:
    incident = opened(either_state)
    intent = intended(either_state, "open_rectification", SAID, incident.id)
    assert intent.changes[0].lines == ("+ 更换全部口令", "+ 关闭对外的 445 端口")
    assert "2 items" in intent.what.en
    assert every(either_state, Notice) == []
