"""Lists of findings: which ones, the gravest and soonest due first, and how many of each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from playbooks.finding.machine import UNSETTLED
from situation.state.tables import DataFinding

MOST = 1000
"""Findings that one page may have."""

_ESCAPE = "\\"

After = tuple[int, dt.datetime, str]
"""Where the next page begins: severity, deadline and id of the last finding of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings; an empty tuple or text asks for all.

    Those about a mark of secrecy are left out unless `restricted` asks for them alone.
    """

    states: tuple[str, ...] = UNSETTLED
    severities: tuple[int, ...] = ()
    rules: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    kind: str = ""
    text: str = ""
    """Stands in the path."""
    new_since: dt.datetime | None = None
    overdue_at: dt.datetime | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A part of a list; `after` is None where it ends."""

    rows: tuple[DataFinding, ...]
    after: After | None


def findings(
    session: Session, wanted: FindingFilter, *, limit: int = 200, after: After | None = None
) -> FindingPage:
    """Return findings in their order, from behind `after`."""
    size = min(limit, MOST)
    conditions = list(_conditions(wanted))
    order = (DataFinding.severity, DataFinding.due_at, DataFinding.id)
    if after is not None:
        conditions.append(sa.tuple_(*order) > sa.tuple_(*after))
    query = sa.select(DataFinding).where(*conditions).order_by(*order).limit(size + 1)
    rows = session.scalars(query).all()
    shown = tuple(rows[:size])
    last = shown[-1] if len(rows) > size else None
    return FindingPage(shown, _after(last) if last else None)


def count(session: Session, wanted: FindingFilter) -> int:
    """Return how many findings there are."""
    query = sa.select(sa.func.count()).select_from(DataFinding).where(*_conditions(wanted))
    return session.scalar(query) or 0


FACETS: dict[str, InstrumentedAttribute[str] | InstrumentedAttribute[int]] = {
    "severity": DataFinding.severity,
    "rule": DataFinding.rule,
    "department": DataFinding.department,
    "state": DataFinding.state,
    "target": DataFinding.target,
    "grade": DataFinding.grade,
}
"""Fields by which findings can be counted."""


def facet(session: Session, wanted: FindingFilter, name: str) -> dict[str | int, int]:
    """Return how many findings have each value of a field of `FACETS`, the most first."""
    column = FACETS[name]
    number = sa.func.count().label("number")
    query = sa.select(column, number).where(*_conditions(wanted)).group_by(column)
    found = session.execute(query.order_by(number.desc(), column)).all()
    return {cast("str | int", value): n for value, n in found}


def _after(last: DataFinding) -> After:
    return last.severity, last.due_at or last.first_seen_at, last.id


def _conditions(wanted: FindingFilter) -> Iterable[sa.ColumnElement[bool]]:
    yield DataFinding.restricted.is_(wanted.restricted)
    chosen = (
        (DataFinding.state, wanted.states),
        (DataFinding.severity, wanted.severities),
        (DataFinding.rule, wanted.rules),
        (DataFinding.department, wanted.departments),
        (DataFinding.target, wanted.targets),
        (DataFinding.grade, wanted.grades),
    )
    for column, values in chosen:
        if values:
            yield column.in_(values)
    if wanted.kind:
        kinds = sa.cast(DataFinding.kinds, sa.String)
        yield kinds.contains(f'"{wanted.kind}"', autoescape=True, escape=_ESCAPE)
    if wanted.text:
        yield DataFinding.path.icontains(wanted.text, autoescape=True, escape=_ESCAPE)
    if wanted.new_since is not None:
        yield DataFinding.first_seen_at >= wanted.new_since
    if wanted.overdue_at is not None:
        yield DataFinding.due_at < wanted.overdue_at
