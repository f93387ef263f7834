"""Reports that the plan asks for: written from what is known, sent, received, supplemented."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.clocks import (
    OPEN,
    RECEIVED,
    clocks_of,
    followers,
    meet_clock,
    start_waiting,
)
from playbooks.incident.duties import PROGRESS
from playbooks.incident.filling import Known, filled, form_of, on_paper
from playbooks.incident.machine import INCIDENT
from playbooks.incident.revision import note
from playbooks.incident.stage import CLOSING_CLOCK
from playbooks.incident.standing import code_of
from playbooks.incident.tasks import TASK, end_tasks, finish_task, open_task, task_id_of
from playbooks.machine import Machine, Refusal, Transition
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.plan.report import ReportItem
from playbooks.revision import as_seen, held
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.tables import Account, Alert, Incident, Report, RunningClock, Task

REPORT = Machine(
    "draft",
    (RECEIVED,),
    (Transition("send", ("draft",), "sent"), Transition("receive", ("sent",), RECEIVED)),
)

CHANNELS = ("hotline", "web", "mail", "fax", "phone", "portal", "paper")
"""How a report goes out."""

COURSE = ("first", "follow_up")
"""Kinds that tell the course: they may leave out what is not known yet."""

SUPPLEMENT = "supplement_report"
"""Kind of the task to supply what a report left out, one for each addressee."""

TEXT_LIMIT = 10_000
"""Characters of an item."""

_PI_KINDS = ("pi_authority", "pi_persons")
_SYSTEM_INPUT = "system"
_LONGEST_NAME = 200


def draft_report(
    session: Session,
    plan: Plan,
    incident_id: str,
    *,
    kind: str,
    addressee: str,
    by: Person,
    now: dt.datetime,
) -> Report:
    """Write a report with what the incident and earlier reports tell.

    `kind`: first, follow_up, closing, pi_authority, pi_persons. `addressee` is one of a clock of
    the incident, or who else is told. Raise `Malformed` for an unknown kind or no addressee,
    `Refusal` with code `illegal` for a withdrawn incident, `drafted` where the same report
    waits already.
    """
    incident = held(session, Incident, incident_id)
    form = form_of(plan, incident, kind)
    told = typed(addressee, "addressee", longest=_LONGEST_NAME)
    if not told:
        raise Malformed("say who is told", where="addressee")
    there = _reports_of(session, incident)
    _may_draft(incident, there, kind, told)
    number = max((report.number for report in there), default=0) + 1
    items = filled(form, _known(session, plan, incident, there, number=number, by=by, now=now))
    report = Report(
        id=f"{incident.id}-B{number}",
        incident_id=incident.id,
        drill_id=incident.drill_id,
        kind=kind,
        number=number,
        addressee=told,
        channel="",
        items=items,
        missing=_missing(form, items),
        state=REPORT.initial,
        written_by=by.name,
        created_at=now,
        updated_at=now,
    )
    session.add(report)
    session.flush()
    _note(session, incident, report, "report.draft", by=by, now=now)
    return report


def edit_report(
    session: Session,
    plan: Plan,
    report_id: str,
    *,
    items: Mapping[str, str],
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Report:
    """Write items of a draft by their key; the others stay.

    Raise `Malformed` with the key of an item that the form has not or that is too long,
    `Refusal` with code `stale`, or `illegal` once it was sent.
    """
    report = as_seen(session, Report, report_id, expected_version)
    REPORT.after(report.state, "send", where=report.id)
    incident = held(session, Incident, report.incident_id)
    form = form_of(plan, incident, report.kind)
    report.items = report.items | _written(form, items)
    report.missing = _missing(form, report.items)
    report.updated_at = now
    _note(session, incident, report, "report.edit", by=by, now=now, items=sorted(items))
    return report


def send_report(
    session: Session,
    plan: Plan,
    report_id: str,
    *,
    channel: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Report:
    """Record that a report went out by a channel, and what follows from it.

    A first report meets the clocks from discovery of its addressee and no others; what it lacks
    becomes a task. A drill's report reaches nobody: nothing leaves the platform by this.
    Raise `Malformed` with the key of an item that is due now and empty; `Refusal` with code
    `stale`, `illegal`, or `response_runs` for a closing report before the response ended.
    """
    report = as_seen(session, Report, report_id, expected_version)
    state = REPORT.after(report.state, "send", where=report.id)
    incident = held(session, Incident, report.incident_id)
    if channel not in CHANNELS:
        raise Malformed(f"one of {', '.join(CHANNELS)}", where="channel")
    if report.kind == "closing" and incident.response_ended_at is None:
        raise Refusal("response_runs", "the response has not ended", where=incident.id)
    form = form_of(plan, incident, report.kind)
    report.items = report.items | {
        row.key: on_paper(now) for row in form if row.key == "reported_at"
    }
    _complete(form, report)
    report.state, report.channel = state, channel
    report.sent_by, report.sent_at, report.updated_at = by.name, now, now
    report.missing = _missing(form, report.items)
    _note(session, incident, report, "report.send", by=by, now=now, channel=channel)
    session.flush()
    _follow_up(session, incident, report, by=by, now=now)
    for clock in _met_by(session, report):
        meet_clock(session, clock.id, by=by, now=now)
    return report


def record_receipt(
    session: Session,
    plan: Plan,
    report_id: str,
    *,
    received_at: dt.datetime,
    note: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Report:
    """Record that the addressee has received a report; the clocks that wait for it start then.

    Raise `Malformed` for a time before it was sent or in the future, `Refusal` with code
    `stale`, or `illegal` where it was not sent or was received before.
    """
    report = as_seen(session, Report, report_id, expected_version)
    state = REPORT.after(report.state, "receive", where=report.id)
    incident = held(session, Incident, report.incident_id)
    if report.sent_at is None or not report.sent_at <= received_at <= now:
        raise Malformed("between when it was sent and now", where="received_at")
    said = typed(note, "note")
    report.state, report.received_at, report.receipt_note = state, received_at, said
    report.updated_at = now
    at = received_at.isoformat()
    _note(session, incident, report, "report.receive", by=by, now=now, received_at=at)
    if report.kind in COURSE:
        keys = followers(plan, report.addressee)
        start_waiting(session, incident, "receipt", received_at, by=by, now=now, keys=keys)
    return report


def _reports_of(session: Session, incident: Incident) -> Sequence[Report]:
    return session.scalars(
        sa.select(Report).where(Report.incident_id == incident.id).order_by(Report.number)
    ).all()


def _may_draft(incident: Incident, there: Sequence[Report], kind: str, addressee: str) -> None:
    if incident.stage in INCIDENT.terminal - {"archived"}:
        raise Refusal("illegal", f"the incident is {incident.stage}", where=incident.id)
    waiting = (kind, addressee, REPORT.initial)
    if waiting in {(report.kind, report.addressee, report.state) for report in there}:
        raise Refusal("drafted", "such a report waits already", where=incident.id)


def _known(
    session: Session,
    plan: Plan,
    incident: Incident,
    reports: Sequence[Report],
    *,
    number: int,
    by: Person,
    now: dt.datetime,
) -> Known:
    alerts = sa.select(Alert).where(Alert.incident_id == incident.id)
    done = sa.select(Task).where(Task.object_id == incident.id, Task.state == "done")
    shown = session.scalar(sa.select(Account.display_name).where(Account.name == by.name))
    earlier: dict[str, object] = {}
    for report in reports:
        earlier |= {key: value for key, value in report.items.items() if value}
    return Known(
        plan=plan,
        incident=incident,
        alerts=session.scalars(alerts.order_by(Alert.first_seen, Alert.id)).all(),
        done=session.scalars(done.order_by(Task.done_at, Task.id)).all(),
        earlier=earlier,
        number=number,
        reporter=shown or by.name,
        now=now,
    )


def _written(form: Sequence[ReportItem], items: Mapping[str, str]) -> dict[str, object]:
    free = {row.key for row in form if row.input != _SYSTEM_INPUT}
    unknown = next((key for key in items if key not in free), None)
    if unknown is not None:
        raise Malformed("the form has no such item", where=unknown)
    return {key: typed(text, key, longest=TEXT_LIMIT) for key, text in items.items()}


def _missing(form: Sequence[ReportItem], items: Mapping[str, object]) -> list[object]:
    return [row.key for row in form if row.required and not items.get(row.key)]


def _complete(form: Sequence[ReportItem], report: Report) -> None:
    due = [
        row for row in form if row.required and (row.required_first or report.kind not in COURSE)
    ]
    lacking = [row for row in due if not report.items.get(row.key)]
    if lacking:
        names = ", ".join(row.en for row in lacking)
        raise Malformed(f"to be filled in: {names}", where=lacking[0].key)


def _follow_up(
    session: Session, incident: Incident, report: Report, *, by: Person, now: dt.datetime
) -> None:
    done: list[str] = []
    if report.kind in COURSE:
        if report.missing:
            _ask_for_the_rest(session, incident, report, by=by, now=now)
        else:
            _end_supplement(session, report, by=by, now=now)
    if report.kind == "follow_up":
        done += ["follow_up_report", PROGRESS]
        incident.flags = [f for f in incident.flags if code_of(f) != "follow_up_report_due"]
        incident.updated_at = now
    if report.kind == "closing":
        done.append("closing_report")
    if report.kind in _PI_KINDS and _both_told(session, incident):
        done.append("pi_notice")
    if done:
        end_tasks(session, "finish", incident.id, tuple(done), by=by, now=now)


def _ask_for_the_rest(
    session: Session, incident: Incident, report: Report, *, by: Person, now: dt.datetime
) -> None:
    lacking = len(report.missing)
    open_task(
        session,
        kind=SUPPLEMENT,
        object_kind="incident",
        object_id=incident.id,
        # What one authority was told another may still lack.
        key=report.addressee,
        title_zh=f"向{report.addressee}补报第{report.number}次报告未填的 {lacking} 项",
        title_en=f"Supply the {lacking} items that report {report.number} lacks",
        due_at=None,
        drill_id=incident.drill_id,
        now=now,
        by=by,
    )


def _end_supplement(session: Session, report: Report, *, by: Person, now: dt.datetime) -> None:
    task_id = task_id_of(SUPPLEMENT, "incident", report.incident_id, report.addressee)
    task = session.get(Task, task_id)
    if task is not None and task.state == TASK.initial:
        finish_task(session, task.id, by=by, now=now)


def _both_told(session: Session, incident: Incident) -> bool:
    told = sa.select(Report.kind).where(
        Report.incident_id == incident.id,
        Report.kind.in_(_PI_KINDS),
        Report.state != REPORT.initial,
    )
    return set(session.scalars(told)) == set(_PI_KINDS)


def _met_by(session: Session, report: Report) -> list[RunningClock]:
    met = {"first": "discovery", "closing": "response_end"}.get(report.kind)
    return [
        clock
        for clock in clocks_of(session, report.incident_id)
        if clock.start == met
        and clock.state in OPEN
        and (clock.addressee == report.addressee or clock.clock == CLOSING_CLOCK)
    ]


def _note(
    session: Session,
    incident: Incident,
    report: Report,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    about = {"report": report.id, "kind_of_report": report.kind, "addressee": report.addressee}
    drill = {"drill": True} if report.drill_id else {}
    note(session, incident, action, by=by, now=now, **about, **drill, **detail)
