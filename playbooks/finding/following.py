"""How findings follow the notice that they were sent with, in the transaction of its move.

Imports nothing of the notices, so that these can call it.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.ledger import move, note
from playbooks.finding.machine import FINDING
from playbooks.person import Person
from situation.state.tables import DataFinding, Notice

_FOLLOWS: Mapping[str, str] = {
    "issue": "notify",
    "answer": "answer",
    "return": "return",
    "dismiss": "release",
    "revoke": "release",
    "reassign": "release",
}
"""What an act on a notice means for its findings."""

_IN_HAND = ("notified", "returned")
"""States in which the department works on a finding."""


def follow(session: Session, notice: Notice, act: str, *, by: Person, now: dt.datetime) -> None:
    """Let the findings of a notice follow its act, as far as their state lets them."""
    wanted = _FOLLOWS.get(act)
    if wanted is None:
        return
    mine = sa.select(DataFinding).where(DataFinding.notice_id == notice.id)
    for finding in session.scalars(mine.order_by(DataFinding.id).with_for_update()).all():
        if wanted in FINDING.acts(finding.state):
            move(session, finding, wanted, by=by, now=now, number=notice.number)
            finding.times_returned += wanted == "return"
        elif wanted == "release":
            note(session, finding, "release", by=by, now=now, number=notice.number)
        if wanted == "release":
            finding.notice_id = finding.rectification_item_id = None


def extend(
    session: Session, notice: Notice, until: dt.datetime, *, by: Person, now: dt.datetime
) -> None:
    """Give the findings of a notice the time that its department was granted."""
    mine = sa.select(DataFinding).where(
        DataFinding.notice_id == notice.id, DataFinding.state.in_(_IN_HAND)
    )
    for finding in session.scalars(mine.order_by(DataFinding.id).with_for_update()).all():
        if finding.due_at is None or finding.due_at < until:
            finding.due_at = until
            note(session, finding, "extend", by=by, now=now, until=until.isoformat())
