"""What is due: the clocks of incidents and the deadlines of notices, in one form."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

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

_ISSUE = Text("签发", "Issue")
_RECEIPT = Text("签收", "Sign for")
_FEEDBACK = Text("反馈", "Feed back")


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
    clocks = [due for row in rows if (due := _clock(row, incident.level, now))]
    return sorted(clocks, key=lambda due: (due.met_at is not None, due.due_at))


def deadlines_of(notice: Notice, now: dt.datetime) -> list[Due]:
    """Return the two deadlines of a notice: receipt and feedback."""
    return [
        _deadline(notice, _RECEIPT, notice.receipt_due, now),
        _deadline(notice, _FEEDBACK, notice.feedback_due, now),
    ]


def next_step_of(notice: Notice, now: dt.datetime) -> Due:
    """Return what is due next for a notice: that it is issued, or signed for."""
    what = _RECEIPT if notice.status == "issued" else _ISSUE
    return _deadline(notice, what, notice.receipt_due, now)


def running(session: Session, drill_id: str | None, now: dt.datetime) -> list[Due]:
    """Return all that runs, the nearest first."""
    clocks = session.execute(
        sa.select(RunningClock, Incident.level)
        .join(Incident, Incident.id == RunningClock.incident_id)
        .where(
            within(Incident.drill_id, drill_id),
            RunningClock.state.in_(UNMET),
            RunningClock.met_at.is_(None),
            Incident.status == "open",
        )
    ).all()
    notices = session.scalars(sa.select(Notice).where(within(Notice.drill_id, drill_id))).all()
    due = [each for clock, level in clocks if (each := _clock(clock, level, now))]
    due.extend(next_step_of(notice, now) for notice in notices)
    return sorted(due, key=lambda each: each.due_at)


def nearest(session: Session, drill_id: str | None, now: dt.datetime) -> Due | None:
    """Return the clock that is due first, for the top bar."""
    found = running(session, drill_id, now)
    return found[0] if found else None


def _clock(row: RunningClock, level: int, now: dt.datetime) -> Due | None:
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


def _deadline(notice: Notice, what: Text, due_at: dt.datetime, now: dt.datetime) -> Due:
    return Due(
        what=what,
        addressee=Text(notice.department, notice.department),
        clause="",
        started_at=notice.issued_at or notice.created_at,
        due_at=due_at,
        met_at=None,
        state="running",
        link=f"/notices/{notice.id}",
        document=notice.number,
        level=notice.level,
        now=now,
    )
