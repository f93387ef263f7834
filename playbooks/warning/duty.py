"""The tasks that a colour of warning starts, for a warning or for days of heightened duty."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.incident.tasks import open_task
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from situation.state.tables import CityWarning, Task

KIND = "response"
PROPOSAL = "propose_warning"


def open_duties(
    session: Session, plan: Plan, warning: CityWarning, *, by: Person, now: dt.datetime
) -> None:
    """Open a task for each duty of the warning's colour."""
    _open(session, plan, warning.colour, ("warning", warning.id), warning.drill_id, by=by, now=now)


def open_forced_duties(session: Session, plan: Plan, now: dt.datetime) -> list[Task]:
    """Open the duties of the colour that a period of heightened duty forces, once, if one holds.

    The emergency office may ask for the response to a red warning without a warning (national
    plan of 2017, clause 6.5). Return the tasks, also those that were opened before.
    """
    period = plan.heightened_at(now)
    if period is None or not period.forced_warning:
        return []
    about = ("period", period.key)
    return _open(session, plan, period.forced_warning, about, None, by=SYSTEM, now=now)


def open_proposal(
    session: Session, plan: Plan, warning: CityWarning, *, by: Person, now: dt.datetime
) -> None:
    """Open the task to ask the superior for a warning that is beyond the issuer's power."""
    colour, issuer = plan.colour(warning.colour), plan.issuer(warning.issuer_level)
    superior = plan.issuer(issuer.superior or issuer.key)
    open_task(
        session,
        kind=PROPOSAL,
        object_kind="warning",
        object_id=warning.id,
        title_zh=f"报请{superior.zh}发布{colour.zh}：{warning.title_zh}",
        title_en=f"Ask the {superior.en} for the {colour.en}: {warning.title_en}",
        clause=f"{plan.instrument(issuer.instrument).zh}{issuer.clause}",
        due_at=None,
        drill_id=warning.drill_id,
        now=now,
        by=by,
    )


def _open(
    session: Session,
    plan: Plan,
    colour: str,
    about: tuple[str, str],
    drill_id: str | None,
    *,
    by: Person,
    now: dt.datetime,
) -> list[Task]:
    return [
        open_task(
            session,
            kind=KIND,
            object_kind=about[0],
            object_id=about[1],
            key=duty.key,
            title_zh=duty.zh,
            title_en=duty.en,
            clause=f"{plan.instrument(duty.instrument).zh}{duty.clause}",
            due_at=now + dt.timedelta(minutes=duty.due_minutes) if duty.due_minutes else None,
            drill_id=drill_id,
            now=now,
            by=by,
        )
        for duty in plan.colour_duties(colour)
    ]
