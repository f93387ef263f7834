"""Drill records and real ones never meet on a page: every query says which it wants."""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute


def within(
    column: InstrumentedAttribute[str | None], drill_id: str | None
) -> sa.ColumnElement[bool]:
    """Return the condition that a record is real (None) or belongs to this drill."""
    return column.is_(None) if drill_id is None else column == drill_id
