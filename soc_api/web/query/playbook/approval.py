"""Approvals: the inbox, and the card by which somebody decides about one exact action."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.voting import hindrance
from playbooks.person import Person
from situation.state.tables import (
    Account,
    Approval,
    ApprovalVote,
    Incident,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from soc_api.permission import Permission, may
from soc_api.web.query.due import Due
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.playbook.chart import chart_of
from soc_api.web.query.playbook.due import approval_due
from soc_api.web.query.playbook.intent import IntentText, grouped
from soc_api.web.query.playbook.reading import name_of, playbook_of, text_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

Tab = Literal["mine", "pending", "asked", "decided"]
TABS: tuple[Tab, ...] = get_args(Tab)

PENDING = "pending"
ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One approval with all that whoever decides has to read."""

    row: Approval
    run: PlaybookRun
    version: PlaybookVersion
    step_name: Text
    number: int
    """Number of the step in the drawing of its playbook, 0 where it is not drawn."""
    level: int | None
    intent: IntentText
    votes: list[ApprovalVote]
    people: Mapping[str, str]
    due: Due
    withheld: str
    """Why the reader cannot decide: own, author, role, twice, expired, decided; empty: they can."""

    @property
    def agreed(self) -> int:
        """How many agreed so far."""
        return sum(vote.vote == "approve" for vote in self.votes)

    @property
    def playbook_name(self) -> Text:
        """Name of the playbook."""
        return name_of(self.version)

    @property
    def fingerprint(self) -> str:
        """The digest of the action, in groups that can be read aloud."""
        return grouped(self.row.action_sha256)

    def who(self, name: str) -> str:
        """Return the shown name of somebody."""
        return self.people.get(name, name)


def waiting_count(session: Session, drill_id: str | None) -> int:
    """Count the approvals that somebody has to decide."""
    return _count(session, sa.and_(Approval.state == PENDING, within(Approval.drill_id, drill_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The approvals of one tab, and how many every tab has."""

    tab: Tab
    counts: Mapping[Tab, int]
    cards: list[Card]


def inbox(
    session: Session, account: Account, tab: Tab | None, drill_id: str | None, now: dt.datetime
) -> Inbox:
    """Return the approvals of a tab: what waits by the time that is left, else the newest first.

    None is what waits for the reader, or all that waits where nothing waits for them.
    """
    waiting = _cards(session, _pending(session, drill_id), account, now)
    mine = [card for card in waiting if not card.withheld]
    shown = tab or ("mine" if mine else "pending")
    asked = sa.and_(Approval.asked_by == account.name, within(Approval.drill_id, drill_id))
    decided = sa.and_(Approval.state != PENDING, within(Approval.drill_id, drill_id))
    cards = {"mine": mine, "pending": waiting}.get(shown)
    if cards is None:
        rows = _newest(session, asked if shown == "asked" else decided)
        cards = _cards(session, rows, account, now)
    return Inbox(
        tab=shown,
        counts={
            "mine": len(mine),
            "pending": waiting_count(session, drill_id),
            "asked": _count(session, asked),
            "decided": _count(session, decided),
        },
        cards=cards,
    )


def _pending(session: Session, drill_id: str | None) -> Sequence[Approval]:
    return session.scalars(
        sa.select(Approval)
        .where(Approval.state == PENDING, within(Approval.drill_id, drill_id))
        .order_by(Approval.deadline_at, Approval.id)
        .limit(ROWS_SHOWN)
    ).all()


def _newest(session: Session, condition: sa.ColumnElement[bool]) -> Sequence[Approval]:
    query = sa.select(Approval).where(condition)
    return session.scalars(
        query.order_by(Approval.asked_at.desc(), Approval.id.desc()).limit(ROWS_SHOWN)
    ).all()


def _count(session: Session, condition: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(Approval)
    return session.scalar(query.where(condition)) or 0


def card_of(session: Session, account: Account, approval_id: str, now: dt.datetime) -> Card | None:
    """Return one approval; None if there is none by this id."""
    row = session.get(Approval, approval_id)
    return _cards(session, [row], account, now)[0] if row else None


def cards_of_run(session: Session, account: Account, run_id: str, now: dt.datetime) -> list[Card]:
    """Return the approvals of a run, the newest first."""
    rows = session.scalars(
        sa.select(Approval)
        .where(Approval.run_id == run_id)
        .order_by(Approval.asked_at.desc(), Approval.id.desc())
        .limit(ROWS_SHOWN)
    ).all()
    return _cards(session, rows, account, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Belongings:
    """What belongs to some approvals, read at once: by id of approval, run, step, incident."""

    votes: Mapping[str, list[ApprovalVote]]
    runs: Mapping[str, tuple[PlaybookRun, PlaybookVersion]]
    steps: Mapping[str, StepRun]
    levels: Mapping[str, int]
    people: Mapping[str, str]
    numbers: Mapping[int, Mapping[str, int]]
    """Numbers of the steps in the drawing of a version, by its id."""


def _cards(
    session: Session, rows: Sequence[Approval], account: Account, now: dt.datetime
) -> list[Card]:
    found = _belongings(session, rows)
    return [
        _card(row, found, _withheld(session, row, found.runs[row.run_id][1], account, now), now)
        for row in rows
    ]


def _belongings(session: Session, rows: Sequence[Approval]) -> _Belongings:
    votes: dict[str, list[ApprovalVote]] = {}
    cast = session.scalars(
        sa.select(ApprovalVote)
        .where(ApprovalVote.approval_id.in_([row.id for row in rows]))
        .order_by(ApprovalVote.at, ApprovalVote.id)
    ).all()
    for vote in cast:
        votes.setdefault(vote.approval_id, []).append(vote)
    runs = _runs(session, {row.run_id for row in rows})
    steps = session.scalars(
        sa.select(StepRun).where(StepRun.id.in_({row.step_run_id for row in rows}))
    )
    incidents = {run.incident_id for run, _ in runs.values() if run.incident_id}
    versions = {version.id: version for _, version in runs.values()}
    return _Belongings(
        votes=votes,
        runs=runs,
        steps={step.id: step for step in steps},
        levels=_levels(session, incidents),
        people=names_of(session, {row.asked_by for row in rows} | {vote.person for vote in cast}),
        numbers={each.id: _numbers(each) for each in versions.values()},
    )


def _card(row: Approval, found: _Belongings, withheld: str, now: dt.datetime) -> Card:
    run, version = found.runs[row.run_id]
    playbook = playbook_of(version)
    step_id = found.steps[row.step_run_id].step_id
    step = playbook.steps.get(step_id) if playbook else None
    return Card(
        row=row,
        run=run,
        version=version,
        step_name=text_of(step.name) if step else Text(step_id, step_id),
        number=found.numbers[version.id].get(step_id, 0),
        level=found.levels.get(run.incident_id or ""),
        intent=IntentText(row.intent),
        votes=found.votes.get(row.id, []),
        people=found.people,
        due=approval_due(row, now),
        withheld=withheld,
    )


def _numbers(version: PlaybookVersion) -> Mapping[str, int]:
    playbook = playbook_of(version)
    return chart_of(playbook).steps if playbook else {}


def _runs(session: Session, ids: Iterable[str]) -> dict[str, tuple[PlaybookRun, PlaybookVersion]]:
    rows = session.execute(
        sa.select(PlaybookRun, PlaybookVersion)
        .join(PlaybookVersion, PlaybookVersion.id == PlaybookRun.version_id)
        .where(PlaybookRun.id.in_(ids))
    )
    return {run.id: (run, version) for run, version in rows}


def _levels(session: Session, ids: Iterable[str]) -> dict[str, int]:
    query = sa.select(Incident.id, Incident.level).where(Incident.id.in_(ids))
    return dict(session.execute(query).all())


def _withheld(
    session: Session, row: Approval, version: PlaybookVersion, account: Account, now: dt.datetime
) -> str:
    if row.state != PENDING:
        return "decided"
    if now >= row.deadline_at:
        return "expired"
    by = Person(account.name, account.role, account.department)
    found = hindrance(session, row, by)
    if found is None:
        return "" if may(account, Permission.APPROVE_ACTION) else "role"
    if found.code == "same_person":
        return "author" if account.name == version.written_by else "own"
    return found.code
