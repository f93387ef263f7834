"""Notices that were issued to a department by two people, for the tests of its pages."""

import datetime as dt
from collections.abc import Callable, Sequence

from playbooks.notice import acts
from playbooks.notice.drafting import draft_by_hand
from playbooks.notice.feedback import Answer, answer, review
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import Notice
from soc_api.accounts import add_account
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.server import PASSWORD

HOUSING = "市住房公积金管理中心"
WATER = "市水务集团有限公司第三水厂"
LIU = Person("liu", "department", HOUSING)
"""The user of the one department."""
SUN = Person("sun", "department", WATER)
"""The user of the other."""
CHEN, WANG = Person("chen", "analyst"), Person("wang", "duty_lead")
"""Who drafts, and who signs off."""

ASKS = ("请安装厂商 3 月补丁。", "修补前，先关闭它的外网访问。")


def add_people(state: StateStore) -> None:
    """Add the accounts of all four."""
    names = {"liu": "刘 敏", "sun": "孙 平", "chen": "陈 一", "wang": "值班长 王"}
    with state.transaction() as session:
        for person in (LIU, SUN, CHEN, WANG):
            add_account(
                session,
                NOW,
                name=person.name,
                display_name=names[person.name],
                password=PASSWORD,
                role=person.role,
                department=person.department,
            )


def issued(
    state: StateStore,
    department: str = HOUSING,
    *,
    title: str = "地图服务器有一个漏洞需要修补",
    items: Sequence[str] = (),
    at: dt.datetime = NOW,
) -> str:
    """Draft, judge, propose and issue a hazard notice; return its id."""
    with state.transaction() as session:
        row = draft_by_hand(
            session,
            plan(),
            kind="hazard",
            department=department,
            title_zh=title,
            title_en=title,
            fields=filled(title),
            level=4,
            hazard_level="high",
            incident_id=None,
            items=items,
            drill_id=None,
            by=CHEN,
            now=at,
        )
        session.flush()
        acts.submit(session, plan(), row.id, by=CHEN, expected_version=row.version, now=at)
        session.flush()
        acts.judge(
            session,
            plan(),
            row.id,
            level=4,
            hazard_level="high",
            by=CHEN,
            expected_version=row.version,
            now=at,
        )
        session.flush()
        acts.propose(session, plan(), row.id, by=CHEN, expected_version=row.version, now=at)
        session.flush()
        acts.issue(session, plan(), row.id, by=WANG, expected_version=row.version, now=at)
    return row.id


def signed(state: StateStore, notice_id: str, by: Person = LIU, at: dt.datetime = NOW) -> None:
    """Sign for a notice as its department."""
    _do(state, acts.sign, notice_id, by, at)


def answered(state: StateStore, notice_id: str, by: Person = LIU, at: dt.datetime = NOW) -> None:
    """Answer a notice as its department."""
    with state.transaction() as session:
        row = session.get_one(Notice, notice_id)
        given = Answer(
            truth="true",
            cause="",
            measures="补丁已安装",
            result="",
            handled_at=at,
            residual="无",
            responsible="刘 敏",
            phone="0000-2000777",
        )
        answer(session, plan(), notice_id, given, by=by, expected_version=row.version, now=at)


def returned(state: StateStore, notice_id: str, opinion: str, at: dt.datetime = NOW) -> None:
    """Return the answer for what it lacks."""
    _do(state, acts.recheck, notice_id, CHEN, at)
    with state.transaction() as session:
        row = session.get_one(Notice, notice_id)
        review(
            session,
            plan(),
            notice_id,
            verdict="failed",
            method="papers",
            opinion=opinion,
            feedback_due=at + dt.timedelta(days=2),
            by=CHEN,
            expected_version=row.version,
            now=at,
        )


def _do(
    state: StateStore, act: Callable[..., object], notice_id: str, by: Person, at: dt.datetime
) -> None:
    with state.transaction() as session:
        row = session.get_one(Notice, notice_id)
        act(session, plan(), notice_id, by=by, expected_version=row.version, now=at)


def filled(title: str) -> dict[str, str]:
    """Return the fields of a hazard notice that a person has to fill in."""
    scales = {row.scale: row.key for row in plan().scale_values}
    kinds = {"time": "2026-03-17 08:00:00", "number": "3"}
    fields = {
        field.key: scales[field.scale] if field.scale else kinds.get(field.input, title)
        for field in plan().notice_form("hazard")
        if field.required and field.input != "system"
    }
    return fields | {"request": "\n".join(ASKS)}
