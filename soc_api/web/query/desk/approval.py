"""What waits for a second person: downgrades of incidents, notices, actions of playbooks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import (
    Account,
    Approval,
    ApprovalVote,
    GradeChange,
    Incident,
    Notice,
    PlaybookRun,
    PlaybookVersion,
)
from soc_api.permission import Permission, may
from soc_api.web.query import due
from soc_api.web.query.due import Due
from soc_api.web.query.incident.grade import PENDING, names_of
from soc_api.web.query.playbook.due import approval_due
from soc_api.web.query.scope import within
from soc_api.web.text import Text

SIGN_OFF = "sign_off"
SHOWN = 20
"""Rows of each kind that are read."""
NOBODY = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that somebody else than who asked has to decide.

    `title` is what is asked, `about` where it belongs, `asked_by` the shown name of who asked.
    The accounts in `own` may not decide what is theirs. `roles` may, all that have the right if
    it is empty; `agreed` of `quorum` people have agreed, and `voters` have said something.
    """

    kind: Literal["downgrade", "sign_off", "action"]
    permission: Permission
    link: str
    title: Text
    about: Text = NOBODY
    document: str
    before: int = 0
    after: int = 0
    asked_by: str
    asked_at: dt.datetime
    own: frozenset[str]
    due: Due | None = None
    roles: frozenset[str] = frozenset()
    quorum: int = 1
    agreed: int = 0
    voters: frozenset[str] = frozenset()

    def concerns(self, account: Account) -> bool:
        """Tell whether it waits for this account; its own things do, and are told to be so."""
        has_role = not self.roles or account.role in self.roles
        return has_role and may(account, self.permission) and account.name not in self.voters


def decisions(session: Session, drill_id: str | None, now: dt.datetime) -> list[Decision]:
    """Return what waits, what is due first on top; what has no limit stands last."""
    found = [
        *downgrades(session, drill_id),
        *sign_offs(session, drill_id, now),
        *actions(session, [within(Approval.drill_id, drill_id)], now),
    ]
    return sorted(found, key=_urgency)


def _urgency(each: Decision) -> tuple[bool, dt.datetime]:
    due_at = each.due.due_at if each.due else None
    return due_at is None, due_at or each.asked_at


def downgrades(session: Session, drill_id: str | None) -> list[Decision]:
    """Return the downgrades that wait."""
    rows = session.execute(
        sa.select(GradeChange, Incident)
        .join(Incident, Incident.id == GradeChange.incident_id)
        .where(within(Incident.drill_id, drill_id), GradeChange.state == PENDING)
        .order_by(GradeChange.asked_at)
        .limit(SHOWN)
    ).all()
    names = names_of(session, {change.asked_by for change, _ in rows})
    return [_downgrade(change, incident, names) for change, incident in rows]


def sign_offs(session: Session, drill_id: str | None, now: dt.datetime) -> list[Decision]:
    """Return the notices that wait to be issued."""
    rows = session.scalars(
        sa.select(Notice)
        .where(within(Notice.drill_id, drill_id), Notice.status == SIGN_OFF)
        .order_by(Notice.receipt_due)
        .limit(SHOWN)
    ).all()
    names = names_of(session, {_proposer(row) for row in rows})
    return [_notice(row, names, now) for row in rows]


def actions(
    session: Session, conditions: Iterable[sa.ColumnElement[bool]], now: dt.datetime
) -> list[Decision]:
    """Return the actions of playbooks that wait, the nearest deadline first."""
    rows = session.execute(
        sa.select(Approval, PlaybookRun, PlaybookVersion)
        .join(PlaybookRun, PlaybookRun.id == Approval.run_id)
        .join(PlaybookVersion, PlaybookVersion.id == PlaybookRun.version_id)
        .where(Approval.state == PENDING, *conditions)
        .order_by(Approval.deadline_at, Approval.id)
        .limit(SHOWN)
    ).all()
    names = names_of(session, {approval.asked_by for approval, *_ in rows})
    votes = _votes(session, [approval.id for approval, *_ in rows])
    return [_action(row, names, votes, now) for row in rows]


def _votes(session: Session, ids: list[str]) -> Mapping[str, list[ApprovalVote]]:
    found: defaultdict[str, list[ApprovalVote]] = defaultdict(list)
    for vote in session.scalars(sa.select(ApprovalVote).where(ApprovalVote.approval_id.in_(ids))):
        found[vote.approval_id].append(vote)
    return found


def _downgrade(change: GradeChange, incident: Incident, names: Mapping[str, str]) -> Decision:
    return Decision(
        kind="downgrade",
        permission=Permission.APPROVE_GRADE,
        link=f"/incidents/{incident.id}#downgrade",
        title=Text(incident.title_zh, incident.title_en),
        before=change.before,
        after=change.after,
        document=incident.id,
        own=frozenset({change.asked_by}),
        asked_by=names[change.asked_by],
        asked_at=change.asked_at,
    )


def _notice(row: Notice, names: Mapping[str, str], now: dt.datetime) -> Decision:
    return Decision(
        kind="sign_off",
        permission=Permission.SIGN_OFF,
        link=f"/notices/{row.id}",
        title=Text(row.title_zh, row.title_en),
        document=row.number,
        own=frozenset({_proposer(row)}),
        asked_by=names[_proposer(row)],
        asked_at=row.updated_at,
        due=due.next_step_of(row, now),
    )


def _action(
    row: sa.Row[Approval, PlaybookRun, PlaybookVersion],
    names: Mapping[str, str],
    votes: Mapping[str, list[ApprovalVote]],
    now: dt.datetime,
) -> Decision:
    approval, run, version = row
    said = votes.get(approval.id, [])
    return Decision(
        kind="action",
        permission=Permission.APPROVE_ACTION,
        link=f"/playbooks/runs/{run.id}",
        title=intended(approval),
        about=Text(version.name_zh, version.name_en),
        document=run.id,
        own=frozenset({approval.asked_by, version.written_by}),
        asked_by=names[approval.asked_by],
        asked_at=approval.asked_at,
        due=approval_due(approval, now),
        roles=frozenset(str(role) for role in approval.roles),
        quorum=approval.quorum,
        agreed=sum(vote.vote == "approve" for vote in said),
        voters=frozenset(vote.person for vote in said),
    )


def intended(approval: Approval) -> Text:
    """Return what would be done, in a few words; the exact action where no words are kept."""
    plain = str(approval.intent.get("command") or approval.action.get("name") or approval.id)
    what = approval.intent.get("what")
    words = what if isinstance(what, dict) else {}
    return Text(str(words.get("zh") or plain), str(words.get("en") or plain))


def _proposer(row: Notice) -> str:
    return row.submitted_by or row.drafted_by
