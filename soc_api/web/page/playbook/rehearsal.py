"""The dry run of a playbook, and the start of a run with what was rehearsed."""

import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.execution.starting import start_run
from playbooks.execution.versions import PUBLISHED
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed
from situation.state.tables import Incident, PlaybookRun, PlaybookVersion
from soc_api.permission import Permission
from soc_api.web.entered import EnteredDep
from soc_api.web.page.playbook.change import code_of
from soc_api.web.page.playbook.record import AboutIncident, Number
from soc_api.web.query.frame import frame_of
from soc_api.web.query.playbook.reading import name_text, playbook_of
from soc_api.web.query.playbook.record import versions_of
from soc_api.web.query.playbook.rehearsal import Given, cause_for, rehearsal_view
from soc_api.web.query.playbook.shelf import version_for
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNREADABLE = 200, 303, 404, 409, 422
VALUE, ASSUMED = "v.", "assume."
"""What the names of fields begin with: values of variables, and what is assumed of the others."""
VALUE_LIMIT = 4000
MOST_VALUES = 200
BY_HAND = "hand"


@router.get("/playbooks/{playbook_key}/dry-run", dependencies=[allowed(Permission.VIEW_DESK)])
def dry_run(
    request: Request,
    visit: VisitDep,
    session: SessionDep,
    playbook_key: str,
    *,
    number: Number = None,
    incident: AboutIncident = "",
) -> HTMLResponse:
    """Show what a playbook would do; nothing is done."""
    given = _given(dict(request.query_params))
    row = _version(session, playbook_key, number)
    return _page(visit, session, row, given, _incident(session, incident))


@router.post("/playbooks/{playbook_key}/runs", dependencies=[allowed(Permission.RUN_PLAYBOOK)])
def start(visit: ChangeDep, playbook_key: str, sent: EnteredDep) -> Response:
    """Start a run with the values that were rehearsed, once for each page that was shown."""
    given, state = _given(sent), visit.console.state
    with state.reading() as session:
        _version(session, playbook_key, None)
    try:
        with state.transaction() as session:
            run_id = _start(session, visit, playbook_key, sent, given)
    except (Conflict, Malformed) as fault:
        with state.reading() as session:
            row = _version(session, playbook_key, None)
            about = _incident(session, sent.get("incident", ""))
            refused = code_of(fault)
            return _page(visit, session, row, given, about, refused=refused, sent=sent)
    return RedirectResponse(f"/playbooks/runs/{run_id}", SEE_OTHER)


def _start(session: Session, visit: Visit, key: str, sent: Mapping[str, str], given: Given) -> str:
    row = _version(session, key, None)
    if str(row.id) != sent.get("version_id"):
        raise Refusal("stale", "another version is in use by now", where=key)
    house, trigger_key = visit.console.house, f"{BY_HAND}|{sent.get('start_key', '')}"
    incident = _incident(session, sent.get("incident", ""))
    run = start_run(
        session,
        house,
        version=row,
        trigger=BY_HAND,
        trigger_key=trigger_key,
        cause=cause_for(session, house, house.playbook(row), incident),
        variables=given.values,
        by=visit.person,
        reason=sent.get("reason", ""),
        now=visit.now,
    )
    if run is not None:
        return run.id
    query = sa.select(PlaybookRun.id).where(PlaybookRun.trigger_key == trigger_key)
    return session.scalars(query).one()


def _given(texts: Mapping[str, str]) -> Given:
    def named(prefix: str) -> dict[str, str]:
        found = {
            name.removeprefix(prefix): value[:VALUE_LIMIT].strip()
            for name, value in list(texts.items())[:MOST_VALUES]
            if name.startswith(prefix)
        }
        return {name: value for name, value in found.items() if value}

    return Given(values=named(VALUE), assume=named(ASSUMED))


def _version(session: Session, key: str, number: int | None) -> PlaybookVersion:
    rows = versions_of(session, key)
    by_number = {row.number: row for row in rows}
    row = version_for(rows) if number is None else by_number.get(number)
    if row is None:
        raise HTTPException(NOT_FOUND)
    return row


def _incident(session: Session, incident_id: str) -> Incident | None:
    if not incident_id:
        return None
    row = session.get(Incident, incident_id)
    if row is None:
        raise HTTPException(NOT_FOUND)
    return row


def _page(
    visit: Visit,
    session: Session,
    row: PlaybookVersion,
    given: Given,
    incident: Incident | None,
    *,
    refused: str = "",
    sent: Mapping[str, str] | None = None,
) -> HTMLResponse:
    house, playbook = visit.console.house, playbook_of(row)
    view = None
    if playbook is not None:
        view = rehearsal_view(
            session, house, playbook, incident=incident, given=given, now=visit.now
        )
    drill_id = incident.drill_id if incident else None
    return visit.render(
        "playbook/dry_run.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=drill_id),
        code=CONFLICT if refused else OK,
        row=row,
        playbook=playbook,
        view=view,
        given=given,
        incident=incident,
        in_use=row.state == PUBLISHED,
        start_key=secrets.token_hex(16),
        actions=house.actions,
        words=name_text,
        refused=refused,
        reason=(sent or {}).get("reason", ""),
    )
