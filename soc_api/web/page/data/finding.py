"""Findings: the queue with the finding at the cursor beside it, one finding, a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import Field
from sqlalchemy.orm import Session

from playbooks.document.sheet import sheet_of
from soc_api.permission import Permission
from soc_api.web.link import Parameter
from soc_api.web.narrowing import Narrowing
from soc_api.web.page.document import SHEET, handed_out
from soc_api.web.query.data import queue
from soc_api.web.query.data.act import acts_of
from soc_api.web.query.data.queue import FindingFilter, View
from soc_api.web.query.data.record import FindingView, finding_view
from soc_api.web.query.data.register import COLUMNS, finding_rows
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter(dependencies=[allowed(Permission.VIEW_DATA)])

NOT_FOUND = 404
TEXT_LIMIT, MOST_VALUES = 200, 32
MOST_ROWS = 20_000
"""Rows of one export."""
TABS: tuple[View, ...] = ("due", "new", "handling", "closed", "set_aside", "all")

Chosen = Annotated[str, Field(max_length=TEXT_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why something was not done, said in the reader's language; `values` is what was typed."""

    said: str
    act: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class FindingAddress(Narrowing):
    """The parameters of the queue's address."""

    view: View = "due"
    department: list[Chosen] = Field(default=[], max_length=MOST_VALUES)
    severity: list[Literal["0", "1", "2", "3", "4"]] = Field(default=[], max_length=MOST_VALUES)
    rule: list[Chosen] = Field(default=[], max_length=MOST_VALUES)
    grade: list[Literal["0", "1", "2", "3", "4", "5", "6"]] = Field(
        default=[], max_length=MOST_VALUES
    )
    kind: list[Chosen] = Field(default=[], max_length=MOST_VALUES)
    target: list[Chosen] = Field(default=[], max_length=MOST_VALUES)
    text: str = Field(default="", max_length=TEXT_LIMIT)
    page: int = Field(default=1, ge=1, le=queue.MOST_PAGES)
    at: str = Field(default="", max_length=TEXT_LIMIT)
    of: str = Field(default="", max_length=TEXT_LIMIT)
    facets: bool = False

    def wanted(self) -> FindingFilter:
        """Return the filter that the address asks for."""
        return FindingFilter(
            view=self.view,
            departments=tuple(self.department),
            rules=tuple(self.rule),
            severities=tuple(int(severity) for severity in self.severity),
            grades=tuple(int(grade) for grade in self.grade),
            kinds=tuple(self.kind),
            targets=tuple(self.target),
            text=self.text.strip(),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab is asked for."""
        return any(map(self.chosen, queue.FACETS)) or bool(self.text.strip())

    def parameters(self, **changed: Parameter) -> dict[str, Parameter]:
        """Return the parameters of the same address with `changed` ones; the page starts anew."""
        kept: dict[str, Parameter] = {
            **self.bare(),
            **{name: self.chosen(name) for name in queue.FACETS},
            "text": self.text,
        }
        return kept | changed

    def bare(self) -> dict[str, Parameter]:
        """Return the parameters of the tab alone."""
        return {
            "view": self.view if self.view != "due" else "",
            "facets": "1" if self.facets else "",
        }

    def tab(self, name: str) -> dict[str, Parameter]:
        """Return the parameters of another tab with the same filter."""
        return self.parameters(view=name if name != "due" else "")


AddressDep = Annotated[FindingAddress, Query()]


@router.get("/data/findings")
def findings(visit: VisitDep, session: SessionDep, address: AddressDep) -> HTMLResponse:
    """Show the queue with the finding at the cursor beside it."""
    page = queue.finding_page(session, address.wanted(), page=address.page)
    listed = {line.row.id for line in page.lines}
    chosen = address.at if address.at in listed else page.lines[0].row.id if page.lines else None
    view = finding_view(session, chosen) if chosen else None
    return visit.render(
        "data/findings.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        address=address,
        page=page,
        tabs=TABS,
        **(shown(visit, view) if view else {"view": None}),
    )


@router.get("/data/findings.xlsx")
def findings_sheet(visit: VisitDep, session: SessionDep, address: AddressDep) -> Response:
    """Hand out the queue with the same filter as a sheet, marked with who took it and when."""
    newest = queue.last_scans(session)
    lines = queue.finding_lines(session, address.wanted(), newest, start=0, rows=MOST_ROWS)
    wording = Wording(visit.language, visit.now)
    content = sheet_of(
        _title(address, wording),
        [wording.word(key) for key in COLUMNS],
        finding_rows(lines, wording),
        who=visit.account.display_name,
        now=visit.now,
    )
    return handed_out(content, SHEET, f"{wording.word('data_findings')}.xlsx")


@router.get("/data/findings/{finding_id}")
def finding(visit: VisitDep, session: SessionDep, finding_id: str) -> HTMLResponse:
    """Show one finding on its own page."""
    return finding_page(visit, session, finding_id)


@router.get("/data/findings/{finding_id}/pane")
def pane(visit: VisitDep, session: SessionDep, finding_id: str) -> HTMLResponse:
    """Show one finding as the pane beside the queue."""
    return finding_page(visit, session, finding_id, template="data/finding_pane.html")


def finding_page(
    visit: Visit,
    session: Session,
    finding_id: str,
    *,
    template: str = "data/finding.html",
    code: int = 200,
    trouble: Trouble | None = None,
) -> HTMLResponse:
    """Render a finding as it is now, with what went wrong; 404 if there is none for everybody."""
    view = finding_view(session, finding_id)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        template,
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        code=code,
        trouble=trouble,
        **shown(visit, view),
    )


def shown(visit: Visit, view: FindingView) -> dict[str, object]:
    """Return what the templates of a finding are given beside their frame."""
    return {
        "view": view,
        "acts": acts_of(view.line, visit.may),
        "target": visit.console.scanning.targets.get(view.row.target),
    }


def _title(address: FindingAddress, wording: Wording) -> str:
    """Return the title of the sheet: the queue, its tab and its filter."""
    chosen = (value for name in ("department", "rule", "target") for value in address.chosen(name))
    parts = (wording.word("data_findings"), wording.word(f"data_view_{address.view}"))
    return " · ".join((*parts, *chosen, *filter(None, (address.text.strip(),))))
