"""The catalogue of declared data sets: shown, declared, withdrawn, imported from a CSV file."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Query, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from playbooks.finding.catalogue.importing import Imported, import_csv
from playbooks.finding.catalogue.keeping import Entry, declare, withdraw
from situation.faults import Conflict, Malformed, Misconfigured
from situation.state.tables import CatalogueEntry
from soc_api.permission import Permission
from soc_api.scan.key import FILE_NAME, open_key
from soc_api.web.entered import refusal_of
from soc_api.web.link import Linker
from soc_api.web.query.data.catalogue import catalogue_page
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice.record import departments
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 303, 404, 409, 422
NAME_LIMIT, PATTERN_LIMIT, REASON_LIMIT = 200, 1000, 2000
FILE_LIMIT = 4_000_000
"""Octets of a CSV file that is taken."""
MOST_PAGES = 1000
GRADES = range(1, 7)
OPENINGS = ("", "unconditional", "conditional", "none")
_VIEW = [allowed(Permission.VIEW_DATA)]
_MANAGE = [allowed(Permission.MANAGE_SCANS)]
_ENCODINGS = ("utf-8-sig", "gb18030")
"""How a file of a city's office may be written; what is no UTF-8 was saved by Excel."""


class EntryForm(BaseModel):
    """A declaration as it is typed; version 0 where it is a new one."""

    model_config = ConfigDict(extra="ignore")

    version: int = 0
    department: str = Field(default="", max_length=NAME_LIMIT)
    dataset: str = Field(default="", max_length=NAME_LIMIT)
    grade: int = Field(default=2, ge=1, le=6)
    target: str = Field(default="", max_length=NAME_LIMIT)
    pattern: str = Field(default="**", max_length=PATTERN_LIMIT)
    opening: str = Field(default="", max_length=NAME_LIMIT)
    system: str = Field(default="", max_length=NAME_LIMIT)
    approved: str = Field(default="", max_length=NAME_LIMIT)
    registered: bool = False
    open_export: bool = False

    def entry(self) -> Entry:
        """Return what is declared."""
        return Entry(**self.model_dump(exclude={"version"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows beside the catalogue: what was not done, what was typed, an import."""

    refused: str = ""
    place: str = ""
    typed: EntryForm | None = None
    imported: Imported | None = None


@router.get("/data/catalogue", dependencies=_VIEW)
def catalogue(
    visit: VisitDep,
    session: SessionDep,
    department: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> HTMLResponse:
    """Show what is declared against what was found."""
    return _page(visit, session, Shown(), department=department, page=page)


@router.post("/data/catalogue", dependencies=_MANAGE)
def enter(visit: ChangeDep, form: Annotated[EntryForm, Form()]) -> Response:
    """Declare a data set, or change what is declared of it."""
    try:
        key = open_key(visit.console.scanning.settings)
        with visit.console.state.transaction() as session:
            declare(
                session,
                form.entry(),
                key=key,
                by=visit.person,
                now=visit.now,
                expected_version=form.version or None,
            )
    except (Conflict, Malformed) as fault:
        is_unfit = isinstance(fault, Malformed)
        code = "catalogue_unfit" if is_unfit else refusal_of(fault, ".")
        shown = Shown(refused=code, place=fault.where if is_unfit else "", typed=form)
        return _again(visit, shown, UNPROCESSABLE if is_unfit else CONFLICT)
    return _back(form.department)


@router.post("/data/catalogue/import", dependencies=_MANAGE)
def take_file(visit: ChangeDep, file: Annotated[UploadFile, File()]) -> Response:
    """Declare what a CSV file lists; say which lines were not taken, and why."""
    text = _decoded(file.file.read(FILE_LIMIT + 1))
    if text is None:
        return _again(visit, Shown(refused="catalogue_file"), UNPROCESSABLE)
    try:
        key = open_key(visit.console.scanning.settings)
        with visit.console.state.transaction() as session:
            imported = import_csv(session, text, key=key, by=visit.person, now=visit.now)
    except Malformed:
        return _again(visit, Shown(refused="catalogue_file"), UNPROCESSABLE)
    return _again(visit, Shown(imported=imported), OK)


@router.post("/data/catalogue/{entry_id}/withdraw", dependencies=_MANAGE)
def take_out(
    visit: ChangeDep,
    entry_id: int,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Take an entry out of the catalogue, for a reason."""
    state = visit.console.state
    try:
        with state.transaction() as session:
            row = session.get(CatalogueEntry, entry_id)
            if row is None:
                raise HTTPException(NOT_FOUND)
            department = row.department
            withdraw(
                session,
                entry_id,
                reason=reason,
                by=visit.person,
                expected_version=version,
                now=visit.now,
            )
    except (Conflict, Malformed) as fault:
        return _again(visit, Shown(refused=refusal_of(fault, reason)), CONFLICT)
    return _back(department)


def _decoded(content: bytes) -> str | None:
    if len(content) > FILE_LIMIT:
        return None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _back(department: str) -> Response:
    return RedirectResponse(Linker().to("/data/catalogue", {"department": department}), SEE_OTHER)


def _again(visit: Visit, shown: Shown, code: int) -> HTMLResponse:
    with visit.console.state.reading() as session:
        return _page(visit, session, shown, code=code)


def _page(
    visit: Visit,
    session: Session,
    shown: Shown,
    *,
    department: str = "",
    page: int = 1,
    code: int = OK,
) -> HTMLResponse:
    settings = visit.console.scanning.settings
    return visit.render(
        "data/catalogue.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        code=code,
        page=catalogue_page(session, department=department, key=_key(visit), page=page),
        department=department,
        departments=departments(session),
        targets=sorted(settings.scans),
        grades=GRADES,
        openings=OPENINGS,
        shown=shown,
        typed=shown.typed or EntryForm(department=department),
    )


def _key(visit: Visit) -> bytes | None:
    """Return the tool's key where it is there; a page that only looks makes none."""
    settings = visit.console.scanning.settings
    file = settings.scan.key_file or settings.store.folder / FILE_NAME
    if not file.exists():
        return None
    try:
        return open_key(settings)
    except Misconfigured:
        return None
