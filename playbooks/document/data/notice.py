"""The values of a notice and of its whole course, for eight templates."""

import datetime as dt
from collections.abc import Mapping, Sequence

from playbooks.document.data import word
from playbooks.document.data.saying import (
    Said,
    both,
    day,
    field,
    iso_day,
    level_of,
    minute,
    office_of,
    stamp,
    step_of,
    text_of,
    titled,
    worded,
)
from playbooks.plan import Plan
from situation.state.tables import (
    Attachment,
    AuditLine,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)

_ELSEWHERE = {"number", "title", "status", "request"}
"""Fields of the form that stand in the document outside the form."""
_BOTH = ("zh", "en")
_NOBODY: Mapping[str, str] = {}
_UNDATED = both("（未签发）", "(not issued)")


def notice_data(
    plan: Plan,
    notice: Notice,
    *,
    feedbacks: Sequence[Feedback] = (),
    extensions: Sequence[Extension] = (),
    items: Sequence[RectificationItem] = (),
    attachments: Sequence[Attachment] = (),
    course: Sequence[AuditLine] = (),
) -> Said:
    """Return the values of a notice for the templates notice, hazard, ... and recheck.

    `course` are the audit lines of the notice, oldest first. Contents of attachments are not read.
    """
    rounds = [
        _round(plan, each, attachments) for each in sorted(feedbacks, key=lambda row: row.round)
    ]
    drill = notice.drill_id is not None
    title = titled(notice.title_zh, notice.title_en, drill=drill)
    return {
        **office_of(plan),
        **_head(plan, notice),
        "number": notice.number,
        "title": title,
        "subject": title,
        "drill": drill,
        "fields": _fields(plan, notice),
        "rounds": rounds,
        "last": rounds[-1] if rounds else _EMPTY_ROUND,
        "extensions": [_extension(each) for each in extensions],
        "items": [_item(each) for each in sorted(items, key=lambda row: row.position)],
        "attachments": [_attachment(each) for each in attachments],
        "enclosures": [_attachment(each) for each in attachments if _is_enclosed(notice, each)],
        "steps": [_step(line) for line in course],
        "proof": _proof(course),
    }


def course_data(
    plan: Plan,
    notice: Notice,
    *,
    feedbacks: Sequence[Feedback],
    extensions: Sequence[Extension],
    items: Sequence[RectificationItem],
    attachments: Sequence[Attachment],
    course: Sequence[AuditLine],
    people: Mapping[str, str] = _NOBODY,
    for_department: bool = False,
) -> Said:
    """Return the values of the whole course of a notice; nothing of it may be left away.

    `people` has the shown names by the names of accounts. A department is not shown how the
    city's own people came to the notice, nor who else was told of it.
    """
    shown = [line for line in course if not (for_department and line.action in word.INNER_ACTS)]
    data = notice_data(
        plan,
        notice,
        feedbacks=feedbacks,
        extensions=extensions,
        items=items,
        attachments=attachments,
        course=shown,
    )
    course_of = data | ({"drafted_by": ""} if for_department else {})
    return {key: _shown(key, each, people) for key, each in course_of.items()}


_PERSONS = frozenset(
    f"{act}_by"
    for act in ("issued", "drafted", "signed", "submitted", "reviewed", "asked", "decided")
) | {"uploaded_by", "actor"}


def _shown(key: str, said: object, people: Mapping[str, str]) -> object:
    """Return values with each account called as others see it, and by its own name."""
    if isinstance(said, list):
        return [_shown(key, each, people) for each in said]
    if not isinstance(said, Mapping):
        return said
    if key not in _PERSONS:
        return {name: _shown(name, each, people) for name, each in said.items()}
    account = str(said["zh"])
    shown = people.get(account, account)
    return said if shown == account else both(f"{shown}（{account}）", f"{shown} ({account})")


def _head(plan: Plan, notice: Notice) -> Said:
    return {
        "kind": _kind(plan, notice),
        "warns": notice.kind == "warning",
        "grade": _grade(plan, notice),
        "department": notice.department,
        "department_contact": notice.contact,
        "request": _request(plan, notice),
        "on": iso_day(notice.issued_at),
        "dated": day(notice.issued_at) if notice.issued_at else _UNDATED,
        "issued_at": minute(notice.issued_at),
        "issued_by": _person(notice.issued_by),
        "drafted_by": _person(notice.drafted_by),
        "receipt_due": minute(notice.receipt_due),
        "feedback_due": minute(notice.feedback_due),
        "signed_at": minute(notice.signed_at),
        "signed_by": _person(notice.signed_by),
        "assignee": notice.assignee,
        "status": worded(word.STATUS, notice.status),
        "closed_at": minute(notice.closed_at),
        "close_reason": notice.close_reason,
        "returns": "" if not notice.returns else str(notice.returns),
    }


def _kind(plan: Plan, notice: Notice) -> Said:
    kind = plan.notice_kind(notice.kind)
    return both(kind.zh, kind.en)


def _grade(plan: Plan, notice: Notice) -> Said:
    level = level_of(plan, notice.level)
    if notice.hazard_level is None:
        return level
    hazard = step_of(plan, "hazard_level", notice.hazard_level)
    return both(f"{level['zh']}、{hazard['zh']}", f"{level['en']}, {hazard['en']}")


def _request(plan: Plan, notice: Notice) -> Said:
    """Return what is asked, without the stop at its end, which the template sets."""
    kind = plan.notice_kind(notice.kind)
    asked = notice.fields.get("request")
    found = asked.get("value") if isinstance(asked, Mapping) else asked
    said = text_of(found) if found else both(kind.request_zh, kind.request_en)
    return {language: str(text).rstrip("。.；; ") for language, text in said.items()}


def _fields(plan: Plan, notice: Notice) -> list[Said]:
    labels = {row.key: both(row.zh, row.en) for row in plan.notice_form(notice.kind)}
    told = [
        _field(each, labels.get(key, both(key, key)))
        for key, each in notice.fields.items()
        if key not in _ELSEWHERE
    ]
    return [each for each in told if each["value"] != both("", "")]


def _field(found: object, label: Said) -> Said:
    if not isinstance(found, Mapping) or "value" not in found:
        return field(label, found)
    zh, en = str(found.get("label_zh", label["zh"])), str(found.get("label_en", label["en"]))
    return field(both(zh, en), found["value"])


def _is_enclosed(notice: Notice, row: Attachment) -> bool:
    """Tell whether a file went out with the notice; others are what the department proves."""
    return row.feedback_id is None and (
        notice.issued_at is None or row.uploaded_at <= notice.issued_at
    )


def _round(plan: Plan, row: Feedback, attachments: Sequence[Attachment]) -> Said:
    return {
        "number": row.round,
        "truth": step_of(plan, "truth", row.truth),
        "cause": row.cause,
        "measures": row.measures,
        "result": row.result,
        "handled_at": minute(row.handled_at),
        "residual": row.residual,
        "responsible": row.responsible,
        "phone": row.phone,
        "submitted_by": _person(row.submitted_by),
        "submitted_at": minute(row.submitted_at),
        "dated": day(row.submitted_at),
        "files": [_attachment(each) for each in attachments if each.feedback_id == row.id],
        "file_names": "\n".join(each.name for each in attachments if each.feedback_id == row.id),
        "reviewed": row.verdict is not None,
        "returned": row.verdict in ("partly", "failed"),
        "verdict": step_of(plan, "verdict", row.verdict),
        "method": step_of(plan, "recheck_method", row.method),
        "opinion": row.opinion,
        "reviewed_by": _person(row.reviewed_by),
        "reviewed_at": minute(row.reviewed_at),
        "review_dated": day(row.reviewed_at),
    }


_EMPTY_ROUND: Said = {
    "number": "",
    "truth": "",
    "cause": "",
    "measures": "",
    "result": "",
    "handled_at": "",
    "residual": "",
    "responsible": "",
    "phone": "",
    "submitted_by": "",
    "submitted_at": "",
    "dated": "",
    "file_names": "",
    "verdict": "",
    "method": "",
    "opinion": "",
    "reviewed_by": "",
    "reviewed_at": "",
    "review_dated": "",
    "files": [],
    "reviewed": False,
    "returned": False,
}
"""What is filled into the forms of answer and recheck while nobody has answered."""


def _extension(row: Extension) -> Said:
    return {
        "until": minute(row.until),
        "reason": row.reason,
        "asked_by": _person(row.asked_by),
        "asked_at": stamp(row.asked_at),
        "state": worded(word.EXTENSION, row.state),
        "decided_by": _person(row.decided_by),
        "decided_at": stamp(row.decided_at),
        "remark": row.remark,
    }


def _item(row: RectificationItem) -> Said:
    return {
        "position": row.position,
        "title": row.title,
        "state": worded(word.ITEM, row.state),
        "remark": row.remark,
    }


def _attachment(row: Attachment) -> Said:
    return {
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "uploaded_by": _person(row.uploaded_by),
        "uploaded_at": stamp(row.uploaded_at),
    }


def _step(line: AuditLine) -> Said:
    told = [_told(key, line.detail[key]) for key in word.TOLD if line.detail.get(key)]
    return {
        "at": stamp(line.at),
        "actor": _person(line.actor),
        "act": worded(word.ACT, line.action),
        "told": both(*("\n".join(str(each[language]) for each in told) for language in _BOTH)),
        "number": line.number,
        "digest": line.digest,
    }


def _told(key: str, value: object) -> Said:
    zh, en = word.TOLD[key]
    text = stamp(dt.datetime.fromisoformat(str(value))) if key in word.TIMES else str(value)
    return both(zh + text, en + text)


def _proof(course: Sequence[AuditLine]) -> Said:
    last = course[-1] if course else None
    return {
        "count": len(course),
        "number": last.number if last else "",
        "digest": last.digest if last else "",
    }


def _person(name: str | None) -> Said:
    return worded(word.ACTOR, name)
