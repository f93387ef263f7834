"""The course of an incident: what happened to it, from alerts, clocks and the audit."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Alert, AuditLine
from soc_api.web.query.incident.clock import ClockCard
from soc_api.web.query.incident.grade import names_of
from soc_api.web.term import ACTORS, action_name, actor_name
from soc_api.web.text import Text

CourseKind = Literal["alert", "clock", "grade", "report", "notice", "change"]

LINES_READ = 500
"""So many audit lines are read for one page, the newest; the audit holds all."""

_KINDS: tuple[tuple[str, CourseKind], ...] = (
    ("clock.", "clock"),
    ("report.", "report"),
    ("notice.", "notice"),
    ("incident.grade", "grade"),
    ("incident.regrade", "grade"),
    ("incident.facts", "grade"),
    ("incident.downgrade", "grade"),
)
"""What an action belongs to, by how it begins; all else is a change."""

_TOLD_ELSEWHERE = ("clock.start", "clock.wait", "clock.meet", "clock.miss", "task.open")
"""Actions that clocks tell better, with their addressee; and open tasks, which stand beside."""

_OF_PEOPLE = ("incident.", "report.")
_NUMERALS = "ⅠⅡⅢⅣ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the course of an incident. `link` leads to its proof, if there is one."""

    at: dt.datetime
    kind: CourseKind
    text: Text
    glyph: str
    link: str = ""


def audit_lines(session: Session, objects: Collection[tuple[str, str]]) -> Sequence[AuditLine]:
    """Return the audit lines of these objects (kind and id), the newest first."""
    return session.scalars(
        sa.select(AuditLine)
        .where(sa.tuple_(AuditLine.object_kind, AuditLine.object_id).in_(objects))
        .order_by(AuditLine.number.desc())
        .limit(LINES_READ)
    ).all()


def last_change(session: Session, incident_id: str) -> Entry | None:
    """Return what was changed last of an incident, for somebody who was overtaken."""
    lines = audit_lines(session, [("incident", incident_id)])
    # What a change starts by itself, tasks and clocks, is told after it.
    line = next((each for each in lines if each.action.startswith(_OF_PEOPLE)), None)
    if line is None:
        return None
    return _audit_entry(line, {}, names_of(session, {line.actor}))


def course_of(
    alerts: Sequence[Alert],
    clocks: Sequence[ClockCard],
    audited: Sequence[AuditLine],
    *,
    about: Mapping[str, Text],
    people: Mapping[str, str],
) -> list[Entry]:
    """Return all entries, the newest first.

    `about` holds what an object is called by its id, `people` the shown names of accounts.
    """
    entries = [_alert_entry(alert) for alert in alerts]
    entries.extend(entry for clock in clocks for entry in _clock_entries(clock))
    entries.extend(
        _audit_entry(line, about, people) for line in audited if line.action not in _TOLD_ELSEWHERE
    )
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _alert_entry(alert: Alert) -> Entry:
    return Entry(
        at=alert.first_seen,
        kind="alert",
        text=Text(alert.sentence_zh, alert.sentence_en),
        glyph="run",
        link=f"/alerts/{alert.id}",
    )


def _clock_entries(clock: ClockCard) -> list[Entry]:
    row = clock.row
    times = (
        (row.met_at, Text("已完成", "met"), "done"),
        (row.missed_at, Text("逾期", "missed"), "late"),
        (row.started_at, Text("开始计时", "started"), "wait"),
    )
    return [
        Entry(at=at, kind="clock", text=_clock_text(clock, what), glyph=glyph)
        for at, what, glyph in times
        if at is not None
    ]


def _clock_text(clock: ClockCard, what: Text) -> Text:
    who = clock.addressee
    return Text(f"{what.zh}：{clock.what.zh}，{who.zh}", f"{clock.what.en} {what.en}: {who.en}")


def _audit_entry(line: AuditLine, about: Mapping[str, Text], people: Mapping[str, str]) -> Entry:
    action, actor = action_name(line), actor_name(line)
    who = None if line.actor in ACTORS else people.get(line.actor)
    name = _about(line, about)
    reason = str(line.detail.get("reason", ""))
    return Entry(
        at=line.at,
        kind=next((kind for start, kind in _KINDS if line.action.startswith(start)), "change"),
        text=Text(
            _joined(f"{action.zh} {name.zh}", who or actor.zh, "，", reason and f"：{reason}"),
            _joined(f"{action.en} {name.en}", who or actor.en, ", ", reason and f": {reason}"),
        ),
        glyph="done",
        link=_link(line),
    )


def _about(line: AuditLine, about: Mapping[str, Text]) -> Text:
    detail = line.detail
    for key in (line.object_id, detail.get("report"), detail.get("task")):
        if isinstance(key, str) and key in about:
            return about[key]
    levels = [detail.get(name) for name in ("before", "after", "level")]
    steps = " → ".join(_NUMERALS[level - 1] for level in levels if isinstance(level, int))
    return Text(steps, steps)


def _joined(what: str, who: str, comma: str, why: str) -> str:
    return f"{what.strip()}{comma}{who}{why}"


def _link(line: AuditLine) -> str:
    report = line.detail.get("report")
    if isinstance(report, str):
        return f"/reports/{report}"
    return f"/notices/{line.object_id}" if line.object_kind == "notice" else ""
