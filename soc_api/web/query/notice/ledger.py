"""The ledger of notices: which ones, in which order, how many of each."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from situation.clock import CITY_ZONE
from situation.state.tables import Notice
from soc_api.web.query import due
from soc_api.web.query.due import STEPS, Due
from soc_api.web.query.incident.record import title_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

PAGE_ROWS = 200
MOST_PAGES = 500
FACET_VALUES = 6
MONTHS_SHOWN = 6
YEAR_END = "〕"
"""What stands before the serial of a document's number."""

View = Literal["all", "drafting", "sign_off", "issued", "handling", "recheck", "closed"]
VIEWS: dict[str, tuple[str, ...]] = {
    "drafting": ("draft", "triage", "graded"),
    "sign_off": ("sign_off",),
    "issued": ("issued",),
    "handling": ("signed", "handling"),
    "recheck": ("answered", "rechecking", "passed"),
    "closed": ("archived", "dismissed", "reassigned", "revoked"),
}
"""The tabs of the ledger and the states of each."""
_STEPPED = tuple(status for step in STEPS for status in step.statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """Which notices; an empty tuple or text asks for all. `months` are `2026-03` of the issue."""

    drill_id: str | None = None
    view: View = "all"
    overdue: bool = False
    kinds: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    departments: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One row of the ledger: the notice and its next step, None where it waits for nobody."""

    row: Notice
    next_due: Due | None

    @property
    def title(self) -> Text:
        """Title of the notice."""
        return title_of(self.row)

    @property
    def short(self) -> str:
        """Its number without what all numbers of the year begin with."""
        return self.row.number.rpartition(YEAR_END)[2] or self.row.number

    @property
    def is_late(self) -> bool:
        """Whether its step is over its time."""
        return self.next_due is not None and self.next_due.tone == "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacet:
    """The values of one field with their counts; `rest` values are not listed."""

    field: str
    values: list[tuple[str, int]]
    rest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """One page of the ledger; pages count from 1."""

    lines: list[LedgerLine]
    total: int
    over: int
    page: int
    facets: list[LedgerFacet]
    tabs: dict[str, int]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_ROWS))

    @property
    def first(self) -> int:
        """Number of the first row of the page."""
        return (self.page - 1) * PAGE_ROWS + 1


def ledger_page(
    session: Session, wanted: LedgerFilter, now: dt.datetime, *, page: int
) -> LedgerPage:
    """Return page number `page` of the ledger, or the last."""
    total = _count(session, conditions(wanted, now))
    page = max(1, min(page, -(-total // PAGE_ROWS)))
    return LedgerPage(
        lines=ledger_lines(session, wanted, now, start=(page - 1) * PAGE_ROWS, rows=PAGE_ROWS),
        total=total,
        over=_count(session, conditions(replace(wanted, overdue=True), now)),
        page=page,
        facets=_facets(session, wanted, now),
        tabs=_tabs(session, wanted, now),
    )


def ledger_lines(
    session: Session, wanted: LedgerFilter, now: dt.datetime, *, start: int, rows: int
) -> list[LedgerLine]:
    """Return `rows` rows from `start`: by time left in the present step, then what is closed."""
    found = conditions(wanted, now)
    open_ids = _open_ids(session, found)
    shown = open_ids[start : start + rows]
    if len(shown) < rows:
        skipped = max(0, start - len(open_ids))
        shown = [*shown, *_other_ids(session, found, skipped, rows - len(shown))]
    by_id = {row.id: row for row in _rows_of(session, shown)}
    lines = (by_id[notice_id] for notice_id in shown if notice_id in by_id)
    return [LedgerLine(row, due.next_step_of(row, now)) for row in lines]


def conditions(wanted: LedgerFilter, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of the filter."""
    found = [within(Notice.drill_id, wanted.drill_id)]
    if wanted.view != "all":
        found.append(Notice.status.in_(VIEWS[wanted.view]))
    if wanted.overdue:
        found.append(due.overdue(now))
    for column, values in (
        (Notice.kind, wanted.kinds),
        (Notice.level, wanted.levels),
        (Notice.department, wanted.departments),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.months:
        found.append(sa.or_(*(_within_month(month) for month in wanted.months)))
    if wanted.text:
        searched = (
            Notice.number, Notice.title_zh, Notice.title_en, Notice.department, Notice.contact,
            Notice.incident_id,
        )  # fmt: skip
        found.append(
            sa.or_(*(column.icontains(wanted.text, autoescape=True) for column in searched))
        )
    return found


def recent_months(now: dt.datetime, amount: int = MONTHS_SHOWN) -> list[str]:
    """Return the last months of the city's calendar, this one first: `2026-03`."""
    local = now.astimezone(CITY_ZONE)
    counted = local.year * 12 + local.month - 1
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(counted, counted - amount, -1)]


def month_span(month: str) -> tuple[dt.datetime, dt.datetime]:
    """Return begin and end of a month `2026-03` in the city."""
    year, _, number = month.partition("-")
    begin = dt.datetime(int(year), int(number), 1, tzinfo=CITY_ZONE)
    days = calendar.monthrange(begin.year, begin.month)[1]
    return begin, begin + dt.timedelta(days=days)


def _within_month(month: str) -> sa.ColumnElement[bool]:
    begin, end = month_span(month)
    at = sa.func.coalesce(Notice.issued_at, Notice.created_at, type_=Notice.created_at.type)
    return sa.and_(at >= begin, at < end)


def _open_ids(session: Session, found: list[sa.ColumnElement[bool]]) -> list[str]:
    placed: list[tuple[dt.datetime, str, str]] = []
    for step in STEPS:
        until: InstrumentedAttribute[dt.datetime | None] = getattr(Notice, step.until)
        rows = session.execute(
            sa.select(until, Notice.number, Notice.id).where(*found, step.open_rows())
        ).all()
        placed.extend((at + step.grace, number, key) for at, number, key in rows if at)
    return [key for _, _, key in sorted(placed)]


def _other_ids(
    session: Session, found: list[sa.ColumnElement[bool]], start: int, rows: int
) -> Sequence[str]:
    query = (
        sa.select(Notice.id)
        .where(*found, Notice.status.not_in(_STEPPED))
        .order_by(Notice.status != "passed", Notice.updated_at.desc(), Notice.number)
        .offset(start)
        .limit(rows)
    )
    return session.scalars(query).all()


def _rows_of(session: Session, ids: Sequence[str]) -> list[Notice]:
    found: list[Notice] = []
    for start in range(0, len(ids), PAGE_ROWS):
        some = ids[start : start + PAGE_ROWS]
        found.extend(
            session.scalars(
                sa.select(Notice).where(Notice.id.in_(some)).options(defer(Notice.fields))
            )
        )
    return found


def _tabs(session: Session, wanted: LedgerFilter, now: dt.datetime) -> dict[str, int]:
    base = conditions(replace(wanted, view="all", overdue=False), now)
    query = sa.select(Notice.status, sa.func.count()).where(*base).group_by(Notice.status)
    found = dict(session.execute(query).all())
    tabs = {
        view: sum(found.get(status, 0) for status in VIEWS.get(view, ())) for view in get_args(View)
    }
    late = _count(session, [*base, due.overdue(now)])
    return tabs | {"all": sum(found.values()), "overdue": late}


def _count(session: Session, found: list[sa.ColumnElement[bool]]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Notice).where(*found)) or 0


def _facets(session: Session, wanted: LedgerFilter, now: dt.datetime) -> list[LedgerFacet]:
    kinds = _by_value(session, conditions(replace(wanted, kinds=()), now), Notice.kind)
    levels = _by_value(session, conditions(replace(wanted, levels=()), now), Notice.level)
    departments = _by_value(
        session, conditions(replace(wanted, departments=()), now), Notice.department
    )
    return [
        _facet("kind", kinds, wanted.kinds),
        _facet("level", sorted(levels), tuple(str(level) for level in wanted.levels)),
        _facet("department", departments, wanted.departments),
        LedgerFacet(field="month", values=_by_month(session, wanted, now)),
    ]


def _by_month(session: Session, wanted: LedgerFilter, now: dt.datetime) -> list[tuple[str, int]]:
    months = recent_months(now)
    counted = [sa.func.count(sa.case((_within_month(month), 1))) for month in months]
    query = sa.select(*counted).where(*conditions(replace(wanted, months=()), now))
    amounts = session.execute(query.select_from(Notice)).one()
    return [
        (month, amount)
        for month, amount in zip(months, amounts, strict=True)
        if amount or month in wanted.months
    ]


def _by_value(
    session: Session,
    found: list[sa.ColumnElement[bool]],
    column: InstrumentedAttribute[str] | InstrumentedAttribute[int],
) -> list[tuple[str, int]]:
    amount = sa.func.count().label("amount")
    query = sa.select(column, amount).where(*found).group_by(column).order_by(amount.desc(), column)
    return [(str(value), number) for value, number in session.execute(query).all()]


def _facet(name: str, counted: list[tuple[str, int]], chosen: tuple[str, ...]) -> LedgerFacet:
    shown = [pair for rank, pair in enumerate(counted) if rank < FACET_VALUES or pair[0] in chosen]
    return LedgerFacet(field=name, values=shown, rest=len(counted) - len(shown))
