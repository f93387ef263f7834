"""The editor of notices: a new one or a draft, with its form, its faults and its preview."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.notice.acts import submit
from playbooks.notice.drafting import draft_by_hand, edit_draft
from playbooks.notice.machine import DRAFTS, NOTICE
from playbooks.person import Person
from situation.faults import Conflict, Malformed
from situation.state.tables import Incident, Notice
from soc_api.permission import Permission
from soc_api.web.page.notice.change import STALE, WRONG, trouble_of
from soc_api.web.page.notice.record import Trouble, notice_page
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice.draft import (
    Draft,
    draft_for,
    draft_of,
    entry_rows,
    missing_of,
    preview_of,
    usual_of,
)
from soc_api.web.query.notice.record import departments, open_incidents
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter(dependencies=[allowed(Permission.DRAFT_NOTICE)])

NOT_FOUND, CONFLICT, UNPROCESSABLE, SEE_OTHER = 404, 409, 422, 303
PREFIX = "field."
"""What the names of the fields of the plan's form begin with."""
MOST_LEVELS = 4

Do = Literal["save", "submit", "show"]
Kind = Literal["hazard", "incident", "warning", "rectification", "supervision"]
KINDS: tuple[Kind, ...] = ("hazard", "rectification", "incident", "warning", "supervision")


async def draft_form(request: Request) -> Draft:
    """Read the form of the editor."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    kind, level, version = (typed.get(name, "") for name in ("kind", "level", "version"))
    return Draft(
        kind=kind if kind in KINDS else KINDS[0],
        level=int(level) if level in ("1", "2", "3", "4") else MOST_LEVELS,
        version=int(version) if version.isascii() and version.isdigit() else 0,
        fields={
            name.removeprefix(PREFIX): value
            for name, value in typed.items()
            if name.startswith(PREFIX)
        },
        department=typed.get("department", ""),
        incident_id=typed.get("incident_id", ""),
        title_zh=typed.get("title_zh", ""),
        title_en=typed.get("title_en", ""),
        hazard_level=typed.get("hazard_level", ""),
        items=typed.get("items", ""),
        drill_id=typed.get("drill") or None,
    )


DraftDep = Annotated[Draft, Depends(draft_form)]
DoForm = Annotated[Do, Form()]


class Content(TypedDict):
    """What a new draft and a changed one are both made of."""

    title_zh: str
    title_en: str
    fields: Mapping[str, str]
    level: int
    hazard_level: str | None
    items: Sequence[str]
    by: Person
    now: dt.datetime


@router.get("/notices/new")
def new(
    visit: VisitDep,
    session: SessionDep,
    kind: Annotated[Kind, Query()] = KINDS[0],
    incident: Annotated[str, Query(max_length=200)] = "",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the editor of a new notice, begun from an incident if one is named."""
    found = session.get(Incident, incident) if incident else None
    draft = draft_for(found, "incident" if found and kind == KINDS[0] else kind)
    return _editor(visit, session, replace(draft, drill_id=draft.drill_id or drill or None))


@router.post("/notices/new")
def create(visit: ChangeDep, draft: DraftDep, do: DoForm = "save") -> Response:
    """Keep a new draft, submit it if that is asked for, or show the form again with its faults."""
    return _save(visit, draft, do)


@router.post("/notices/preview")
def preview(visit: ChangeDep, draft: DraftDep) -> HTMLResponse:
    """Return the notice as it would go out, as a fragment beside the form."""
    with visit.console.state.reading() as session:
        return visit.render(
            "notice_preview.html",
            frame=frame_of(session, visit.now, place="notices", drill_id=draft.drill_id),
            preview=preview_of(visit.console.plan, draft, visit.now),
        )


@router.get("/notices/{notice_id}/edit")
def edit(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show the editor of a draft; a notice that was issued is shown as it is."""
    row = _row(session, notice_id)
    if row.status not in DRAFTS:
        said = Wording(visit.language, visit.now).word("refused_illegal")
        return notice_page(
            visit, session, notice_id, code=CONFLICT, trouble=Trouble(said=said, act="edit")
        )
    return _editor(visit, session, draft_of(session, visit.console.plan, row))


@router.post("/notices/{notice_id}/edit")
def change(visit: ChangeDep, notice_id: str, draft: DraftDep, do: DoForm = "save") -> Response:
    """Keep a changed draft, submit it if that is asked for, or show it again with its faults."""
    with visit.console.state.reading() as session:
        row = _row(session, notice_id)
    known = replace(
        draft,
        kind=row.kind,
        department=row.department,
        incident_id=row.incident_id or "",
        notice_id=row.id,
        number=row.number,
        drill_id=row.drill_id,
    )
    return _save(visit, known, do)


def _save(visit: Visit, draft: Draft, do: Do) -> Response:
    missing = [] if do == "show" else missing_of(visit.console.plan, draft)
    if do == "show" or missing:
        faults = dict.fromkeys(missing, "wrong_missing")
        with visit.console.state.reading() as session:
            return _editor(visit, session, draft, faults=faults)
    try:
        with visit.console.state.transaction() as session:
            row = _kept(visit, session, draft)
            if do == "submit" and row.status == NOTICE.initial:
                session.flush()
                submit(
                    session,
                    visit.console.plan,
                    row.id,
                    by=visit.person,
                    expected_version=row.version,
                    now=visit.now,
                )
    except Malformed as fault:
        with visit.console.state.reading() as session:
            faults = {fault.where: WRONG.get(fault.where, "wrong_value")}
            return _editor(visit, session, draft, faults=faults)
    except Conflict as fault:
        return _told(visit, draft, fault)
    return RedirectResponse(f"/notices/{row.id}", SEE_OTHER)


def _kept(visit: Visit, session: Session, draft: Draft) -> Notice:
    content = Content(
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        fields=draft.fields,
        level=draft.level,
        hazard_level=draft.hazard_level or None,
        items=draft.items.splitlines(),
        by=visit.person,
        now=visit.now,
    )
    if draft.notice_id is not None:
        return edit_draft(
            session,
            visit.console.plan,
            draft.notice_id,
            expected_version=draft.version,
            **content,
        )
    return draft_by_hand(
        session,
        visit.console.plan,
        kind=draft.kind,
        department=draft.department,
        incident_id=draft.incident_id or None,
        drill_id=draft.drill_id,
        **content,
    )


def _told(visit: Visit, draft: Draft, fault: Conflict) -> Response:
    """Tell what forbids the change; where somebody was quicker, with what was typed kept."""
    is_stale = not isinstance(fault, Refusal) or fault.code == STALE
    with visit.console.state.reading() as session:
        if draft.notice_id is None or is_stale:
            row = session.get(Notice, draft.notice_id) if draft.notice_id else None
            newest = replace(draft, version=row.version) if row else draft
            return _editor(visit, session, newest, code=CONFLICT, quicker=row)
        trouble = trouble_of(fault, visit, act="edit", typed={})
        return notice_page(visit, session, draft.notice_id, code=CONFLICT, trouble=trouble)


def _editor(
    visit: Visit,
    session: Session,
    draft: Draft,
    *,
    faults: Mapping[str, str] | None = None,
    code: int = 200,
    quicker: Notice | None = None,
) -> HTMLResponse:
    plan, wording = visit.console.plan, Wording(visit.language, visit.now)
    said = {name: wording.word(key) for name, key in (faults or {}).items()}
    return visit.render(
        "notice_editor.html",
        frame=frame_of(session, visit.now, place="notices", drill_id=draft.drill_id),
        code=UNPROCESSABLE if said else code,
        draft=draft,
        rows=entry_rows(plan, draft.kind),
        usual=usual_of(plan, draft),
        steps=plan.scale_values,
        kinds=KINDS,
        departments=departments(session),
        incidents=open_incidents(session, draft.drill_id),
        preview=preview_of(plan, draft, visit.now),
        prefix=PREFIX,
        faults=said,
        quicker=quicker,
    )


def _row(session: Session, notice_id: str) -> Notice:
    row = session.get(Notice, notice_id)
    if row is None:
        raise HTTPException(NOT_FOUND)
    return row
