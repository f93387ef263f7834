"""The sweep: what time alone does to notices, each thing once, harmless to repeat.

Each notice says when it has to be looked at next, so that a sweep reads only what is due.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.notice.escalation.chain import RAISED_FROM, is_overdue, next_look, pending
from playbooks.notice.ledger import note
from playbooks.notice.succession import ask_supervision, supervise
from playbooks.notice.telling import tell_city, tell_department
from playbooks.person import SYSTEM
from playbooks.plan import Plan
from playbooks.plan.notice import ChainStep
from situation.state.tables import EscalationStep, Notice

AT_ONCE = 200
"""Notices that one sweep looks at: who else writes is not kept waiting for long."""

SUPERVISED_BECAUSE = "反馈两次被退回后再次逾期"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: notices looked at, marked overdue, put under 督办; steps taken."""

    looked: int = 0
    overdue: int = 0
    steps: int = 0
    supervised: int = 0

    @property
    def is_full(self) -> bool:
        """Say whether more may wait, for another sweep at once."""
        return self.looked >= AT_ONCE


def sweep_notices(session: Session, plan: Plan, now: dt.datetime) -> Swept:
    """Mark what is overdue and take the steps that are due, in the caller's transaction."""
    due = _due(session, now)
    taken = _taken(session, due)
    looks = [_Look(session, plan, notice, taken[notice.id], now) for notice in due]
    done = [each.take() for each in looks]
    session.flush()
    _put_off(session, [each.note_to_self() for each in looks])
    for notice in due:
        session.expire(notice, ("overdue_at", "sweep_at"))
    return Swept(
        looked=len(due),
        overdue=sum(each.overdue for each in done),
        steps=sum(each.steps for each in done),
        supervised=sum(each.supervised for each in done),
    )


class _Look:
    """One notice of a sweep."""

    def __init__(
        self,
        session: Session,
        plan: Plan,
        notice: Notice,
        taken: Collection[str],
        now: dt.datetime,
    ) -> None:
        self._session, self._plan, self._notice, self._now = session, plan, notice, now
        self._steps = pending(plan, notice, taken)
        self._is_late = is_overdue(notice, now)

    def take(self) -> Swept:
        """Take what is due; say what was done."""
        is_news = self._is_late and self._notice.overdue_at is None
        if is_news:
            note(self._session, self._notice, "overdue", by=SYSTEM, now=self._now)
        due = [each.step for each in self._steps if each.at <= self._now]
        for step in due:
            self._take_step(step, is_told=_is_last_of_its_kind(step, due))
        return Swept(overdue=is_news, steps=len(due), supervised=self._supervise())

    def note_to_self(self) -> dict[str, object]:
        """Return when this notice is overdue since and looked at next."""
        since = self._notice.overdue_at or (self._now if self._is_late else None)
        look = next_look(self._notice, self._steps, self._now)
        return {"row": self._notice.id, "since": since, "look": look}

    def _take_step(self, step: ChainStep, *, is_told: bool) -> None:
        notice = self._notice
        self._session.add(
            EscalationStep(
                notice_id=notice.id, step=step.key, round=notice.round, taken_at=self._now
            )
        )
        detail = {"step": step.key, "does": step.action, "roles": list(step.roles)}
        note(self._session, notice, "step", by=SYSTEM, now=self._now, **detail)
        if is_told:
            ACTIONS[step.action](self._session, self._plan, notice, step, self._now)

    def _supervise(self) -> bool:
        notice = self._notice
        has_failed = notice.returns >= RAISED_FROM and notice.supervised_at is None
        if not (self._is_late and has_failed and notice.status != "issued"):
            return False
        child = supervise(
            self._session,
            self._plan,
            notice.id,
            reason=SUPERVISED_BECAUSE,
            by=SYSTEM,
            expected_version=notice.version,
            now=self._now,
        )
        tell_city(self._session, self._plan, child, "sign_off", now=self._now)
        return True


def _due(session: Session, now: dt.datetime) -> Sequence[Notice]:
    query = sa.select(Notice).where(Notice.sweep_at <= now).order_by(Notice.sweep_at)
    # Who works on a notice just now is not kept waiting; the next sweep sees it.
    return session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)).all()


def _taken(session: Session, notices: Iterable[Notice]) -> dict[str, set[str]]:
    rounds = {notice.id: notice.round for notice in notices}
    query = sa.select(EscalationStep).where(EscalationStep.notice_id.in_(rounds))
    found: dict[str, set[str]] = defaultdict(set)
    for row in session.scalars(query) if rounds else ():
        if row.round == rounds[row.notice_id]:
            found[row.notice_id].add(row.step)
    return found


def _put_off(session: Session, looks: Sequence[dict[str, object]]) -> None:
    # Time makes no new version of a notice: a page that was read before stays good.
    change = (
        sa.update(Notice)
        .where(Notice.id == sa.bindparam("row"))
        .values(overdue_at=sa.bindparam("since"), sweep_at=sa.bindparam("look"))
    )
    if looks:
        session.connection().execute(change, looks)


def _is_last_of_its_kind(step: ChainStep, due: Sequence[ChainStep]) -> bool:
    # After a time of rest several reminders are due at once; one is enough.
    alike = [each for each in due if (each.on, each.action) == (step.on, step.action)]
    return alike[-1] is step


def _occasion(notice: Notice, step: ChainStep) -> str:
    return f"{step.key}_{notice.round}"


def _remind(
    session: Session, plan: Plan, notice: Notice, step: ChainStep, now: dt.datetime
) -> None:
    tell_department(session, plan, notice, _occasion(notice, step), roles=step.roles, now=now)


def _press(session: Session, plan: Plan, notice: Notice, step: ChainStep, now: dt.datetime) -> None:
    tell_department(
        session, plan, notice, _occasion(notice, step), roles=step.roles, urgent=True, now=now
    )


def _call(session: Session, plan: Plan, notice: Notice, step: ChainStep, now: dt.datetime) -> None:
    _press(session, plan, notice, step, now)
    tell_city(session, plan, notice, _occasion(notice, step), now=now)


def _decide(
    session: Session, plan: Plan, notice: Notice, step: ChainStep, now: dt.datetime
) -> None:
    ask_supervision(session, notice, now=now)
    tell_city(session, plan, notice, _occasion(notice, step), now=now)


ACTIONS: dict[str, Callable[[Session, Plan, Notice, ChainStep, dt.datetime], None]] = {
    "remind": _remind,
    "call": _call,
    "head": _press,
    "supervise_decision": _decide,
}
"""What a step of a chain does."""
