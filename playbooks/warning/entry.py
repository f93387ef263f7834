"""What a person enters as the fields of a warning, checked against the plan."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan import Plan
from playbooks.plan.warning import WarningField
from playbooks.text import typed
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import Department

LONGEST = 10_000
"""Characters that one field may have."""

AUDIENCE = "audience"
"""Key of the field that names the departments that a warning is for; empty for all."""

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

_BETWEEN_NAMES = re.compile(r"[\n、；;]+")


def checked(plan: Plan, entered: Mapping[str, object]) -> JsonObject:
    """Return the fields by key in the order of the plan, texts without blanks around them.

    Raise `Malformed` with the field for an unknown, a missing required, a too long one, and for a
    time that is none.
    """
    rows = [row for row in plan.warning_fields if row.input != "system"]
    unknown = next((key for key in entered if key not in {row.key for row in rows}), None)
    if unknown is not None:
        raise Malformed("a warning has no such field", where=unknown)
    texts = {row.key: _text(row, entered.get(row.key)) for row in rows}
    return {key: text for key, text in texts.items() if text}


def audience(session: Session, fields: Mapping[str, object]) -> Sequence[str]:
    """Return the departments that a warning is for: those it names, or all of the directory.

    Raise `Malformed` for a name that the directory does not have.
    """
    known = list(session.scalars(sa.select(Department.name).order_by(Department.name)))
    names = _BETWEEN_NAMES.split(str(fields.get(AUDIENCE, "")))
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    strange = next((name for name in wanted if name not in known), None)
    if strange is not None:
        raise Malformed(f"the directory has no department {strange!r}", where=AUDIENCE)
    return wanted or known


def _text(row: WarningField, value: object) -> str:
    text = "" if value is None else typed(str(value), row.key, longest=LONGEST)
    if not text and row.required:
        raise Malformed(f"{row.en} is missing", where=row.key)
    return _time(row, text) if text and row.input == "time" else text


def _time(row: WarningField, text: str) -> str:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("is no time like 2026-03-01 09:30", where=row.key) from error
    # Who writes no zone means the city's; the field shows the city's time.
    local = at.replace(tzinfo=CITY_ZONE) if at.tzinfo is None else at.astimezone(CITY_ZONE)
    return f"{local:{TIME_FORMAT}}"
