"""The data map with the findings of a department beside it, and the map as a file."""

import csv
import datetime as dt
import io
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from playbooks.document.sheet import sheet_of
from playbooks.finding.report import file
from playbooks.finding.report.figures import figures
from soc_api.permission import Permission
from soc_api.web.link import Parameter
from soc_api.web.page.data.finding import shown
from soc_api.web.page.document import PDF, SHEET, WORD, handed_out
from soc_api.web.query.data import queue
from soc_api.web.query.data.map import (
    GRADES,
    ROWS_SHOWN,
    TREND_DAYS,
    Side,
    curves,
    map_lines,
    map_view,
)
from soc_api.web.query.data.queue import FindingFilter
from soc_api.web.query.data.record import finding_view
from soc_api.web.query.data.register import map_head, map_rows
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter(dependencies=[allowed(Permission.VIEW_DATA)])

NAME_LIMIT = 200
FINDINGS_SHOWN = 8
CSV = "text/csv; charset=utf-8"
_MARKS_UTF_8 = "\ufeff"
"""Without it Excel takes the file for one of the system's own encoding."""


class MapAddress(BaseModel):
    """The parameters of the map's address."""

    by: Side = "department"
    department: str = Field(default="", max_length=NAME_LIMIT)
    changed: bool = False
    whole: bool = False
    at: str = Field(default="", max_length=NAME_LIMIT)

    def parameters(self, **changed: Parameter) -> dict[str, Parameter]:
        """Return the parameters of the same address with `changed` ones."""
        kept: dict[str, Parameter] = {
            "by": self.by if self.by != "department" else "",
            "department": self.department,
            "changed": "1" if self.changed else "",
            "whole": "1" if self.whole else "",
        }
        return kept | changed


AddressDep = Annotated[MapAddress, Query()]


@router.get("/data")
def data_map(visit: VisitDep, session: SessionDep, address: AddressDep) -> HTMLResponse:
    """Show the map, the findings of the chosen department, and the one at the cursor."""
    chosen = (address.department,) if address.department else ()
    wanted = FindingFilter(view="due", departments=chosen)
    newest = queue.last_scans(session)
    lines = queue.finding_lines(session, wanted, newest, start=0, rows=FINDINGS_SHOWN)
    listed = {line.row.id for line in lines}
    at = address.at if address.at in listed else lines[0].row.id if lines else None
    view = finding_view(session, at) if at else None
    return visit.render(
        "data/map.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        address=address,
        map=map_view(
            session, visit.now, by=address.by, changed=address.changed, whole=address.whole
        ),
        curves=curves(session, visit.now, address.department),
        lines=lines,
        grades=GRADES,
        rows_shown=ROWS_SHOWN,
        **(shown(visit, view) if view else {"view": None}),
    )


@router.get("/data/report.{form}")
def report(
    visit: VisitDep,
    session: SessionDep,
    form: Literal["docx", "pdf", "xlsx"],
    department: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
) -> Response:
    """Hand out the report on the scans of the last days, of the city or of one department."""
    console, now = visit.console, visit.now
    found = figures(
        session,
        department=department,
        since=now - dt.timedelta(days=TREND_DAYS),
        until=now,
        now=now,
    )
    name = f"{department} {Wording(visit.language, now).word('data_report')}".strip()
    if form == "xlsx":
        who = visit.account.display_name
        content = file.xlsx(found, who=who, now=now, language=visit.language)
        return handed_out(content, SHEET, f"{name}.xlsx")
    make, media_type = (file.docx, WORD) if form == "docx" else (file.pdf, PDF)
    content = make(found, console.plan, console.papers, language=visit.language)
    return handed_out(content, media_type, f"{name}.{form}")


@router.get("/data/map.{form}")
def map_file(
    visit: VisitDep, session: SessionDep, form: Literal["csv", "xlsx"], by: Side = "department"
) -> Response:
    """Hand out the map as a sheet or as CSV, whole."""
    wording = Wording(visit.language, visit.now)
    rows = map_rows(map_lines(session, visit.now, by=by), wording)
    head, title = map_head(by, wording), wording.word("data_map")
    if form == "csv":
        text = io.StringIO(_MARKS_UTF_8)
        text.seek(0, io.SEEK_END)
        csv.writer(text).writerows([head, *rows])
        return handed_out(text.getvalue().encode(), CSV, f"{title}.csv")
    content = sheet_of(
        f"{title} {wording.word(f'data_by_{by}')}",
        head,
        rows,
        who=visit.account.display_name,
        now=visit.now,
    )
    return handed_out(content, SHEET, f"{title}.xlsx")
