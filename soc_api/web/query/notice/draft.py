"""The editor of a notice: which fields are typed, what stands in them, how it would go out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from playbooks.notice.deadline import restart
from playbooks.notice.entry import USUAL
from playbooks.notice.form import NOTHING, STAMPS, Words, field_of, same, text_of
from playbooks.plan import Plan
from playbooks.plan.notice import NoticeField
from situation.faults import Malformed
from situation.state.tables import Incident, Notice
from soc_api.web.query.form import FormField, form_fields
from soc_api.web.query.notice.record import parts_of
from soc_api.web.text import Text

NOT_TYPED = ("system", "files")
MILDEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the editor. `notice_id` is None for a new one; `fields` are texts by key."""

    kind: str
    department: str = ""
    incident_id: str = ""
    title_zh: str = ""
    title_en: str = ""
    level: int = MILDEST
    hazard_level: str = ""
    items: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    notice_id: str | None = None
    number: str = ""
    drill_id: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The notice as it would go out now; `missing` are keys of empty fields that it needs."""

    row: Notice
    title: Text
    fields: list[FormField]
    missing: list[str]


def entry_rows(plan: Plan, kind: str) -> list[NoticeField]:
    """Return the fields of a form that a person types, in their order."""
    return [
        row
        for row in plan.notice_form(kind)
        if row.key not in STAMPS and row.input not in NOT_TYPED
    ]


def draft_of(session: Session, plan: Plan, row: Notice) -> Draft:
    """Return what stands in the editor of a notice that is not yet issued."""
    return Draft(
        kind=row.kind,
        department=row.department,
        incident_id=row.incident_id or "",
        title_zh=row.title_zh,
        title_en=row.title_en,
        level=row.level,
        hazard_level=row.hazard_level or "",
        items="\n".join(item.title for item in parts_of(session, row).items),
        fields={each.key: text_of(row.fields.get(each.key)) for each in entry_rows(plan, row.kind)},
        notice_id=row.id,
        number=row.number,
        drill_id=row.drill_id,
        version=row.version,
    )


def draft_for(incident: Incident | None, kind: str) -> Draft:
    """Return what stands in the editor of a new notice, begun from an incident if there is one."""
    if incident is None:
        return Draft(kind=kind)
    return Draft(
        kind=kind,
        department=incident.department,
        incident_id=incident.id,
        title_zh=incident.title_zh,
        title_en=incident.title_en,
        level=incident.level,
        drill_id=incident.drill_id,
    )


def missing_of(plan: Plan, draft: Draft) -> list[str]:
    """Return the keys of what is needed and empty: columns of the notice, then its form."""
    columns = {"department": draft.department, "title_zh": draft.title_zh}
    found = [key for key, text in columns.items() if not text.strip()]
    if draft.kind == "hazard" and not draft.hazard_level:
        found.append("hazard_level")
    return found + [
        row.key
        for row in entry_rows(plan, draft.kind)
        if row.required and row.key not in USUAL and not draft.fields.get(row.key, "").strip()
    ]


def usual_of(plan: Plan, draft: Draft) -> dict[str, Text]:
    """Return what stands in a field that is left empty, by its key."""
    return {key: Text(*words(plan, _row(draft))) for key, words in USUAL.items()}


def preview_of(plan: Plan, draft: Draft, now: dt.datetime) -> Preview:
    """Return the notice that would go out if the draft were issued now."""
    row = _row(draft)
    try:
        restart(plan, row, now)
    except Malformed:
        # No deadlines are known of a hazard without its level, which is asked for beside it.
        row.receipt_due = row.feedback_due = now
    row.fields = {each.key: _field(plan, row, each, draft) for each in plan.notice_form(draft.kind)}
    return Preview(
        row=row,
        title=Text(row.title_zh, row.title_en),
        fields=[each for each in form_fields(row) if each.key not in _IN_HEAD],
        missing=missing_of(plan, draft),
    )


_IN_HEAD = ("number", "title", "department", "status", "issued_at")
"""Fields that stand in the head of the preview, or come with the issue."""


def _row(draft: Draft) -> Notice:
    return Notice(
        number=draft.number,
        kind=draft.kind,
        drill_id=draft.drill_id,
        department=draft.department,
        contact="",
        level=draft.level,
        hazard_level=draft.hazard_level or None,
        title_zh=draft.title_zh,
        title_en=draft.title_en or draft.title_zh,
        status="sign_off",
        fields={},
    )


def _field(plan: Plan, row: Notice, each: NoticeField, draft: Draft) -> dict[str, object]:
    return field_of((each.zh, each.en), _value(plan, row, each, draft))


def _value(plan: Plan, row: Notice, each: NoticeField, draft: Draft) -> Words | list[Words]:
    if each.key in STAMPS:
        return STAMPS[each.key](plan, row)
    text = draft.fields.get(each.key, "").strip()
    if not text:
        return USUAL[each.key](plan, row) if each.key in USUAL else NOTHING
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [same(line) for line in lines] if each.input == "lines" else same(text)
