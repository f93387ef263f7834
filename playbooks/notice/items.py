"""What is to be rectified, item by item: done by the department, retested by the city."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.notice.guard import of_city, of_department, refuse_illegal
from playbooks.notice.ledger import note, the_notice
from playbooks.notice.machine import ITEM
from playbooks.person import Person
from playbooks.text import typed
from situation.faults import Conflict
from situation.state.tables import RectificationItem

DEPARTMENTS_ACTS = ("start", "submit")
"""Acts of the department; those of the retest are the city's."""


def set_item(
    session: Session,
    item_id: int,
    *,
    act: str,
    remark: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> RectificationItem:
    """Take an item through an act: start, submit, retest, fix, fail.

    Raise `Conflict` if there is none, `Refusal` with code `stale` if it changed since
    `expected_version`, else where the state of the item or of its notice, or a guard, forbids it.
    """
    item = session.get(RectificationItem, item_id)
    if item is None:
        raise Conflict("there is no such item", where=str(item_id))
    notice = the_notice(session, item.notice_id)
    if item.version != expected_version:
        raise Refusal("stale", "somebody else changed it meanwhile", where=notice.number)
    refuse_illegal(notice, "item", by)
    (of_department if act in DEPARTMENTS_ACTS else of_city)(notice, by)
    before = item.state
    item.state = ITEM.after(before, act, where=notice.number)
    item.remark, item.updated_at = typed(remark, "remark"), now
    detail = {"item": item.position, "before": before, "after": item.state, "remark": item.remark}
    note(session, notice, "item", by=by, now=now, **detail)
    return item
