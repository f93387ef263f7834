"""Versions of playbooks: uploaded as drafts, submitted, reviewed by a second person, retired."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.cacao.form import compile_form
from playbooks.cacao.reading import parsed
from playbooks.execution.versions import retire, review, save_draft, submit
from situation.faults import Conflict, Malformed
from situation.state.columns import JsonObject
from situation.state.tables import PlaybookVersion
from soc_api.permission import Permission
from soc_api.web.page.playbook.change import code_of
from soc_api.web.page.playbook.record import shown_playbook
from soc_api.web.query.frame import frame_of
from soc_api.web.query.playbook.record import text_of_version
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed
from soc_api.web.wording import Wording

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNREADABLE = 200, 303, 404, 409, 422
TEXT_LIMIT = 500_000
REASON_LIMIT = 2000

Verdict = Literal["approve", "refuse"]
Version = Annotated[int, Form()]
Reason = Annotated[str, Form(max_length=REASON_LIMIT)]

_WRITE = [allowed(Permission.WRITE_PLAYBOOK)]
_PUBLISH = [allowed(Permission.PUBLISH_PLAYBOOK)]


@router.get("/playbooks/new", dependencies=_WRITE)
def new(
    visit: VisitDep,
    session: SessionDep,
    source: Annotated[int | None, Query(alias="from", ge=1, le=2**31)] = None,
) -> HTMLResponse:
    """Show the form of a new playbook, begun from a version if one is named."""
    row = session.get(PlaybookVersion, source) if source else None
    return _form(visit, session, text_of_version(row) if row else "")


@router.post("/playbooks", dependencies=_WRITE)
def create(
    visit: ChangeDep,
    text: Annotated[str, Form(max_length=TEXT_LIMIT)] = "",
    file: UploadFile | None = None,
) -> Response:
    """Keep a playbook as a draft, or say what is wrong with it, and where."""
    try:
        written = _sent(file) or text
        document, source = _read(written.replace("\r\n", "\n"))
        with visit.console.state.transaction() as session:
            row = save_draft(session, document, source=source, by=visit.person, now=visit.now)
            address = f"/playbooks/{row.key}?version={row.number}"
    except Malformed as fault:
        return _again(visit, text, str(fault).split("; "))
    except Conflict as fault:
        said = Wording(visit.language, visit.now).word(f"refused_{code_of(fault)}")
        return _again(visit, text, [said], code=CONFLICT)
    return RedirectResponse(address, SEE_OTHER)


@router.post("/playbooks/versions/{version_id}/submit", dependencies=_WRITE)
def lay_before(visit: ChangeDep, version_id: int, version: Version) -> Response:
    """Lay a draft before a second person."""

    def change(session: Session) -> None:
        submit(
            session,
            visit.console.house,
            version_id,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _changed(visit, version_id, change)


@router.post("/playbooks/versions/{version_id}/review", dependencies=_PUBLISH)
def decide(
    visit: ChangeDep,
    version_id: int,
    version: Version,
    verdict: Annotated[Verdict, Form()],
    remark: Reason = "",
) -> Response:
    """Publish what somebody else wrote, or refuse it with a reason."""

    def change(session: Session) -> None:
        review(
            session,
            visit.console.house,
            version_id,
            approve=verdict == "approve",
            remark=remark,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _changed(visit, version_id, change)


@router.post("/playbooks/versions/{version_id}/retire", dependencies=_PUBLISH)
def put_out_of_use(
    visit: ChangeDep, version_id: int, version: Version, reason: Reason = ""
) -> Response:
    """Put a version out of use."""
    return _retired(visit, version_id, version, reason)


@router.post("/playbooks/versions/{version_id}/drop", dependencies=_WRITE)
def drop(visit: ChangeDep, version_id: int, version: Version, reason: Reason = "") -> Response:
    """Throw away one's own draft."""
    return _retired(visit, version_id, version, reason)


def _retired(visit: Visit, version_id: int, version: int, reason: str) -> Response:
    def change(session: Session) -> None:
        retire(
            session,
            version_id,
            reason=reason,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _changed(visit, version_id, change)


def _changed(visit: Visit, version_id: int, change: Callable[[Session], None]) -> Response:
    state = visit.console.state
    with state.reading() as session:
        row = session.get(PlaybookVersion, version_id)
        if row is None:
            raise HTTPException(NOT_FOUND)
        key, number = row.key, row.number
    try:
        with state.transaction() as session:
            change(session)
    except (Conflict, Malformed) as fault:
        with state.reading() as session:
            return shown_playbook(
                visit, session, key, number=number, code=CONFLICT, refused=code_of(fault)
            )
    return RedirectResponse(f"/playbooks/{key}?version={number}", SEE_OTHER)


def _sent(file: UploadFile | None) -> str:
    """Return the text of a file that was sent, empty for none; raise `Malformed` for no text."""
    if file is None or not file.filename:
        return ""
    octets = file.file.read(TEXT_LIMIT * 4 + 1)
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("the file is no UTF-8 text", where=file.filename) from error
    if len(text) > TEXT_LIMIT:
        raise Malformed(f"the file has more than {TEXT_LIMIT} characters", where=file.filename)
    return text


def _read(text: str) -> tuple[JsonObject, str]:
    """Return the document of what was written, and the form it was compiled from if it is one."""
    if not text.strip():
        raise Malformed("nothing was written", where="form")
    if not text.lstrip().startswith("{"):
        return compile_form(text), text
    return parsed(text), ""


def _again(visit: Visit, text: str, faults: list[str], *, code: int = UNREADABLE) -> HTMLResponse:
    with visit.console.state.reading() as session:
        return _form(visit, session, text, faults=faults, code=code)


def _form(
    visit: Visit,
    session: Session,
    text: str,
    *,
    faults: list[str] | None = None,
    code: int = OK,
) -> HTMLResponse:
    return visit.render(
        "playbook/new.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=None),
        code=code,
        text=text,
        faults=faults or [],
    )
