"""The end of a run: answers that it disproved go back, alerts count each person once."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.alerting import count_alerts
from playbooks.finding.due import due_at
from playbooks.finding.settling import Ground, settle_unseen
from playbooks.notice.feedback import give_back
from situation.state.tables import DataFinding, Notice

_RECHECKED = ("answered", "rechecking")


def finish(session: Session, *, target: str, run_id: str, ground: Ground, now: dt.datetime) -> int:
    """Finish a whole walk over a target; return how many notices went back to departments.

    What the walk left untouched is there as it was: an answer about it is disproved too.
    Harmless to repeat: a notice that went back no longer waits for its recheck.
    """
    _hold_notices(session, target)
    settle_unseen(session, target=target, ground=ground, run_id=run_id, now=now)
    still = sa.select(DataFinding).where(
        DataFinding.state == "returned",
        DataFinding.target == target,
        DataFinding.last_run_id == run_id,
        DataFinding.notice_id.is_not(None),
    )
    by_notice: dict[str, list[DataFinding]] = {}
    for finding in session.scalars(still.order_by(DataFinding.id)):
        by_notice.setdefault(str(finding.notice_id), []).append(finding)
    given = sum(
        _give_back(session, notice_id, findings, ground, now)
        for notice_id, findings in sorted(by_notice.items())
    )
    count_alerts(
        session,
        ground.plan,
        target=target,
        run_id=run_id,
        count_persons=ground.count_persons,
        now=now,
    )
    return given


def _hold_notices(session: Session, target: str) -> None:
    # In the order of whoever acts on a notice: first the notice, then its findings.
    theirs = sa.select(DataFinding.notice_id).where(
        DataFinding.target == target, DataFinding.state.in_(("answered", "returned"))
    )
    wanted = sa.select(Notice.id).where(Notice.id.in_(theirs)).order_by(Notice.id)
    session.execute(wanted.with_for_update()).all()


def _give_back(
    session: Session,
    notice_id: str,
    findings: Sequence[DataFinding],
    ground: Ground,
    now: dt.datetime,
) -> bool:
    notice = session.get(Notice, notice_id)
    if notice is None or notice.status not in _RECHECKED:
        return False
    due = due_at(ground.plan, ground.due_days, min(row.severity for row in findings), now)
    points = f"复扫发现仍有 {len(findings)} 项未整改到位，见整改事项"
    give_back(session, ground.plan, notice_id, points=points, feedback_due=due, now=now)
    return True
