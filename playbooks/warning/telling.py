"""Who is told of a warning, through the outbox."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from playbooks.outbox.posting import tell, tell_desk
from playbooks.plan import Plan
from situation.state.tables import CityWarning

GRAVE_LEVEL = 2
"""Down to this level, orange, a warning is urgent, and heads and duty rooms are told as well."""

_WORTH_SENDING = dt.timedelta(days=1)


def tell_all(
    session: Session,
    plan: Plan,
    warning: CityWarning,
    occasion: str,
    *,
    departments: Sequence[str],
    now: dt.datetime,
) -> None:
    """Tell these departments and the city's own desk; the same occasion is told once."""
    grave = plan.colour(warning.colour).level <= GRAVE_LEVEL
    roles = ("liaison", "head", "duty") if grave else ("liaison",)
    for department in departments:
        tell(
            session,
            object_kind="warning",
            object_id=warning.id,
            occasion=occasion,
            department=department,
            roles=roles,
            payload=_payload(plan, warning, department, f"/portal/warnings/{warning.id}"),
            urgent=grave,
            drill_id=warning.drill_id,
            give_up_at=now + _WORTH_SENDING,
            now=now,
        )
    tell_desk(
        session,
        object_kind="warning",
        object_id=warning.id,
        occasion=occasion,
        payload=_payload(plan, warning, "", f"/warnings/{warning.id}"),
        urgent=grave,
        drill_id=warning.drill_id,
        give_up_at=now + _WORTH_SENDING,
        now=now,
    )


def _payload(plan: Plan, warning: CityWarning, department: str, link: str) -> dict[str, object]:
    colour = plan.colour(warning.colour)
    return {
        "number": warning.number,
        "kind_zh": colour.zh,
        "kind_en": colour.en,
        "level": colour.level,
        "title_zh": warning.title_zh,
        "title_en": warning.title_en,
        "department": department,
        "due_at": "",
        "link": link,
        "drill": warning.drill_id is not None,
    }
