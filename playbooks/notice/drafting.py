"""Notices while they are written: for an incident by the platform, or by hand.

A notice of an incident follows it until it is issued; what a person changed in it stays.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.revision import the_incident
from playbooks.notice.deadline import restart
from playbooks.notice.entry import by_hand, edited, form_of, is_edited, refreshed
from playbooks.notice.form import DRILL_MARK, FOLLOWING, Content, filled, stamped, title
from playbooks.notice.guard import a_person, of_city, refuse_illegal
from playbooks.notice.ledger import contact_of, next_number, record, the_notice
from playbooks.notice.machine import DRAFTS, NOTICE
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from playbooks.text import typed
from situation.assets import UNKNOWN, Assets
from situation.faults import Malformed
from situation.state.store import send
from situation.state.tables import Alert, Incident, Notice, RectificationItem

TOPIC = "notice"
_LEVELS = range(1, 5)
_LONGEST_TITLE = 200


def notice_id_of(incident_id: str, department: str) -> str:
    """Return the id of the notice of an incident to a department, the same each time."""
    return _digest("notice", incident_id, department)


def draft(
    session: Session,
    plan: Plan,
    assets: Assets,
    incident: Incident,
    *,
    alerts: Sequence[Alert],
    now: dt.datetime,
) -> Notice | None:
    """Draft the notice of an incident or bring the draft up to date; return it.

    None if the department is unknown. A notice that was issued or dismissed is returned as it is.
    """
    if incident.department == UNKNOWN:
        return None
    notice_id = notice_id_of(incident.id, incident.department)
    notice = session.get(Notice, notice_id)
    if notice is not None and not follows(notice):
        return notice
    content = _content(plan, assets, incident, alerts)
    if notice is None:
        notice = Notice(
            id=notice_id,
            number=next_number(session, plan, "incident", incident.drill_id, now),
            drill_id=incident.drill_id,
            kind="incident",
            status="sign_off",
            drafted_by=SYSTEM.name,
            fields={},
            created_at=now,
        )
        _fill(notice, content, now)
        session.add(notice)
        record(session, notice, "draft", by=SYSTEM, now=now)
        post(session, notice, "notice.draft", now)
    else:
        _fill(notice, content, now)
        record(session, notice, "update", by=SYSTEM, now=now)
    return notice


def follows(notice: Notice) -> bool:
    """Say whether a notice of an incident still follows it."""
    return notice.status in DRAFTS


def draft_by_hand(  # noqa: PLR0913 - each is a column of the notice
    session: Session,
    plan: Plan,
    *,
    kind: str,
    department: str,
    title_zh: str,
    title_en: str,
    fields: Mapping[str, str],
    level: int,
    hazard_level: str | None,
    incident_id: str | None,
    items: Sequence[str],
    drill_id: str | None,
    by: Person,
    now: dt.datetime,
) -> Notice:
    """Draft a notice of any kind; `fields` are the typed texts by their key in the form.

    A notice of an incident belongs to the drill of the incident. Raise `Malformed` with the
    field that is wrong, `Refusal` for a department.
    """
    if incident_id is not None:
        drill_id = the_incident(session, incident_id).drill_id
    number = next_number(session, plan, kind, drill_id, now)
    notice = Notice(
        id=_digest("notice", number),
        number=number,
        drill_id=drill_id,
        kind=kind,
        incident_id=incident_id,
        department=_given("department", department),
        contact=contact_of(session, department),
        status=NOTICE.initial,
        drafted_by=by.name,
        fields={},
        created_at=now,
        updated_at=now,
    )
    for guard in (of_city, a_person):
        guard(notice, by)
    _entitle(notice, title_zh, title_en)
    judge_levels(plan, notice, level, hazard_level, now)
    notice.fields = form_of(plan, notice, fields)
    notice.fields = stamped(plan, notice)
    session.add(notice)
    session.flush()
    _list_items(session, notice, items, now)
    record(session, notice, "draft", by=by, now=now)
    return notice


def edit_draft(  # noqa: PLR0913 - each is a column of the notice
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    title_zh: str,
    title_en: str,
    fields: Mapping[str, str],
    level: int,
    hazard_level: str | None,
    items: Sequence[str],
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Change a notice that is not yet issued; fields that are not given stay.

    Raise `Malformed` with the field that is wrong, `Refusal` where it is no draft any more.
    """
    notice = the_notice(session, notice_id, expected_version)
    refuse_illegal(notice, "edit", by)
    before, title_before = dict(notice.fields), notice.title_zh
    _entitle(notice, title_zh, title_en)
    judge_levels(plan, notice, level, hazard_level, now)
    notice.fields = edited(plan, notice, fields)
    if notice.title_zh != title_before:
        notice.fields = by_hand(notice, "title")
    notice.fields = stamped(plan, notice)
    notice.edited_by = by.name
    _replace_items(session, notice, items, now)
    changed = [key for key, field in notice.fields.items() if field != before.get(key)]
    said = [key for key in changed if key not in FOLLOWING]
    record(session, notice, "edit", by=by, now=now, changed=said, level=level)
    return notice


def judge_levels(
    plan: Plan, notice: Notice, level: int, hazard_level: str | None, now: dt.datetime
) -> None:
    """Set the levels of a notice that is not yet issued, and the deadlines that follow.

    Raise `Malformed` for a level that is none, or for a hazard without a hazard level.
    """
    if level not in _LEVELS:
        raise Malformed("a level is 1 to 4", where="level")
    if notice.kind == "hazard" and not hazard_level:
        raise Malformed("a hazard has a level of its own", where="hazard_level")
    if level != notice.level and "level" in notice.fields:
        notice.fields = by_hand(notice, "level")
    notice.level, notice.hazard_level = level, hazard_level or None
    restart(plan, notice, now)


def post(session: Session, notice: Notice, action: str, now: dt.datetime) -> None:
    """Tell the rest of the house of a change."""
    payload: dict[str, object] = {
        "action": action,
        "number": notice.number,
        "department": notice.department,
        "drill": notice.drill_id is not None,
        "drill_id": notice.drill_id,
    }
    send(session, now, TOPIC, notice.id, payload)


def _content(plan: Plan, assets: Assets, incident: Incident, alerts: Sequence[Alert]) -> Content:
    asset = assets.of(incident.host_ip) if incident.host_ip else None
    return Content(
        plan=plan,
        assets=assets,
        incident=incident,
        alerts=alerts,
        contact=asset.contact if asset else UNKNOWN,
        deadline=plan.notice_deadline(incident.level),
    )


def _fill(notice: Notice, content: Content, now: dt.datetime) -> None:
    incident = content.incident
    notice.incident_id, notice.department = incident.id, incident.department
    notice.contact = content.contact
    if not is_edited(notice, "level"):
        notice.level = incident.level
    if not is_edited(notice, "title"):
        notice.title_zh, notice.title_en = title(incident)
    restart(content.plan, notice, now)
    notice.fields = refreshed(notice, filled(content))
    notice.fields = stamped(content.plan, notice)
    notice.updated_at = now


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _given(name: str, text: str) -> str:
    plain = " ".join(typed(text, name, longest=_LONGEST_TITLE).split())
    if not plain:
        raise Malformed("is missing", where=name)
    return plain


def _entitle(notice: Notice, title_zh: str, title_en: str) -> None:
    zh = _given("title_zh", title_zh)
    en = _given("title_en", title_en or zh)
    if notice.drill_id and DRILL_MARK[0] not in zh:
        zh, en = f"{DRILL_MARK[0]}{zh}", f"{DRILL_MARK[1]} {en}"
    notice.title_zh, notice.title_en = zh, en


def _replace_items(
    session: Session, notice: Notice, items: Sequence[str], now: dt.datetime
) -> None:
    mine = RectificationItem.notice_id == notice.id
    query = sa.select(RectificationItem.title).where(mine).order_by(RectificationItem.position)
    if list(session.scalars(query)) != _lines(items):
        session.execute(sa.delete(RectificationItem).where(mine))
        _list_items(session, notice, items, now)


def _list_items(session: Session, notice: Notice, items: Sequence[str], now: dt.datetime) -> None:
    for position, text in enumerate(_lines(items), start=1):
        item = RectificationItem(
            notice_id=notice.id, position=position, title=_given("items", text), updated_at=now
        )
        session.add(item)


def _lines(items: Sequence[str]) -> list[str]:
    return [" ".join(text.split()) for text in items if text.strip()]
