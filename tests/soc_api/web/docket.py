"""Notices in every state on the desk, made by the same functions that the desk uses."""

import datetime as dt
import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.notice import acts
from playbooks.notice.attachments import attach
from playbooks.notice.drafting import draft_by_hand
from playbooks.notice.escalation.sweep import sweep_notices
from playbooks.notice.extensions import ask_extension
from playbooks.notice.feedback import Answer, answer, review
from playbooks.notice.items import set_item
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import Contact, Department, Notice, RectificationItem
from soc_api.web.page.notice.change import Known
from tests.soc_api.web.city import LONG_NAME, NOW, plan

ANALYST = Person("lin", "analyst")
LEAD = Person("wang", "duty_lead")
HOUSING = "市住房和城乡建设局房屋安全和租赁管理事务中心"
EDUCATION = "市教育局 东浦区教育装备和信息技术中心"
WATER = "市水务集团有限公司第三水厂"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
HOUR = dt.timedelta(hours=1)

FORM = {
    "hazard_number": "YH-2026-0109",
    "hazard_name": "未授权访问",
    "reported_at": "2026-03-14 08:30:00",
    "hazard_url": "https://lease.example/api/lease/list",
    "system": "房屋安全管理系统",
    "domain": "lease.example",
    "address": "2001:db8:4f2a:77b0:0:1:2:3",
    "district": "示例省示例市东浦区",
    "hazard_type": "访问控制缺失",
    "found_at": "2026-03-14 08:10:00",
    "records": "120000",
    "owner": HOUSING,
    "owner_type": "事业单位",
    "industry": "住房和城乡建设",
    "protection_number": "示公网安备 0000-00109",
    "description": "接口未接入统一认证，可逐页读取租赁登记\n返回内容含姓名与证件号",
}
"""A hazard's form as a person types it."""


@dataclass(frozen=True)
class Stock:
    """A folder with a city whose desk has notices in every state, to be copied."""

    folder: pathlib.Path
    ids: dict[str, str]


def member(department: str) -> Person:
    """Return a user of a department."""
    return Person(f"user-{department[-4:]}", "department", department)


def fill(state: StateStore) -> dict[str, str]:
    """Put notices in every state on the desk; return their ids by a short name."""
    with state.transaction() as session:
        _directory(session)
        made = {name: build(session).id for name, build in BUILDERS.items()}
    with state.transaction() as session:
        sweep_notices(session, plan(), NOW)
    return made


def hazard(
    session: Session,
    department: str,
    title: str,
    *,
    ago: dt.timedelta,
    level: int = 3,
    hazard_level: str = "high",
    items: Sequence[str] = (),
    fields: Mapping[str, str] = FORM,
) -> Notice:
    """Draft a hazard notice that long ago."""
    return draft_by_hand(
        session,
        plan(),
        kind="hazard",
        department=department,
        title_zh=title,
        title_en="",
        fields=fields,
        level=level,
        hazard_level=hazard_level,
        incident_id=None,
        items=items,
        drill_id=None,
        by=ANALYST,
        now=NOW - ago,
    )


def to_sign_off(session: Session, notice: Notice, ago: dt.timedelta) -> Notice:
    """Take a draft to the sign-off."""
    acts.submit(session, plan(), notice.id, **_by(session, notice, ANALYST, ago))
    acts.judge(
        session,
        plan(),
        notice.id,
        level=notice.level,
        hazard_level=notice.hazard_level,
        **_by(session, notice, LEAD, ago),
    )
    acts.propose(session, plan(), notice.id, **_by(session, notice, ANALYST, ago))
    return notice


def issued(session: Session, notice: Notice, ago: dt.timedelta) -> Notice:
    """Issue a draft that long ago."""
    to_sign_off(session, notice, ago)
    acts.issue(session, plan(), notice.id, **_by(session, notice, LEAD, ago))
    return notice


def handled(session: Session, notice: Notice, ago: dt.timedelta) -> Notice:
    """Let the department sign for an issued notice and begin."""
    by = member(notice.department)
    acts.sign(session, plan(), notice.id, assignee="陈", **_by(session, notice, by, ago))
    acts.start(session, plan(), notice.id, **_by(session, notice, by, ago))
    return notice


def answered(
    session: Session, notice: Notice, ago: dt.timedelta, *, measures: str = "已接入统一认证"
) -> Notice:
    """Let the department answer, with a file."""
    by = member(notice.department)
    attach(
        session,
        notice.id,
        name="复测截图.png",
        media_type="image/png",
        content=PNG + measures.encode(),
        by=by,
        now=NOW - ago,
    )
    given = Answer(
        truth="true",
        cause="接口 /api/lease/list 上线时未接入统一认证",
        measures=measures,
        result="外网已无法访问",
        handled_at=NOW - ago,
        residual="旧版客户端 3 月 31 日前停用",
        responsible="陈",
        phone="0000-12345678",
    )
    answer(session, plan(), notice.id, given, **_by(session, notice, by, ago))
    return notice


def returned(session: Session, notice: Notice, ago: dt.timedelta) -> Notice:
    """Return the answer with what is missing."""
    _review(session, notice, ago, "partly", "请补旧版客户端停用的证明")
    return notice


def _review(
    session: Session, notice: Notice, ago: dt.timedelta, verdict: str, opinion: str
) -> None:
    acts.recheck(session, plan(), notice.id, **_by(session, notice, LEAD, ago))
    review(
        session,
        plan(),
        notice.id,
        verdict=verdict,
        method="retest",
        opinion=opinion,
        feedback_due=NOW + 48 * HOUR if verdict != "passed" else None,
        **_by(session, notice, LEAD, ago),
    )


def _by(session: Session, notice: Notice, by: Person, ago: dt.timedelta) -> Known:
    session.flush()
    return Known(by=by, expected_version=notice.version, now=NOW - ago)


def _directory(session: Session) -> None:
    for name in (HOUSING, EDUCATION, WATER, LONG_NAME):
        session.add(Department(name=name, superior="示例市人民政府办公室", updated_at=NOW))
    session.flush()
    session.add(
        Contact(
            department=HOUSING,
            name="陈",
            role="liaison",
            phone="0000-12345678",
            mail="chen@housing.example",
            addresses={"wecom": "chen"},
            updated_at=NOW,
        )
    )


def _draft(session: Session) -> Notice:
    return hazard(session, EDUCATION, "SMB 暴露互联网 41 台", ago=HOUR)


def _sign_off(session: Session) -> Notice:
    return to_sign_off(session, hazard(session, WATER, "PLC 可被办公网直接写入", ago=HOUR), HOUR)


def _issued(session: Session) -> Notice:
    notice = hazard(session, LONG_NAME, "公积金中心外传事件关联隐患", ago=HOUR, level=1)
    return issued(session, notice, dt.timedelta(minutes=20))


def _unsigned(session: Session) -> Notice:
    long_ago = 30 * HOUR
    notice = hazard(session, EDUCATION, "视频专网弱口令 46 台", ago=long_ago, level=2)
    return issued(session, notice, long_ago)


def _handling(session: Session) -> Notice:
    notice = hazard(session, WATER, "堡垒机未启用双因素", ago=20 * HOUR, level=4)
    return handled(session, issued(session, notice, 20 * HOUR), 19 * HOUR)


def _recheck(session: Session) -> Notice:
    titles = ("接口接入统一认证", "关闭外网直连", "停用旧版客户端")
    notice = hazard(
        session,
        HOUSING,
        "房屋安全管理系统存在未授权访问，可读取 12 万条租赁登记",
        ago=60 * HOUR,
        items=titles,
    )
    handled(session, issued(session, notice, 60 * HOUR), 59 * HOUR)
    answered(session, notice, 30 * HOUR, measures="已接入统一认证；关闭外网直连；改口令 14 个")
    returned(session, notice, 20 * HOUR)
    _submit_items(session, notice, 11 * HOUR)
    return answered(session, notice, 10 * HOUR, measures="旧版客户端已全部停用")


def _wish(session: Session) -> Notice:
    notice = hazard(session, HOUSING, "信号机默认口令", ago=48 * HOUR, hazard_level="medium")
    handled(session, issued(session, notice, 48 * HOUR), 47 * HOUR)
    ask_extension(
        session,
        notice.id,
        until=notice.feedback_due + 48 * HOUR,
        reason="设备须停机更换，供货商周五到场",
        by=member(HOUSING),
        now=NOW - HOUR,
    )
    return notice


def _returned(session: Session) -> Notice:
    notice = hazard(session, EDUCATION, "旧版客户端未停用", ago=70 * HOUR)
    handled(session, issued(session, notice, 70 * HOUR), 69 * HOUR)
    returned(session, answered(session, notice, 40 * HOUR), 39 * HOUR)
    return notice


def _passed(session: Session) -> Notice:
    notice = hazard(session, WATER, "邮件系统过期证书", ago=90 * HOUR)
    handled(session, issued(session, notice, 90 * HOUR), 89 * HOUR)
    answered(session, notice, 80 * HOUR)
    _review(session, notice, 70 * HOUR, "passed", "外网复测通过")
    return notice


def _archived(session: Session) -> Notice:
    notice = _passed(session)
    acts.archive(session, plan(), notice.id, **_by(session, notice, LEAD, 60 * HOUR))
    return notice


def _supervised(session: Session) -> Notice:
    notice = hazard(session, EDUCATION, "FTP 明文口令", ago=100 * HOUR, level=2)
    handled(session, issued(session, notice, 100 * HOUR), 99 * HOUR)
    acts.supervise(
        session, plan(), notice.id, reason="逾期未反馈", **_by(session, notice, LEAD, 2 * HOUR)
    )
    return notice


def _dismissed(session: Session) -> Notice:
    notice = hazard(session, HOUSING, "疑似弱口令", ago=50 * HOUR, level=4, hazard_level="low")
    acts.dismiss(
        session, plan(), notice.id, reason="核实为蜜罐", **_by(session, notice, LEAD, 49 * HOUR)
    )
    return notice


def _submit_items(session: Session, notice: Notice, ago: dt.timedelta) -> None:
    rows = session.scalars(
        sa.select(RectificationItem)
        .where(RectificationItem.notice_id == notice.id)
        .order_by(RectificationItem.position)
    ).all()
    by = member(notice.department)
    for item in rows[:2]:
        for act, who in (("start", by), ("submit", by), ("retest", LEAD), ("fix", LEAD)):
            _set(session, item, act, who, ago)
    for act in ("start", "submit"):
        _set(session, rows[2], act, by, ago)


def _set(
    session: Session, item: RectificationItem, act: str, by: Person, ago: dt.timedelta
) -> None:
    session.flush()
    set_item(
        session,
        item.id,
        act=act,
        remark="复测通过" if act == "fix" else "",
        by=by,
        expected_version=item.version,
        now=NOW - ago,
    )


BUILDERS: dict[str, Callable[[Session], Notice]] = {
    "draft": _draft,
    "sign_off": _sign_off,
    "issued": _issued,
    "unsigned": _unsigned,
    "handling": _handling,
    "recheck": _recheck,
    "wish": _wish,
    "returned": _returned,
    "passed": _passed,
    "archived": _archived,
    "supervised": _supervised,
    "dismissed": _dismissed,
}
"""How each of them is made, by a short name."""
