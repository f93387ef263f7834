"""The rules of the scan: kinds, own patterns, what may be broken; and a text to try them on."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from situation.faults import Misconfigured
from soc_api.permission import Permission
from soc_api.web.query.data.mark import CLASSES
from soc_api.web.query.data.rule import kind_groups, rule_lines
from soc_api.web.query.data.trial import LONGEST, Trial, tried
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()


@router.get("/data/rules", dependencies=[allowed(Permission.VIEW_DATA)])
def rules(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show the kinds, the city's own patterns, and the rules that a place may break."""
    return _page(visit, session)


@router.post("/data/rules/try", dependencies=[allowed(Permission.MANAGE_SCANS)])
def try_out(visit: ChangeDep, text: Annotated[str, Form(max_length=LONGEST)] = "") -> Response:
    """Show what the rules say about a text; nothing of it is kept, nor given back."""
    with visit.console.state.reading() as session:
        return _page(visit, session, text=text)


def _page(visit: Visit, session: Session, *, text: str = "") -> HTMLResponse:
    trial: Trial | None = None
    fault = ""
    try:
        ruleset = visit.console.scanning.ruleset(visit.now)
        own, fingerprint = ruleset.own, ruleset.fingerprint
        trial = tried(ruleset, text) if text.strip() else None
    except Misconfigured as misconfigured:
        own, fingerprint, fault = (), "", str(misconfigured)
    return visit.render(
        "data/rules.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        groups=kind_groups(),
        rules=list(rule_lines()),
        own=own,
        fingerprint=fingerprint,
        patterns=visit.console.scanning.settings.scan.patterns,
        fault=fault,
        trial=trial,
        classes=CLASSES,
        longest=LONGEST,
    )
