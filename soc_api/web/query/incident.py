"""Incidents: the list; one incident with its grade, clocks, facts, course and what hangs on it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Alert, AuditLine, Incident, Notice
from soc_api.web.query import due
from soc_api.web.query.alert import AlertLine, lines
from soc_api.web.query.due import Due
from soc_api.web.query.scope import within
from soc_api.web.term import action_name, actor_name
from soc_api.web.text import Text

ALERTS_SHOWN = 100
ROWS_SHOWN = 200

CLOCK_START = "clock.start"

FactState = Literal["proved", "assumed"]
CourseKind = Literal["alert", "clock", "notice", "change"]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One row of the list: the incident and what of it is due next."""

    row: Incident
    next_due: Due | None

    @property
    def title(self) -> Text:
        """Title of the incident."""
        return title_of(self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReason:
    """One instrument's verdict: its clause, the fact against the threshold, the level.

    `words` stands for a value that is a step of a scale; `state` says how sure the fact is.
    """

    level: int
    instrument: Text
    clause: str
    verified: bool
    metric: Text
    unit: str
    value: object
    words: Text | None
    threshold: object
    state: FactState


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that was graded: its value, whether it is proved, where it is from."""

    key: str
    value: object
    state: FactState
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the course of an incident. `link` leads to its proof, if there is one."""

    at: dt.datetime
    kind: CourseKind
    text: Text
    glyph: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident with everything its page shows."""

    row: Incident
    title: Text
    clocks: list[Due]
    reasons: list[GradeReason]
    facts: list[Fact]
    flags: list[Text]
    course: list[Entry]
    alerts: list[AlertLine]
    notices: list[Notice]
    entities: list[tuple[str, str]]

    @property
    def assumed(self) -> list[Fact]:
        """Facts that somebody has to confirm."""
        return [fact for fact in self.facts if fact.state == "assumed"]

    @property
    def told(self) -> set[str]:
        """Keys of the facts that are known."""
        return {fact.key for fact in self.facts} | set(self.row.facts)

    @property
    def path(self) -> list[str]:
        """ATT&CK techniques in the order in which they were seen."""
        ordered = sorted(self.alerts, key=lambda line: line.row.first_seen)
        return list(dict.fromkeys(line.row.technique for line in ordered))

    @property
    def issued_at(self) -> dt.datetime | None:
        """When the first notice was issued."""
        return min((each.issued_at for each in self.notices if each.issued_at), default=None)


def incident_lines(
    session: Session, now: dt.datetime, *, drill_id: str | None, status: str
) -> list[IncidentLine]:
    """Return incidents, the gravest and newest first; `status` is open, closed or all."""
    conditions = [within(Incident.drill_id, drill_id)]
    if status != "all":
        conditions.append(Incident.status == status)
    rows = session.scalars(
        sa.select(Incident)
        .where(*conditions)
        .order_by(Incident.level, Incident.last_seen.desc(), Incident.id)
        .limit(ROWS_SHOWN)
    )
    return [IncidentLine(row, _next_clock(session, row, now)) for row in rows]


def counts(session: Session, drill_id: str | None) -> dict[str, int]:
    """Count the incidents by status, and all of them."""
    query = (
        sa.select(Incident.status, sa.func.count())
        .where(within(Incident.drill_id, drill_id))
        .group_by(Incident.status)
    )
    found = dict(session.execute(query).all())
    return {"open": 0, "closed": 0} | found | {"all": sum(found.values())}


def levels(session: Session, drill_id: str | None) -> dict[int, int]:
    """Count the open incidents by level, the gravest first."""
    query = (
        sa.select(Incident.level, sa.func.count())
        .where(within(Incident.drill_id, drill_id), Incident.status == "open")
        .group_by(Incident.level)
        .order_by(Incident.level)
    )
    return dict(session.execute(query).all())


def incident_view(session: Session, incident_id: str, now: dt.datetime) -> IncidentView | None:
    """Return one incident, None if there is none by this id."""
    row = session.get(Incident, incident_id)
    if row is None:
        return None
    alerts = list(
        session.scalars(
            sa.select(Alert)
            .where(Alert.incident_id == row.id)
            .order_by(Alert.first_seen.desc(), Alert.id)
            .limit(ALERTS_SHOWN)
        )
    )
    notices = list(
        session.scalars(
            sa.select(Notice).where(Notice.incident_id == row.id).order_by(Notice.number)
        )
    )
    clocks = due.clocks_of(session, row, now)
    return IncidentView(
        row=row,
        title=title_of(row),
        clocks=clocks,
        reasons=_grade_reasons(row),
        facts=_facts(row),
        flags=[_sentence(flag) for flag in row.flags],
        course=_course(session, row, alerts, notices, clocks),
        alerts=lines(alerts),
        notices=notices,
        entities=[_entity(entity) for entity in row.entities],
    )


def title_of(row: Incident | Notice) -> Text:
    """Return the title in both languages."""
    return Text(row.title_zh, row.title_en)


def _next_clock(session: Session, row: Incident, now: dt.datetime) -> Due | None:
    waiting = [clock for clock in due.clocks_of(session, row, now) if clock.state == due.RUNNING]
    return waiting[0] if waiting else None


def _grade_reasons(row: Incident) -> list[GradeReason]:
    found = [_grade_reason(row, reason) for reason in row.reasons if isinstance(reason, dict)]
    return sorted(found, key=lambda reason: reason.level)


def _grade_reason(row: Incident, reason: Mapping[str, object]) -> GradeReason:
    return GradeReason(
        level=int(str(reason.get("level", row.level))),
        instrument=_both(reason, "instrument"),
        clause=str(reason.get("clause", "")),
        verified=bool(reason.get("verified")),
        metric=_both(reason, "metric"),
        unit=str(reason.get("unit", "value")),
        value=reason.get("value"),
        words=_both(reason, "value") if reason.get("value_zh") else None,
        threshold=reason.get("threshold"),
        state=_state(row, str(reason.get("metric", ""))),
    )


def _facts(row: Incident) -> list[Fact]:
    return [
        Fact(key=key, value=value, state=_state(row, key), source=_fact_source(row, key))
        for key, value in _flat(row.facts)
    ]


def _course(
    session: Session,
    row: Incident,
    alerts: list[Alert],
    notices: list[Notice],
    clocks: list[Due],
) -> list[Entry]:
    entries = [
        Entry(
            at=alert.first_seen,
            kind="alert",
            text=Text(alert.sentence_zh, alert.sentence_en),
            glyph="run",
            link=f"/alerts/{alert.id}",
        )
        for alert in alerts
    ]
    entries.extend(_clock_entry(clock) for clock in clocks)
    objects = [("incident", row.id), *(("notice", notice.id) for notice in notices)]
    numbers = {notice.id: notice.number for notice in notices}
    audited = session.scalars(
        sa.select(AuditLine).where(
            sa.tuple_(AuditLine.object_kind, AuditLine.object_id).in_(objects)
        )
    )
    # The start of a clock stands there already, with its addressee.
    entries.extend(_audit_entry(line, numbers) for line in audited if line.action != CLOCK_START)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _clock_entry(clock: Due) -> Entry:
    who, what = clock.addressee, clock.what
    if clock.met_at is not None:
        text = Text(f"{what.zh}已完成：{who.zh}", f"{what.en} met: {who.en}")
        return Entry(at=clock.met_at, kind="clock", text=text, glyph="done")
    text = Text(f"开始计时：{what.zh}，{who.zh}", f"Clock started: {what.en}, {who.en}")
    return Entry(at=clock.started_at, kind="clock", text=text, glyph="wait")


def _audit_entry(line: AuditLine, numbers: Mapping[str, str]) -> Entry:
    action, actor = action_name(line), actor_name(line)
    about = numbers.get(line.object_id) or str(line.detail.get("addressee", ""))
    return Entry(
        at=line.at,
        kind=_course_kind(line),
        text=Text(
            f"{action.zh} {about}".strip() + f"，{actor.zh}",
            f"{action.en} {about}".strip() + f", {actor.en}",
        ),
        glyph="done",
        link=f"/notices/{line.object_id}" if line.object_kind == "notice" else "",
    )


def _course_kind(line: AuditLine) -> CourseKind:
    if line.object_kind == "notice":
        return "notice"
    return "clock" if line.action.startswith("clock.") else "change"


def _flat(facts: Mapping[str, object]) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, value in facts.items():
        if isinstance(value, dict):
            pairs.extend((f"{key}.{inner}", each) for inner, each in value.items())
        else:
            pairs.append((key, value))
    return pairs


def _source_of(row: Incident, key: str) -> object:
    return row.fact_sources.get(key, row.fact_sources.get(key.partition(".")[0]))


def _state(row: Incident, key: str) -> FactState:
    source = _source_of(row, key)
    if isinstance(source, dict) and source.get("state") == "proved":
        return "proved"
    return "assumed"


def _fact_source(row: Incident, key: str) -> Text:
    source = _source_of(row, key)
    if not isinstance(source, dict):
        return Text("", "")
    return Text(str(source.get("zh", "")), str(source.get("en", "")))


def _both(mapping: Mapping[str, object], key: str) -> Text:
    plain = str(mapping.get(key, ""))
    return Text(str(mapping.get(f"{key}_zh", plain)), str(mapping.get(f"{key}_en", plain)))


def _sentence(flag: object) -> Text:
    if not isinstance(flag, dict):
        return Text(str(flag), str(flag))
    return Text(
        str(flag.get("zh", flag.get("sentence", ""))), str(flag.get("en", flag.get("sentence", "")))
    )


def _entity(entity: object) -> tuple[str, str]:
    if isinstance(entity, dict):
        kind = str(entity.get("kind", entity.get("type", "")))
        return kind, str(entity.get("value", entity.get("id", "")))
    return "", str(entity)
