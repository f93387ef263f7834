"""The queue of alerts, the pane beside it, and the page of one alert."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import Field

from soc_api.evidence import kept_slice
from soc_api.permission import Permission
from soc_api.web.link import Parameter
from soc_api.web.narrowing import Narrowing
from soc_api.web.query import alert as query
from soc_api.web.query.alert import SEVERE, AlertFilter
from soc_api.web.query.evidence import evidence_of
from soc_api.web.query.frame import frame_of
from soc_api.web.term import UNKNOWN
from soc_api.web.visit import SessionDep, VisitDep, allowed

router = APIRouter()

NOT_FOUND = 404
TEXT_LIMIT = 200
CODE_LIMIT = 200
MOST_VALUES = 32


class AlertAddress(Narrowing):
    """The parameters of the queue's address."""

    status: query.Status = "open"
    severity: list[Literal["1", "2", "3", "4"]] = Field(default=[], max_length=MOST_VALUES)
    detector: list[Annotated[str, Field(max_length=CODE_LIMIT)]] = Field(
        default=[], max_length=MOST_VALUES
    )
    department: list[Annotated[str, Field(max_length=CODE_LIMIT)]] = Field(
        default=[], max_length=MOST_VALUES
    )
    text: str = Field(default="", max_length=TEXT_LIMIT)
    page: int = Field(default=1, ge=1, le=query.COUNT_LIMIT // query.PAGE_ROWS)
    at: str = Field(default="", max_length=CODE_LIMIT)
    facets: bool = False
    drill: str = Field(default="", max_length=CODE_LIMIT)

    def wanted(self) -> AlertFilter:
        """Return the filter that the address asks for."""
        return AlertFilter(
            drill_id=self.drill or None,
            status=self.status,
            severities=tuple(int(severity) for severity in self.severity),
            detectors=tuple(self.detector),
            departments=tuple(self.department),
            text=self.text.strip(),
        )

    def parameters(self, **changed: Parameter) -> dict[str, Parameter]:
        """Return the parameters of the same address with `changed` ones; the page starts anew."""
        kept: dict[str, Parameter] = {
            "status": self.status if self.status != "open" else "",
            "severity": self.severity,
            "detector": self.detector,
            "department": self.department,
            "text": self.text,
            "facets": "1" if self.facets else "",
        }
        return kept | changed

    def shows(self, parameters: Mapping[str, Parameter]) -> bool:
        """Whether this is the address of a view, facets and cursor aside."""
        here = {name: value for name, value in self.parameters(facets="").items() if value}
        return here == parameters

    @property
    def narrowed(self) -> bool:
        """Whether anything but the status is asked for."""
        return bool(self.severity or self.detector or self.department or self.text.strip())


@router.get("/alerts", dependencies=[allowed(Permission.VIEW_DESK)])
def alerts(
    visit: VisitDep, session: SessionDep, address: Annotated[AlertAddress, Query()]
) -> HTMLResponse:
    """Show the queue with the alert at the cursor beside it."""
    wanted = address.wanted()
    page = query.alert_page(session, wanted, page=address.page)
    shown = {line.id for line in page.lines}
    chosen = address.at if address.at in shown else page.lines[0].id if page.lines else None
    view = query.alert_view(session, chosen) if chosen else None
    return visit.render(
        "alerts.html",
        frame=frame_of(session, visit.now, place="alerts", drill_id=wanted.drill_id),
        address=address,
        page=page,
        views=_views(session, wanted),
        view=view,
        evidence=evidence_of(visit.console.events, view.row) if view else None,
    )


@router.get("/alerts/{alert_id}", dependencies=[allowed(Permission.VIEW_DESK)])
def alert(visit: VisitDep, session: SessionDep, alert_id: str) -> HTMLResponse:
    """Show one alert on its own page."""
    return _one(visit, session, alert_id, template="alert.html")


@router.get("/alerts/{alert_id}/pane", dependencies=[allowed(Permission.VIEW_DESK)])
def pane(visit: VisitDep, session: SessionDep, alert_id: str) -> HTMLResponse:
    """Show one alert as the pane beside the queue."""
    return _one(visit, session, alert_id, template="alert_pane.html")


def _one(visit: VisitDep, session: SessionDep, alert_id: str, *, template: str) -> HTMLResponse:
    view = query.alert_view(session, alert_id)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        template,
        frame=frame_of(session, visit.now, place="alerts", drill_id=view.row.drill_id),
        view=view,
        evidence=evidence_of(visit.console.events, view.row),
        kept=kept_slice(session, alert_id),
    )


def _views(session: SessionDep, wanted: AlertFilter) -> list[tuple[str, dict[str, Parameter], int]]:
    base = AlertFilter(drill_id=wanted.drill_id)
    views: list[tuple[str, dict[str, Parameter], AlertFilter]] = [
        ("view_open", {}, base),
        (
            "view_severe",
            {"severity": [str(severity) for severity in SEVERE]},
            replace(base, severities=SEVERE),
        ),
        ("view_unknown", {"department": [UNKNOWN]}, replace(base, departments=(UNKNOWN,))),
        ("view_all", {"status": "all"}, replace(base, status="all")),
    ]
    return [(name, parameters, query.count(session, each)) for name, parameters, each in views]
