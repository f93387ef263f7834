"""An incident that a person learned of: opened by hand, graded once its facts are told."""

import datetime as dt
import hashlib

from sqlalchemy.orm import Session

from playbooks.incident.machine import INCIDENT
from playbooks.incident.revision import note
from playbooks.incident.standing import take_facts
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.text import typed
from situation.assets import UNKNOWN
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.tables import Incident

TITLE_LIMIT = 200
"""Characters of a title, an asset, a department."""


def open_by_hand(  # noqa: PLR0913 - each is a column of the incident
    session: Session,
    plan: Plan,
    *,
    title_zh: str,
    title_en: str,
    category: str,
    department: str,
    asset: str = "",
    discovered_at: dt.datetime,
    drill_id: str | None,
    by: Person,
    now: dt.datetime,
) -> Incident:
    """Open an incident without alerts as a draft; the act `grade` starts its clocks.

    `category` is `category/sub-category`; `discovered_at` is when the city learned of it, from
    which its clocks count. The English title may be left empty. Raise `Malformed` with the
    field that is missing or wrong.
    """
    if not discovered_at <= now:
        raise Malformed("it lies in the future", where="discovered_at")
    zh = _title(title_zh, "title_zh")
    incident = Incident(
        id=_incident_id(zh, by, now),
        drill_id=drill_id,
        title_zh=zh,
        title_en=_title(title_en or title_zh, "title_en"),
        category=_type(plan, category),
        reasons=[],
        facts={"exercise": True} if drill_id else {},
        fact_sources={},
        flags=[],
        entities=[],
        asset=typed(asset, "asset", longest=TITLE_LIMIT) or UNKNOWN,
        department=typed(department, "department", longest=TITLE_LIMIT) or UNKNOWN,
        district=UNKNOWN,
        first_seen=discovered_at,
        last_seen=discovered_at,
        discovered_at=discovered_at,
        alert_count=0,
        stage=INCIDENT.initial,
        status="open",
        created_at=now,
        updated_at=now,
    )
    take_facts(plan, incident, now)
    session.add(incident)
    session.flush()
    note(session, incident, "incident.open", by=by, now=now, alerts=[])
    return incident


def _incident_id(title: str, by: Person, now: dt.datetime) -> str:
    named = f"by hand\x1f{title}\x1f{by.name}\x1f{now.isoformat()}"
    digest = hashlib.blake2b(named.encode(), digest_size=4).hexdigest()
    return f"SJ-{now.astimezone(CITY_ZONE):%Y%m%d}-{digest}"


def _title(text: str, where: str) -> str:
    plain = typed(text, where, longest=TITLE_LIMIT)
    if not plain:
        raise Malformed("a title is due", where=where)
    return plain


def _type(plan: Plan, category: str) -> str:
    if category not in {row.name for row in plan.sub_categories}:
        raise Malformed("the plan has no such type of incident", where="category")
    return category
