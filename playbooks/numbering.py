"""Numbers of documents: counted without gaps in the city's year, those of drills apart."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.clock import CITY_ZONE
from situation.state.tables import CityWarning, Notice

_NUMBERING = 0x6E756D
"""Key of the lock that whoever draws a number holds until it is committed."""


def next_number(
    session: Session,
    patterns: tuple[str, str],
    *those: sa.ColumnElement[bool],
    table: type[Notice] | type[CityWarning],
    drill_id: str | None,
    now: dt.datetime,
) -> str:
    """Return the next number of `those` documents of a table.

    `patterns` are that of real documents and that of drills, with `year` and `serial`. Who draws
    one at the same time waits and gets the next.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBERING)))
    year = now.astimezone(CITY_ZONE).year
    given = sa.select(sa.func.count()).where(
        *those,
        table.created_at >= dt.datetime(year, 1, 1, tzinfo=CITY_ZONE),
        table.drill_id.is_(None) if drill_id is None else table.drill_id.is_not(None),
    )
    pattern = patterns[drill_id is not None]
    return pattern.format(year=year, serial=(session.scalar(given) or 0) + 1)
