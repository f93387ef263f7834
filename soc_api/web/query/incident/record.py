"""Incidents: the list, and one with its grade, clocks, tasks, reports and course."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from situation.state.tables import Alert, Incident, Notice, PlaybookRun, Task
from soc_api.web.query.alert import AlertLine, lines
from soc_api.web.query.desk.approval import Decision, actions
from soc_api.web.query.due import Due
from soc_api.web.query.incident.clock import ClockCard, clock_cards, next_dues
from soc_api.web.query.incident.course import Entry, audit_lines, course_of
from soc_api.web.query.incident.duty import DutyCard, duty_cards
from soc_api.web.query.incident.grade import (
    PENDING,
    Change,
    Fact,
    GradeReason,
    changes_of,
    facts_of,
    grade_reasons,
    names_of,
    tellers_of,
)
from soc_api.web.query.incident.report import ReportLine, reports_of
from soc_api.web.query.incident.stage import (
    ENDED,
    StageStep,
    possible_acts,
    stage_lines,
    stage_steps,
)
from soc_api.web.query.incident.task import TaskLine, tasks_of
from soc_api.web.query.playbook.run_list import RunFilter, RunLine, runs_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

ALERTS_SHOWN = 100
ROWS_SHOWN = 200
RUNS_SHOWN = 8


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
class IncidentView:
    """One incident with everything its page shows."""

    row: Incident
    title: Text
    steps: list[StageStep]
    clocks: list[ClockCard]
    duties: list[DutyCard]
    reasons: list[GradeReason]
    facts: list[Fact]
    flags: list[Text]
    changes: list[Change]
    tasks: list[TaskLine]
    reports: list[ReportLine]
    course: list[Entry]
    alerts: list[AlertLine]
    notices: list[Notice]
    runs: list[RunLine]
    asked: list[Decision]
    """Actions of these runs that somebody has to decide, the nearest first."""
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
    def ended(self) -> bool:
        """Whether nothing more can be done."""
        return self.row.stage in ENDED

    @property
    def acts(self) -> list[str]:
        """What may be done with the incident now."""
        return possible_acts(self.row)

    @property
    def facts_say(self) -> int | None:
        """The level of the facts alone where the incident stands at another one."""
        level = self.row.facts_level
        return level if level != self.row.level else None

    @property
    def pending(self) -> Change | None:
        """The downgrade that waits for a second person."""
        return next((each for each in self.changes if each.row.state == PENDING), None)

    @property
    def drafts(self) -> list[ReportLine]:
        """Reports that are not sent yet."""
        return [line for line in self.reports if line.row.state == "draft"]

    @property
    def told_in_order(self) -> list[Entry]:
        """The course: the newest on top while it is worked on, the oldest once it is over."""
        return self.course[::-1] if self.ended else self.course

    @property
    def report_due(self) -> ClockCard | None:
        """The clock that the next first report has to meet; None where no report is due."""
        return next((card for card in self.clocks if card.open and card.since_discovery), None)


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
    ).all()
    dues = next_dues(session, rows, now)
    return [IncidentLine(row, dues.get(row.id)) for row in rows]


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


def incident_view(
    session: Session, plan: Plan, incident_id: str, now: dt.datetime
) -> IncidentView | None:
    """Return one incident, None if there is none by this id."""
    row = session.get(Incident, incident_id)
    if row is None:
        return None
    alerts, notices = _alerts(session, row), _notices(session, row)
    clocks, reports = clock_cards(session, row, now), reports_of(session, row.id)
    changes = changes_of(session, row.id)
    objects = [("incident", row.id), *(("notice", each.id) for each in notices)]
    audited = audit_lines(session, objects)
    stages = stage_lines(session, row.id)
    people = names_of(session, {line.actor for line in (*audited, *stages)} | tellers_of(row))
    return IncidentView(
        row=row,
        title=title_of(row),
        steps=stage_steps(row, stages, people),
        clocks=clocks,
        duties=duty_cards(plan, row, reports),
        reasons=grade_reasons(row, people),
        facts=facts_of(row, people),
        flags=[_sentence(flag) for flag in row.flags],
        changes=changes,
        tasks=tasks_of(session, objects, now),
        reports=reports,
        course=course_of(
            alerts,
            clocks,
            audited,
            about=_named(session, row, notices, reports),
            people=people,
        ),
        alerts=lines(alerts),
        notices=notices,
        runs=_runs(session, row, now),
        asked=actions(session, [PlaybookRun.incident_id == row.id], now),
        entities=[_entity(entity) for entity in row.entities],
    )


def title_of(row: Incident | Notice) -> Text:
    """Return the title in both languages."""
    return Text(row.title_zh, row.title_en)


def _alerts(session: Session, row: Incident) -> list[Alert]:
    query = (
        sa.select(Alert)
        .where(Alert.incident_id == row.id)
        .order_by(Alert.first_seen.desc(), Alert.id)
        .limit(ALERTS_SHOWN)
    )
    return list(session.scalars(query))


def _notices(session: Session, row: Incident) -> list[Notice]:
    query = sa.select(Notice).where(Notice.incident_id == row.id).order_by(Notice.number)
    return list(session.scalars(query))


def _runs(session: Session, row: Incident, now: dt.datetime) -> list[RunLine]:
    wanted = RunFilter(state="all", incident=row.id)
    return runs_of(session, wanted, row.drill_id, now, RUNS_SHOWN)


def _named(
    session: Session, row: Incident, notices: Sequence[Notice], reports: Sequence[ReportLine]
) -> dict[str, Text]:
    tasks = session.scalars(sa.select(Task).where(Task.object_id == row.id)).all()
    return (
        {each.id: Text(each.number, each.number) for each in notices}
        | {line.row.id: line.name for line in reports}
        | {task.id: Text(task.title_zh, task.title_en) for task in tasks}
    )


def _sentence(flag: object) -> Text:
    if not isinstance(flag, dict):
        return Text(str(flag), str(flag))
    plain = str(flag.get("sentence", ""))
    return Text(str(flag.get("zh", plain)), str(flag.get("en", plain)))


def _entity(entity: object) -> tuple[str, str]:
    if isinstance(entity, dict):
        kind = str(entity.get("kind", entity.get("type", "")))
        return kind, str(entity.get("value", entity.get("id", "")))
    return "", str(entity)
