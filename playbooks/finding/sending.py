"""Findings as a rectification order to their department, by the way of all notices."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.guard import of_city, unrestricted
from playbooks.finding.ledger import note
from playbooks.finding.rule import RULES, rule_of
from playbooks.machine import Refusal
from playbooks.notice.deadline import restart
from playbooks.notice.drafting import post
from playbooks.notice.entry import form_of
from playbooks.notice.form import Words, stamped
from playbooks.notice.ledger import contact_of, next_number, record
from playbooks.notice.machine import NOTICE
from playbooks.notice.rectifying import KIND
from playbooks.person import Person
from playbooks.plan import Plan
from situation.content.kind import KINDS
from situation.faults import Malformed
from situation.state.tables import DataFinding, Notice, RectificationItem

MOST = 100
"""Findings that one order may hold: each is an item that is looked at by itself."""

_SENDABLE = ("open", "returned")
_LEVELS = {0: 2, 1: 3, 2: 3}
"""Level of the order, for its deadlines, by the severity of its gravest finding."""
_MILDEST = 4
_LONGEST_PATH, _KINDS_SHOWN = 90, 4


def send(
    session: Session,
    plan: Plan,
    finding_ids: Sequence[str],
    *,
    by: Person,
    now: dt.datetime,
    expected: Mapping[str, int] | None = None,
) -> Notice:
    """Draft the order about findings of one department and lay it before the second person.

    Each finding is an item. The department learns of it once it is issued, and from then on the
    findings follow the notice. `expected` are versions by id where the sender saw them.
    Raise `Malformed` for none or too many, `Refusal` for findings of several departments, one
    that was sent already, is settled, restricted, or changed meanwhile.
    """
    of_city(by, "findings")
    findings = _held(session, finding_ids, expected or {})
    departments = {finding.department for finding in findings}
    if len(departments) != 1:
        raise Refusal("several_departments", "they belong to several", where="findings")
    department = departments.pop()
    if not department:
        raise Malformed("its department is not known", where="department")
    notice = _drafted(session, plan, department, findings, by=by, now=now)
    items = _items(session, notice, findings, now)
    for finding, item in zip(findings, items, strict=True):
        finding.notice_id, finding.rectification_item_id = notice.id, item.id
        note(session, finding, "send", by=by, now=now, number=notice.number)
    post(session, notice, "notice.draft", now)
    return notice


def item_of(finding: DataFinding) -> str:
    """Return what the department has to do about a finding, in one line of Chinese.

    Until when stands in the notice alone, so that there are no two deadlines.
    """
    rule = rule_of(finding.rule)
    kinds = [KINDS[str(key)].zh if key in KINDS else str(key) for key in finding.kinds]
    shown = "、".join(kinds[:_KINDS_SHOWN]) + ("等" if len(kinds) > _KINDS_SHOWN else "")
    persons = f"，约 {finding.persons} 人" if finding.persons else ""
    held = f"（{shown}{persons}）" if shown else ""
    return f"{short_path(finding.path)}：{rule.zh}{held}；{rule.todo_zh}"


def short_path(path: str) -> str:
    """Return a path that fits into a line: its beginning and its end, no control characters."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in path)
    if len(plain) <= _LONGEST_PATH:
        return plain
    return f"{plain[: _LONGEST_PATH // 3]}…{plain[-_LONGEST_PATH * 2 // 3 :]}"


def _held(
    session: Session, finding_ids: Sequence[str], expected: Mapping[str, int]
) -> list[DataFinding]:
    ids = list(dict.fromkeys(finding_ids))
    if not ids or len(ids) > MOST:
        raise Malformed(f"one to {MOST} findings make an order", where="findings")
    wanted = sa.select(DataFinding).where(DataFinding.id.in_(ids)).with_for_update()
    found = {finding.id: finding for finding in session.scalars(wanted)}
    missing = next((key for key in ids if key not in found), None)
    if missing is not None:
        raise Malformed("there is no such finding", where=missing)
    for finding in found.values():
        _refuse(session, finding, expected.get(finding.id))
    order = list(RULES)
    return sorted(
        found.values(),
        key=lambda one: (one.severity, order.index(one.rule) if one.rule in order else 0, one.path),
    )


def _refuse(session: Session, finding: DataFinding, expected_version: int | None) -> None:
    unrestricted(finding)
    if expected_version is not None and finding.version != expected_version:
        raise Refusal("stale", "somebody else changed it meanwhile", where=finding.id)
    if finding.state not in _SENDABLE:
        raise Refusal("illegal", f"it is {finding.state}", where=finding.id)
    notice = session.get(Notice, finding.notice_id) if finding.notice_id else None
    if notice is not None and notice.status not in (*NOTICE.terminal, "passed"):
        raise Refusal("sent_already", f"it stands in {notice.number}", where=finding.id)


def _drafted(
    session: Session,
    plan: Plan,
    department: str,
    findings: Sequence[DataFinding],
    *,
    by: Person,
    now: dt.datetime,
) -> Notice:
    number = next_number(session, plan, KIND, None, now)
    gravest = min(finding.severity for finding in findings)
    notice = Notice(
        id=hashlib.blake2b(f"notice\x1f{number}".encode(), digest_size=16).hexdigest(),
        number=number,
        drill_id=None,
        kind=KIND,
        department=department,
        contact=contact_of(session, department),
        level=_LEVELS.get(gravest, _MILDEST),
        title_zh=f"关于{department}数据安全问题限期整改的通知",
        title_en=f"Rectification order: data security of {department}",
        status="sign_off",
        drafted_by=by.name,
        submitted_by=by.name,
        fields={},
        created_at=now,
        updated_at=now,
    )
    notice.fields = form_of(plan, notice, {"title": notice.title_zh}, _known(findings))
    restart(plan, notice, now)
    notice.fields = stamped(plan, notice)
    session.add(notice)
    session.flush()
    record(session, notice, "draft", by=by, now=now)
    return notice


def _known(findings: Sequence[DataFinding]) -> Mapping[str, Words | list[Words]]:
    counts = Counter(finding.rule for finding in findings)
    rules = [rule_of(key) for key in counts]
    targets = "、".join(sorted({finding.target for finding in findings}))
    return {
        "basis": [
            ("数据安全法 第二十一条、第二十七条", "data security law, art. 21 and 27"),
            ("网络数据安全管理条例 第二十九条", "network data regulation, art. 29"),
        ],
        "cause": [
            (
                f"数据分类分级扫描发现 {len(findings)} 项问题",
                f"the scan of classified data found {len(findings)} problems",
            )
        ],
        "system": (targets, targets),
        "problems": [
            (f"{rule.zh}：{counts[rule.key]} 项", f"{rule.en}: {counts[rule.key]}")
            for rule in rules
        ],
        "requirements": [(rule.todo_zh, rule.todo_en) for rule in rules],
    }


def _items(
    session: Session, notice: Notice, findings: Sequence[DataFinding], now: dt.datetime
) -> list[RectificationItem]:
    items = [
        RectificationItem(
            notice_id=notice.id, position=position, title=item_of(finding), updated_at=now
        )
        for position, finding in enumerate(findings, 1)
    ]
    session.add_all(items)
    session.flush()
    return items
