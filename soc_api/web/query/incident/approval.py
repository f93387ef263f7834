"""What waits for a second person: downgrades of incidents, notices to be issued."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import GradeChange, Incident, Notice
from soc_api.permission import Permission
from soc_api.web.query import due
from soc_api.web.query.due import Due
from soc_api.web.query.incident.grade import PENDING, names_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

SIGN_OFF = "sign_off"
APPROVALS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A wish that somebody else has to decide.

    `before` and `after` are levels, None for a notice; `asker` is the account that asked and
    `asked_by` its shown name; `permission` is the right that the decision asks for.
    """

    permission: Permission
    link: str
    title: Text
    before: int | None
    after: int | None
    document: str
    asker: str
    asked_by: str
    asked_at: dt.datetime
    due: Due | None


def approvals(session: Session, drill_id: str | None, now: dt.datetime) -> list[Approval]:
    """Return what waits, the longest waiting first."""
    changes = session.execute(
        sa.select(GradeChange, Incident)
        .join(Incident, Incident.id == GradeChange.incident_id)
        .where(within(Incident.drill_id, drill_id), GradeChange.state == PENDING)
        .order_by(GradeChange.asked_at)
        .limit(APPROVALS_SHOWN)
    ).all()
    notices = session.scalars(
        sa.select(Notice)
        .where(within(Notice.drill_id, drill_id), Notice.status == SIGN_OFF)
        .order_by(Notice.receipt_due)
        .limit(APPROVALS_SHOWN)
    ).all()
    askers = {change.asked_by for change, _ in changes} | {_proposer(row) for row in notices}
    names = names_of(session, askers)
    found = [_downgrade(change, incident, names) for change, incident in changes]
    found.extend(_notice(row, names, now) for row in notices)
    return sorted(found, key=lambda each: each.asked_at)


def _downgrade(change: GradeChange, incident: Incident, names: dict[str, str]) -> Approval:
    return Approval(
        permission=Permission.APPROVE_GRADE,
        link=f"/incidents/{incident.id}#downgrade",
        title=Text(incident.title_zh, incident.title_en),
        before=change.before,
        after=change.after,
        document=incident.id,
        asker=change.asked_by,
        asked_by=names[change.asked_by],
        asked_at=change.asked_at,
        due=None,
    )


def _notice(row: Notice, names: dict[str, str], now: dt.datetime) -> Approval:
    return Approval(
        permission=Permission.SIGN_OFF,
        link=f"/notices/{row.id}",
        title=Text(row.title_zh, row.title_en),
        before=None,
        after=None,
        document=row.number,
        asker=_proposer(row),
        asked_by=names[_proposer(row)],
        asked_at=row.updated_at,
        due=due.next_step_of(row, now),
    )


def _proposer(row: Notice) -> str:
    return row.submitted_by or row.drafted_by
