"""What people decide about a finding, each with a reason; in the caller's transaction.

All raise `Conflict` if there is no such finding, `Refusal` where it changed since
`expected_version`, or its state, a guard or a missing reason forbids the act. A finding about a
mark of secrecy is decided by the secrecy officer alone, and its reason stays off the audit.
"""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.guard import a_mark, may_see, of_city, reason_of, unrestricted
from playbooks.finding.item import retested
from playbooks.finding.ledger import move, note
from playbooks.finding.verdict import verdict_of
from playbooks.incident.tasks import TASK, finish_task
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import as_seen
from playbooks.text import typed
from situation.content.grade import DataGrade
from situation.state.tables import Alert, DataFinding, ScannedResource, Task

_LONGEST_OWNER = 100


class Decision(Protocol):
    """What all decisions have in common: about which finding, why, by whom, as he saw it."""

    def __call__(
        self,
        session: Session,
        finding_id: str,
        *,
        reason: str,
        by: Person,
        expected_version: int,
        now: dt.datetime,
    ) -> DataFinding:
        """Decide; see the functions of this module."""


def false_alarm(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Say that there is nothing to put right (误报); a scan opens it again if that changes."""
    finding = _held(session, finding_id, by, expected_version)
    return _decide(session, finding, "false_alarm", reason=reason, by=by, now=now)


def accept(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Leave it as it is and answer for that (接受风险)."""
    finding = _held(session, finding_id, by, expected_version, unrestricted)
    return _decide(session, finding, "accept", reason=reason, by=by, now=now)


def reopen(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Take a decision back, or open again what a scan has closed."""
    finding = _held(session, finding_id, by, expected_version)
    finding.notice_id = finding.rectification_item_id = None
    return _decide(session, finding, "reopen", reason=reason, by=by, now=now)


def confirm_mark(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Say that a mark of secrecy is true (属实); it stays until it is gone from there."""
    finding = _held(session, finding_id, by, expected_version, a_mark)
    return _decide(session, finding, "confirm", reason=reason, by=by, now=now)


def false_mark(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Say that a mark of secrecy is none (误报)."""
    finding = _held(session, finding_id, by, expected_version, a_mark)
    return _decide(session, finding, "false_alarm", reason=reason, by=by, now=now)


def declassified(
    session: Session,
    finding_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Say that a marked text was declassified (已解密) and its mark not yet corrected."""
    finding = _held(session, finding_id, by, expected_version, a_mark)
    return _decide(session, finding, "declassify", reason=reason, by=by, now=now)


def change_owner(
    session: Session,
    finding_id: str,
    *,
    owner: str,
    reason: str = "",
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Name who has to put it right; empty for nobody in particular."""
    finding = _held(session, finding_id, by, expected_version)
    was, finding.owner = finding.owner, typed(owner, "owner", longest=_LONGEST_OWNER)
    detail = {"was": was, "owner": finding.owner, "reason": typed(reason, "reason")}
    note(session, finding, "change_owner", by=by, now=now, **detail)
    return finding


def confirm_grade(
    session: Session,
    finding_id: str,
    *,
    important: bool,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> DataFinding:
    """Say whether a resource that may hold important data does (art 29: people decide it).

    The answer stays as long as scans ask. Raise `Refusal` with code `nothing_to_confirm` where
    nobody asks.
    """
    finding = _held(session, finding_id, by, expected_version)
    why = reason_of(reason, finding.id)
    resource = session.get_one(ScannedResource, finding.resource_id)
    if not resource.needs_confirm:
        raise Refusal("nothing_to_confirm", "its grade needs no word", where=finding.id)
    said = DataGrade.IMPORTANT if important else _general(verdict_of(resource).grade)
    was, resource.confirmed_grade = resource.grade, int(said)
    resource.grade = finding.grade = int(said)
    resource.needs_confirm = False
    finding.decided_by, finding.decided_at = by.name, now
    detail = {"was": was, "grade": int(said), "reason": why}
    note(session, finding, "confirm_grade", by=by, now=now, **detail)
    return finding


def _general(grade: DataGrade) -> DataGrade:
    return min(grade, DataGrade.GENERAL_4)


def _held(
    session: Session,
    finding_id: str,
    by: Person,
    expected_version: int,
    *guards: Callable[[DataFinding], None],
) -> DataFinding:
    of_city(by, finding_id)
    finding = as_seen(session, DataFinding, finding_id, expected_version)
    may_see(finding, by)
    for guard in guards:
        guard(finding)
    return finding


def _decide(
    session: Session,
    finding: DataFinding,
    act: str,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> DataFinding:
    why = reason_of(reason, finding.id)
    move(session, finding, act, by=by, now=now, reason=why)
    finding.decided_by, finding.decided_at, finding.remark = by.name, now, why
    resource = session.get_one(ScannedResource, finding.resource_id)
    finding.decided_content = resource.content_hash
    if act in ("false_alarm", "accept"):
        retested(session, finding, fixed=True, remark=why, now=now, by=by)
    if finding.restricted:
        _answer_playbook(session, finding, by=by, now=now)
    return finding


_ANSWERS = (("confirmed", "属实"), ("declassified", "已解密"), ("false_alarm", "误报"))
"""What the playbook of marks is answered, by the state of its findings, the gravest first."""


def _answer_playbook(
    session: Session, finding: DataFinding, *, by: Person, now: dt.datetime
) -> None:
    """Answer the officer's task of the incident once all of its marks are decided about."""
    alert = session.get(Alert, finding.alert_id) if finding.alert_id else None
    if alert is None or alert.incident_id is None:
        return
    session.flush()
    told = sa.select(DataFinding.state).join(Alert, Alert.id == DataFinding.alert_id)
    states = set(session.scalars(told.where(Alert.incident_id == alert.incident_id)))
    answer = next((said for state, said in _ANSWERS if state in states), "")
    if "open" in states or not answer:
        return
    wanted = sa.select(Task.id).where(
        Task.object_id == alert.incident_id, Task.role == by.role, Task.state == TASK.initial
    )
    for task_id in session.scalars(wanted.order_by(Task.id)).all():
        finish_task(session, task_id, answer=answer, by=by, now=now)
