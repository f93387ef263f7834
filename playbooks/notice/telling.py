"""Who is told of what happens to a notice, through the outbox."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from playbooks.outbox.posting import tell, tell_desk
from playbooks.plan import Plan
from situation.state.tables import Notice

LIAISON = ("liaison",)
GRAVE_LEVEL = 2
"""Down to this level the head of the department is told beside its liaison."""

_SHORTEST_TRY = dt.timedelta(days=1)


def tell_department(
    session: Session,
    plan: Plan,
    notice: Notice,
    occasion: str,
    *,
    now: dt.datetime,
    roles: Sequence[str] = LIAISON,
    urgent: bool = False,
) -> None:
    """Tell the department of a notice; the same occasion is told once."""
    tell(
        session,
        object_kind="notice",
        object_id=notice.id,
        occasion=occasion,
        department=notice.department,
        roles=roles,
        payload=_payload(plan, notice, f"/portal/notices/{notice.id}"),
        urgent=urgent or notice.level <= GRAVE_LEVEL,
        drill_id=notice.drill_id,
        give_up_at=_give_up_at(notice, now),
        now=now,
    )


def tell_city(
    session: Session, plan: Plan, notice: Notice, occasion: str, *, now: dt.datetime
) -> None:
    """Tell the city's own duty desk; the same occasion is told once."""
    tell_desk(
        session,
        object_kind="notice",
        object_id=notice.id,
        occasion=occasion,
        payload=_payload(plan, notice, f"/notices/{notice.id}"),
        urgent=notice.level <= GRAVE_LEVEL,
        drill_id=notice.drill_id,
        give_up_at=_give_up_at(notice, now),
        now=now,
    )


def roles_of(level: int) -> tuple[str, ...]:
    """Return the contacts who are told of a new notice of that level."""
    return (*LIAISON, "head") if level <= GRAVE_LEVEL else LIAISON


def _give_up_at(notice: Notice, now: dt.datetime) -> dt.datetime:
    # Once the time of the notice ran out a message is worth sending for a day more.
    return max(notice.feedback_due, now + _SHORTEST_TRY)


def _payload(plan: Plan, notice: Notice, link: str) -> dict[str, object]:
    kind = plan.notice_kind(notice.kind)
    due_at = notice.receipt_due if notice.status == "issued" else notice.feedback_due
    return {
        "number": notice.number,
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "level": notice.level,
        "title_zh": notice.title_zh,
        "title_en": notice.title_en,
        "department": notice.department,
        "due_at": due_at.isoformat(),
        "link": link,
        "drill": notice.drill_id is not None,
    }
