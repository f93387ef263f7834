"""Items of a rectification that a re-scan has looked at: fixed, or back to the department."""

import datetime as dt
from collections.abc import Mapping
from functools import reduce

from sqlalchemy.orm import Session

from playbooks.notice.ledger import note
from playbooks.notice.machine import ITEM
from playbooks.person import SYSTEM, Person
from situation.state.tables import DataFinding, Notice, RectificationItem

_TO_THE_RETEST: Mapping[str, tuple[str, ...]] = {
    "todo": ("submit", "retest"),
    "doing": ("submit", "retest"),
    "not_fixed": ("submit", "retest"),
    "submitted": ("retest",),
    "retesting": (),
}
"""Acts that bring an item to its retest, by its state: the scan is the retest."""


def retested(
    session: Session,
    finding: DataFinding,
    *,
    fixed: bool,
    remark: str,
    now: dt.datetime,
    by: Person = SYSTEM,
) -> None:
    """Say on the item of a finding what the re-scan found; nothing where it has none."""
    item = _item_of(session, finding)
    notice = session.get(Notice, item.notice_id) if item else None
    if item is None or notice is None or item.state not in _TO_THE_RETEST:
        return
    before = item.state
    acts = (*_TO_THE_RETEST[before], "fix" if fixed else "fail")
    item.state = reduce(ITEM.after, acts, before)
    item.remark, item.updated_at = remark, now
    detail = {"item": item.position, "before": before, "after": item.state, "remark": remark}
    note(session, notice, "item", by=by, now=now, **detail)


def _item_of(session: Session, finding: DataFinding) -> RectificationItem | None:
    if finding.rectification_item_id is None:
        return None
    return session.get(RectificationItem, finding.rectification_item_id)
