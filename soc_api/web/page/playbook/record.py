"""The list of playbooks, one of them with its versions, and its files."""

import json
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from situation.state.tables import Incident, PlaybookVersion
from soc_api.permission import Permission
from soc_api.web.page.document import handed_out
from soc_api.web.query.frame import frame_of
from soc_api.web.query.playbook.approval import waiting_count
from soc_api.web.query.playbook.intent import grouped
from soc_api.web.query.playbook.naming import GLYPHS, STARTS
from soc_api.web.query.playbook.reading import name_text
from soc_api.web.query.playbook.record import (
    asks_approval,
    difference,
    playbook_view,
    versions_of,
)
from soc_api.web.query.playbook.run_list import RunFilter, runs_of
from soc_api.web.query.playbook.shelf import shelf
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter(dependencies=[allowed(Permission.VIEW_DESK)])

OK, NOT_FOUND = 200, 404
NAME_LIMIT = 200
NUMBER_LIMIT = 2**31
RUNS_SHOWN = 5
YAML, JSON = "application/yaml", "application/json"

Number = Annotated[int | None, Query(alias="version", ge=1, le=NUMBER_LIMIT)]
AboutIncident = Annotated[str, Query(max_length=NAME_LIMIT)]


@router.get("/playbooks")
def playbooks(
    visit: VisitDep,
    session: SessionDep,
    incident: AboutIncident = "",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the playbooks; with an incident, to choose one for it."""
    about = session.get(Incident, incident) if incident else None
    drill_id = about.drill_id if about else drill or None
    lines = shelf(session, visit.console.names, drill_id)
    return visit.render(
        "playbook/playbooks.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=drill_id),
        lines=lines,
        running=sum(line.running for line in lines),
        waiting=waiting_count(session, drill_id),
        incident=about,
        starts=STARTS,
        glyphs=GLYPHS,
    )


@router.get("/playbooks/{playbook_key}")
def playbook(
    visit: VisitDep,
    session: SessionDep,
    playbook_key: str,
    *,
    number: Number = None,
    against: Annotated[int | None, Query(ge=1, le=NUMBER_LIMIT)] = None,
    incident: AboutIncident = "",
) -> HTMLResponse:
    """Show one playbook: the version in use or another one, compared with a third if asked."""
    return shown_playbook(
        visit, session, playbook_key, number=number, against=against, incident=incident
    )


@router.get("/playbooks/{playbook_key}/v{number}.yaml")
def as_form(session: SessionDep, playbook_key: str, number: int) -> Response:
    """Hand out a version as the form that it was written in."""
    row = _version(session, playbook_key, number)
    if not row.source:
        raise HTTPException(NOT_FOUND)
    return handed_out(row.source.encode(), YAML, f"{row.key}-v{row.number}.yaml")


@router.get("/playbooks/{playbook_key}/v{number}.json")
def as_cacao(session: SessionDep, playbook_key: str, number: int) -> Response:
    """Hand out a version as CACAO 2.0."""
    row = _version(session, playbook_key, number)
    text = json.dumps(row.document, ensure_ascii=False, indent=2)
    return handed_out(text.encode(), JSON, f"{row.key}-v{row.number}.json")


def shown_playbook(
    visit: Visit,
    session: Session,
    key: str,
    *,
    number: int | None = None,
    against: int | None = None,
    incident: str = "",
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    """Render a playbook as it is now; `refused` is the code of what was not done."""
    house = visit.console.house
    view = playbook_view(session, house, visit.console.names, key, number)
    if view is None:
        raise HTTPException(NOT_FOUND)
    compared = next((row for row in view.versions if row.number == against), None)
    about = session.get(Incident, incident) if incident else None
    drill_id = about.drill_id if about else None
    asked = RunFilter("all", view.row.key)
    return visit.render(
        "playbook/playbook.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=drill_id),
        code=code,
        view=view,
        actions=house.actions,
        asks=asks_approval,
        words=name_text,
        groups=grouped,
        keys=_keys(session),
        compared=compared,
        lines=difference(compared, view.row) if compared else [],
        runs=runs_of(session, asked, drill_id, visit.now, RUNS_SHOWN),
        incident=about,
        starts=STARTS,
        glyphs=GLYPHS,
        refused=refused,
    )


def _version(session: Session, key: str, number: int) -> PlaybookVersion:
    found = next((row for row in versions_of(session, key) if row.number == number), None)
    if found is None:
        raise HTTPException(NOT_FOUND)
    return found


def _keys(session: Session) -> dict[str, str]:
    """Return the short names of playbooks by their ids."""
    query = sa.select(PlaybookVersion.playbook_id, PlaybookVersion.key).distinct()
    return dict(session.execute(query).all())
