"""The warning board: what holds, what is drafted, issued and lifted by whom."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.document.block import Document
from playbooks.document.data import warning_data
from playbooks.document.pdf import pdf_of
from playbooks.document.word import word_of
from playbooks.machine import Refusal
from playbooks.plan.document import Plan
from playbooks.plan.warning import Issuer
from playbooks.warning.acts import (
    adopt_warning,
    draft_warning,
    drop_warning,
    issue_warning,
    lift_warning,
)
from situation.faults import Conflict, Malformed
from situation.state.tables import CityWarning, Incident
from soc_api.permission import Permission
from soc_api.web.entered import EnteredDep
from soc_api.web.page.document import PDF, WORD, handed_out
from soc_api.web.query.frame import frame_of
from soc_api.web.query.warning import board, warning_view
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter()

NOT_FOUND, CONFLICT, UNPROCESSABLE, SEE_OTHER = 404, 409, 422, 303
PREFIX = "field_"
Version = Annotated[int, Form()]
Paper = Literal["warning", "lift"]
_VIEW = [allowed(Permission.VIEW_DESK)]
_WARN = [allowed(Permission.WARN)]


@router.get("/warnings", dependencies=_VIEW)
def warnings(
    visit: VisitDep, session: SessionDep, drill: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    """Show all warnings: those that hold first."""
    drill_id = drill or None
    return visit.render(
        "warnings.html",
        frame=frame_of(session, visit.now, place="warnings", drill_id=drill_id),
        board=board(session, visit.console.plan, drill_id),
    )


@router.get("/warnings/new", dependencies=_WARN)
def new(
    visit: VisitDep, session: SessionDep, incident: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show the form of a warning, filled from an incident if one is given."""
    row = session.get(Incident, incident) if incident else None
    return _form(visit, session, _begun(visit, row), incident=row)


@router.post("/warnings", dependencies=_WARN)
def draft(visit: ChangeDep, values: EnteredDep) -> Response:
    """Draft a warning, or say at the field what is missing."""
    plan = visit.console.plan
    with visit.console.state.reading() as session:
        incident = session.get(Incident, values.get("incident", ""))
    try:
        with visit.console.state.transaction() as session:
            row = draft_warning(
                session,
                plan,
                colour=values.get("colour", ""),
                issuer_level=plan.city.issuer_level,
                issuer=plan.city.office_zh,
                category=values.get("category", ""),
                title_zh=values.get("title", ""),
                title_en=values.get("title_en", "") or values.get("title", ""),
                fields=_fields(values),
                incident_id=incident.id if incident else None,
                drill_id=incident.drill_id if incident else None,
                by=visit.person,
                now=visit.now,
            )
    except Malformed as fault:
        with visit.console.state.reading() as session:
            return _form(visit, session, values, incident=incident, fault=fault)
    return RedirectResponse(f"/warnings/{row.id}", SEE_OTHER)


@router.get("/warnings/{warning_id}", dependencies=_VIEW)
def warning(visit: VisitDep, session: SessionDep, warning_id: str) -> HTMLResponse:
    """Show one warning."""
    return _page(visit, session, warning_id)


@router.get("/warnings/{warning_id}/{paper}.pdf", dependencies=_VIEW)
def as_pdf(visit: VisitDep, session: SessionDep, warning_id: str, paper: Paper) -> Response:
    """Hand out the warning, or its lifting, as a PDF."""
    row = _paper(visit, session, warning_id, paper)
    return handed_out(pdf_of(_document(visit, row, paper)), PDF, f"{row.number}.pdf")


@router.get("/warnings/{warning_id}/{paper}.docx", dependencies=_VIEW)
def as_word(visit: VisitDep, session: SessionDep, warning_id: str, paper: Paper) -> Response:
    """Hand out the warning, or its lifting, in Word."""
    row = _paper(visit, session, warning_id, paper)
    return handed_out(word_of(_document(visit, row, paper)), WORD, f"{row.number}.docx")


@router.post("/warnings/{warning_id}/issue", dependencies=_WARN)
def issue(visit: ChangeDep, warning_id: str, version: Version) -> Response:
    """Issue a warning; one beyond the city's power becomes a proposal."""
    return _act(visit, warning_id, issue_warning, version)


@router.post("/warnings/{warning_id}/adopt", dependencies=_WARN)
def adopt(
    visit: ChangeDep,
    warning_id: str,
    version: Version,
    issuer_level: Annotated[str, Form(max_length=40)] = "",
    issuer: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Enter that the superior issued what was proposed."""
    return _act(
        visit, warning_id, adopt_warning, version, issuer_level=issuer_level, issuer=issuer.strip()
    )


@router.post("/warnings/{warning_id}/lift", dependencies=_WARN)
def lift(
    visit: ChangeDep,
    warning_id: str,
    version: Version,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Lift a warning, as who issued it."""
    plan = visit.console.plan
    return _act(
        visit,
        warning_id,
        lift_warning,
        version,
        reason=reason,
        issuer_level=plan.city.issuer_level,
        issuer=plan.city.office_zh,
    )


@router.post("/warnings/{warning_id}/drop", dependencies=_WARN)
def drop(
    visit: ChangeDep,
    warning_id: str,
    version: Version,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Drop a draft."""
    return _act(visit, warning_id, drop_warning, version, reason=reason)


def _may_issue(plan: Plan, colour: str) -> bool:
    return plan.may_issue(plan.city.issuer_level, colour)


def _superiors(plan: Plan) -> list[Issuer]:
    """Return the levels above this installation, the highest first."""
    keys = [row.key for row in plan.issuers]
    return list(plan.issuers[: keys.index(plan.city.issuer_level)])


def _paper(visit: Visit, session: Session, warning_id: str, paper: Paper) -> CityWarning:
    view = warning_view(session, visit.console.plan, warning_id)
    if view is None or (paper == "lift" and view.row.lifted_at is None):
        raise HTTPException(NOT_FOUND)
    return view.row


def _document(visit: Visit, row: CityWarning, paper: Paper) -> Document:
    return visit.console.papers.fill(paper, warning_data(visit.console.plan, row), visit.language)


def _fields(values: dict[str, str]) -> dict[str, object]:
    return {
        name.removeprefix(PREFIX): value
        for name, value in values.items()
        if name.startswith(PREFIX) and value
    }


def _begun(visit: Visit, incident: Incident | None) -> dict[str, str]:
    if incident is None:
        return {}
    colours = {row.level: row.key for row in visit.console.plan.colours}
    return {
        "colour": colours[incident.level],
        "category": incident.category,
        "title": incident.title_zh,
        "title_en": incident.title_en,
    }


def _form(
    visit: Visit,
    session: Session,
    values: dict[str, str],
    *,
    incident: Incident | None,
    fault: Malformed | None = None,
) -> HTMLResponse:
    plan = visit.console.plan
    return visit.render(
        "warning_form.html",
        frame=frame_of(
            session, visit.now, place="warnings", drill_id=incident.drill_id if incident else None
        ),
        code=UNPROCESSABLE if fault else 200,
        colours=plan.colours,
        fields=[field for field in plan.warning_fields if field.input != "system"],
        categories=plan.categories,
        sub_categories=plan.sub_categories,
        may_issue={
            row.key: plan.may_issue(plan.city.issuer_level, row.key) for row in plan.colours
        },
        values=values,
        incident=incident,
        fault=fault,
    )


def _act(
    visit: Visit, warning_id: str, act: Callable[..., object], version: int, **more: str
) -> Response:
    """Do it and show the warning; a refusal is shown on its page as it is now."""
    with visit.console.state.reading() as session:
        if session.get(CityWarning, warning_id) is None:
            raise HTTPException(NOT_FOUND)
    try:
        with visit.console.state.transaction() as session:
            act(
                session,
                visit.console.plan,
                warning_id,
                by=visit.person,
                expected_version=version,
                now=visit.now,
                **more,
            )
    except (Conflict, Malformed) as fault:
        code = fault.code if isinstance(fault, Refusal) else "stale"
        key = "refused_reason_missing" if isinstance(fault, Malformed) else f"refused_{code}"
        refused = Wording(visit.language, visit.now).word(key)
        with visit.console.state.reading() as session:
            return _page(visit, session, warning_id, code=CONFLICT, refused=refused)
    return RedirectResponse(f"/warnings/{warning_id}", SEE_OTHER)


def _page(
    visit: Visit, session: Session, warning_id: str, *, code: int = 200, refused: str = ""
) -> HTMLResponse:
    plan = visit.console.plan
    view = warning_view(session, plan, warning_id)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        "warning.html",
        frame=frame_of(session, visit.now, place="warnings", drill_id=view.row.drill_id),
        code=code,
        view=view,
        refused=refused,
        person=visit.person,
        may_issue=_may_issue(plan, view.row.colour),
        superiors=_superiors(plan),
    )
