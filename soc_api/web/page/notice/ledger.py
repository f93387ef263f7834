"""The ledger of notices: as a page with the notice at the cursor beside it, and as a sheet."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from playbooks.document.sheet import sheet_of
from soc_api.permission import Permission
from soc_api.web.link import Parameter
from soc_api.web.narrowing import Narrowing
from soc_api.web.page.document import SHEET, handed_out
from soc_api.web.page.notice.record import shown
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice import ledger
from soc_api.web.query.notice.ledger import LedgerFilter, View
from soc_api.web.query.notice.record import last_act, notice_view
from soc_api.web.query.notice.register import COLUMNS, register_rows
from soc_api.web.term import Names
from soc_api.web.visit import SessionDep, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter(dependencies=[allowed(Permission.VIEW_DESK)])

TEXT_LIMIT, CODE_LIMIT, MOST_VALUES = 200, 200, 32
MOST_ROWS = 10_000
"""Rows of one export."""
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"

Kind = Literal["hazard", "incident", "warning", "rectification", "supervision"]


class LedgerAddress(Narrowing):
    """The parameters of the ledger's address."""

    status: View = "all"
    overdue: bool = False
    kind: list[Kind] = Field(default=[], max_length=MOST_VALUES)
    level: list[Literal["1", "2", "3", "4"]] = Field(default=[], max_length=MOST_VALUES)
    department: list[Annotated[str, Field(max_length=CODE_LIMIT)]] = Field(
        default=[], max_length=MOST_VALUES
    )
    month: list[Annotated[str, Field(pattern=_MONTH)]] = Field(default=[], max_length=MOST_VALUES)
    text: str = Field(default="", max_length=TEXT_LIMIT)
    page: int = Field(default=1, ge=1, le=ledger.MOST_PAGES)
    at: str = Field(default="", max_length=CODE_LIMIT)
    of: str = Field(default="", max_length=CODE_LIMIT)
    facets: bool = False
    drill: str = Field(default="", max_length=CODE_LIMIT)

    def wanted(self) -> LedgerFilter:
        """Return the filter that the address asks for."""
        return LedgerFilter(
            drill_id=self.drill or None,
            view=self.status,
            overdue=self.overdue,
            kinds=tuple(self.kind),
            levels=tuple(int(level) for level in self.level),
            departments=tuple(self.department),
            months=tuple(self.month),
            text=self.text.strip(),
        )

    @property
    def shown(self) -> str:
        """Name of the tab that is shown."""
        return "overdue" if self.overdue and self.status == "all" else self.status

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab is asked for."""
        lists = (self.kind, self.level, self.department, self.month)
        return any(lists) or bool(self.text.strip())

    def parameters(self, **changed: Parameter) -> dict[str, Parameter]:
        """Return the parameters of the same address with `changed` ones; the page starts anew."""
        kept: dict[str, Parameter] = {
            **self.bare(),
            "kind": list(self.kind),
            "level": list(self.level),
            "department": self.department,
            "month": self.month,
            "text": self.text,
        }
        return kept | changed

    def bare(self) -> dict[str, Parameter]:
        """Return the parameters of the tab alone."""
        return {
            "status": self.status if self.status != "all" else "",
            "overdue": "1" if self.overdue else "",
            "facets": "1" if self.facets else "",
        }

    def tab(self, name: str) -> dict[str, Parameter]:
        """Return the parameters of another tab with the same filter."""
        is_plain = name in ("all", "overdue")
        return self.parameters(
            status="" if is_plain else name, overdue="1" if name == "overdue" else ""
        )


AddressDep = Annotated[LedgerAddress, Query()]


@router.get("/notices")
def notices(visit: VisitDep, session: SessionDep, address: AddressDep) -> HTMLResponse:
    """Show the ledger with the notice at the cursor beside it."""
    wanted = address.wanted()
    page = ledger.ledger_page(session, wanted, visit.now, page=address.page)
    listed = {line.row.id for line in page.lines}
    chosen = address.at if address.at in listed else page.lines[0].row.id if page.lines else None
    view = notice_view(session, chosen, visit.now) if chosen else None
    return visit.render(
        "notices.html",
        frame=frame_of(session, visit.now, place="notices", drill_id=wanted.drill_id),
        address=address,
        page=page,
        done=last_act(session, address.of, visit.account.name, visit.now) if address.of else None,
        **(shown(visit, session, view) if view else {"view": None}),
    )


@router.get("/notices.xlsx")
def notices_sheet(visit: VisitDep, session: SessionDep, address: AddressDep) -> Response:
    """Hand out the ledger with the same filter as a sheet, marked with who took it and when."""
    lines = ledger.ledger_lines(session, address.wanted(), visit.now, start=0, rows=MOST_ROWS)
    wording = Wording(visit.language, visit.now)
    content = sheet_of(
        _title(address, visit.console.names, wording),
        [wording.word(key) for key in COLUMNS],
        register_rows(lines, visit.console.names, wording),
        who=visit.account.display_name,
        now=visit.now,
    )
    return handed_out(content, SHEET, f"{wording.word('notice_ledger')}.xlsx")


def _title(address: LedgerAddress, names: Names, wording: Wording) -> str:
    """Return the title of the sheet: the ledger, its tab and its filter."""
    kinds = [wording.say(names.notice_kind(kind)) for kind in address.kind]
    levels = [wording.word(f"grade_{level}") for level in address.level]
    chosen = (*kinds, *levels, *address.department, *address.month, address.text.strip())
    tab = wording.word(f"ledger_{address.shown}")
    return " · ".join((wording.word("notice_ledger"), tab, *filter(None, chosen)))
