"""What is due: the clocks of incidents and the deadlines of notices, in one form."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from situation.state.tables import Incident, Notice, RunningClock
from soc_api.web.query.scope import within
from soc_api.web.term import CLOCKS, named
from soc_api.web.text import Text

Tone = Literal["", "soon", "late", "met"]

SOON = dt.timedelta(minutes=30)
SOON_SHARE = 0.25
"""A clock is close at the smaller of 30 minutes and a quarter of its limit."""

RUNNING = "running"
UNMET = (RUNNING, "missed")
"""States of a clock that somebody still has to answer for."""
WITHDRAWN = "withdrawn"

RECHECK_LIMIT = dt.timedelta(days=1)
"""How long the desk takes at most to recheck an answer; no text sets a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a notice: the states in which somebody owes it, and from when until when.

    The limit is the time in the column `until` and `grace` after it; `since` is where it starts.
    """

    key: str
    what: Text
    statuses: tuple[str, ...]
    until: Literal["receipt_due", "feedback_due", "answered_at"]
    since: Literal["created_at", "issued_at", "answered_at"]
    grace: dt.timedelta = dt.timedelta()

    def due_of(self, notice: Notice) -> dt.datetime:
        """Return when it is due for this notice."""
        at: dt.datetime | None = getattr(notice, self.until)
        return (at or notice.feedback_due) + self.grace

    def start_of(self, notice: Notice) -> dt.datetime:
        """Return since when it runs for this notice."""
        at: dt.datetime | None = getattr(notice, self.since)
        return at or notice.created_at

    def open_rows(self) -> sa.ColumnElement[bool]:
        """Return the condition that a notice is at this step."""
        return Notice.status.in_(self.statuses)

    def late_rows(self, now: dt.datetime) -> sa.ColumnElement[bool]:
        """Return the condition that a notice is at this step and over its time."""
        return sa.and_(self.open_rows(), getattr(Notice, self.until) < now - self.grace)


STEPS = (
    Step(
        key="issue",
        what=Text("签发", "Issue"),
        statuses=("draft", "triage", "graded", "sign_off"),
        until="receipt_due",
        since="created_at",
    ),
    Step(
        key="sign",
        what=Text("签收", "Sign for"),
        statuses=("issued",),
        until="receipt_due",
        since="issued_at",
    ),
    Step(
        key="answer",
        what=Text("反馈", "Feed back"),
        statuses=("signed", "handling"),
        until="feedback_due",
        since="issued_at",
    ),
    Step(
        key="recheck",
        what=Text("复核", "Recheck"),
        statuses=("answered", "rechecking"),
        until="answered_at",
        since="answered_at",
        grace=RECHECK_LIMIT,
    ),
)
"""What is owed for a notice, by its state; in a state without a step nothing is."""
_STEP_OF = {status: step for step in STEPS for status in step.statuses}

_RECEIPT, _FEEDBACK = (step.what for step in STEPS[1:3])
_UNANSWERED = STEPS[2].statuses
"""A notice that was returned is owed an answer again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline as a page shows it. `document` names the incident or notice at `link`."""

    what: Text
    addressee: Text
    clause: str
    started_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    state: str
    link: str
    document: str
    level: int
    now: dt.datetime

    @property
    def headline(self) -> Text:
        """What is due in a few words: report to whom, or which notice."""
        if not self.clause:
            return Text(f"{self.what.zh} {self.document}", f"{self.what.en} {self.document}")
        return Text(f"{self.addressee.zh} {self.what.zh}", f"{self.what.en}, {self.addressee.en}")

    @property
    def seconds_left(self) -> float:
        """Seconds until it is due; negative when it is over."""
        return (self.due_at - self.now).total_seconds()

    @property
    def soon_seconds(self) -> float:
        """From how many seconds on it is close."""
        limit = self.due_at - self.started_at
        return min(SOON, limit * SOON_SHARE).total_seconds()

    @property
    def tone(self) -> Tone:
        """How it is coloured."""
        if self.met_at is not None or self.state == WITHDRAWN:
            return "met"
        if self.seconds_left < 0:
            return "late"
        return "soon" if self.seconds_left < self.soon_seconds else ""

    @property
    def used(self) -> int:
        """Per cent of the limit that is used, 0 to 100."""
        limit = (self.due_at - self.started_at).total_seconds()
        spent = ((self.met_at or self.now) - self.started_at).total_seconds()
        return 100 if limit <= 0 else max(0, min(100, round(100 * spent / limit)))


def clocks_of(session: Session, incident: Incident, now: dt.datetime) -> list[Due]:
    """Return the clocks of an incident that were started, the next one first, the met ones last."""
    rows = session.scalars(
        sa.select(RunningClock).where(RunningClock.incident_id == incident.id)
    ).all()
    clocks = [due for row in rows if (due := due_of_clock(row, incident.level, now))]
    return sorted(clocks, key=lambda due: (due.met_at is not None, due.due_at))


def deadlines_of(notice: Notice, now: dt.datetime) -> list[Due]:
    """Return the two deadlines of a notice, receipt and feedback, met or not."""
    start = notice.issued_at or notice.created_at
    receipt = _deadline(notice, _RECEIPT, notice.receipt_due, now, start)
    feedback = _deadline(notice, _FEEDBACK, notice.feedback_due, now, start)
    return [
        replace(receipt, met_at=notice.signed_at),
        replace(feedback, met_at=None if notice.status in _UNANSWERED else notice.answered_at),
    ]


def step_of(notice: Notice) -> Step | None:
    """Return the step that is owed for a notice; None where it waits for nobody."""
    return _STEP_OF.get(notice.status)


def next_step_of(notice: Notice, now: dt.datetime) -> Due | None:
    """Return what is due next for a notice by its state; None where it waits for nobody."""
    step = step_of(notice)
    if step is None:
        return None
    return _deadline(notice, step.what, step.due_of(notice), now, step.start_of(notice))


def overdue(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a notice is over the time of its present step."""
    return sa.or_(*(step.late_rows(now) for step in STEPS))


def running(session: Session, drill_id: str | None, now: dt.datetime) -> list[Due]:
    """Return all that runs, the nearest first: clocks of open incidents, steps of notices."""
    due = [*_clocks(session, drill_id, now, limit=None), *_steps(session, drill_id, now)]
    return sorted(due, key=lambda each: each.due_at)


def nearest(session: Session, drill_id: str | None, now: dt.datetime) -> Due | None:
    """Return what is due first, for the top bar."""
    found = [*_clocks(session, drill_id, now, limit=1), *_steps(session, drill_id, now, limit=1)]
    return min(found, key=lambda each: each.due_at, default=None)


def _clocks(
    session: Session, drill_id: str | None, now: dt.datetime, *, limit: int | None
) -> list[Due]:
    rows = session.execute(
        sa.select(RunningClock, Incident.level)
        .join(Incident, Incident.id == RunningClock.incident_id)
        .where(
            within(Incident.drill_id, drill_id),
            RunningClock.state.in_(UNMET),
            RunningClock.met_at.is_(None),
            RunningClock.due_at.is_not(None),
            Incident.status == "open",
        )
        .order_by(RunningClock.due_at, RunningClock.id)
        .limit(limit)
    ).all()
    return [due for clock, level in rows if (due := due_of_clock(clock, level, now))]


def _steps(
    session: Session, drill_id: str | None, now: dt.datetime, *, limit: int | None = None
) -> list[Due]:
    found: list[Due] = []
    for step in STEPS:
        rows = session.scalars(
            sa.select(Notice)
            .where(within(Notice.drill_id, drill_id), step.open_rows())
            .order_by(getattr(Notice, step.until), Notice.number)
            .options(defer(Notice.fields))
            .limit(limit)
        )
        found.extend(due for row in rows if (due := next_step_of(row, now)))
    return found


def due_of_clock(row: RunningClock, level: int, now: dt.datetime) -> Due | None:
    """Return a clock of an incident of that level as a deadline; None until it was started."""
    if row.started_at is None or row.due_at is None:
        return None
    return Due(
        what=named(CLOCKS, row.clock),
        addressee=Text(row.addressee, row.addressee_en),
        clause=row.clause,
        started_at=row.started_at,
        due_at=row.due_at,
        met_at=row.met_at,
        state=row.state,
        link=f"/incidents/{row.incident_id}",
        document=row.incident_id,
        level=level,
        now=now,
    )


def _deadline(
    notice: Notice, what: Text, due_at: dt.datetime, now: dt.datetime, started_at: dt.datetime
) -> Due:
    return Due(
        what=what,
        addressee=Text(notice.department, notice.department),
        clause="",
        started_at=started_at,
        due_at=due_at,
        met_at=None,
        state="running",
        link=f"/notices/{notice.id}",
        document=notice.number,
        level=notice.level,
        now=now,
    )
