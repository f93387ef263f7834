"""The statistics of the notices: a ranking of the departments, the months, both as a sheet."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from playbooks.document.sheet import Value, sheet_of
from playbooks.notice.statistics import Figures
from soc_api.permission import Permission
from soc_api.web.page.document import SHEET, handed_out
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice.record import departments
from soc_api.web.query.notice.statistics import (
    StatisticsView,
    months_offered,
    period_of,
    statistics_view,
)
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter(dependencies=[allowed(Permission.VIEW_STATISTICS)])

_MONTH = r"^$|^\d{4}-(0[1-9]|1[0-2])$"
_COLUMNS = (
    "figure_issued", "figure_signed_in_time", "figure_signed_share", "figure_answered_in_time",
    "figure_answered_share", "figure_minutes_to_sign", "figure_minutes_to_answer",
    "figure_minutes_to_close", "figure_closed", "figure_returns", "figure_repeats",
    "figure_overdue_now",
)  # fmt: skip


class StatisticsAddress(BaseModel):
    """The parameters of the page's address."""

    first: str = Field(default="", pattern=_MONTH, max_length=7)
    last: str = Field(default="", pattern=_MONTH, max_length=7)
    department: str = Field(default="", max_length=200)
    drill: str = Field(default="", max_length=200)
    by: Literal["department", "month"] = "department"


AddressDep = Annotated[StatisticsAddress, Query()]


@router.get("/statistics")
def statistics(visit: VisitDep, session: SessionDep, address: AddressDep) -> HTMLResponse:
    """Show the figures of a period."""
    return visit.render(
        "statistics.html",
        frame=frame_of(session, visit.now, place="statistics", drill_id=address.drill or None),
        view=_view(visit, session, address),
        offered=months_offered(visit.now),
        departments=departments(session),
    )


@router.get("/statistics.xlsx")
def statistics_sheet(visit: VisitDep, session: SessionDep, address: AddressDep) -> Response:
    """Hand out one of the two tables as a sheet, marked with who took it and when."""
    view, wording = _view(visit, session, address), Wording(visit.language, visit.now)
    title = wording.word(f"statistics_by_{address.by}")
    period = f"{view.period.first} – {view.period.last}"
    content = sheet_of(
        f"{title} {period} {address.department if address.by == 'month' else ''}".strip(),
        [wording.word(key) for key in (*_head(address.by), *_COLUMNS)],
        _rows(view, address.by),
        who=visit.account.display_name,
        now=visit.now,
    )
    return handed_out(content, SHEET, f"{title} {period}.xlsx")


def _view(visit: Visit, session: SessionDep, address: StatisticsAddress) -> StatisticsView:
    return statistics_view(
        session,
        period_of(address.first, address.last, visit.now),
        department=address.department,
        drill_id=address.drill or None,
    )


def _head(by: Literal["department", "month"]) -> tuple[str, ...]:
    return ("figure_rank", "ledger_facet_department") if by == "department" else ("figure_month",)


def _rows(view: StatisticsView, by: Literal["department", "month"]) -> Iterator[list[Value]]:
    if by == "department":
        for row in view.departments:
            yield [row.rank, row.department, *_figures(row)]
    else:
        for line in view.months:
            yield [line.figures.month, *_figures(line.figures)]


def _figures(row: Figures) -> list[Value]:
    shares = (row.signed_share, row.answered_share)
    signed, answered = (f"{share:.0%}" for share in shares)
    return [
        row.issued, row.signed_in_time, signed, row.answered_in_time, answered,
        *map(_whole, (row.minutes_to_sign, row.minutes_to_answer, row.minutes_to_close)),
        row.closed, row.returns, row.repeats, row.overdue_now,
    ]  # fmt: skip


def _whole(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes)
