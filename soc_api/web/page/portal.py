"""The pages of a department: its notices, and what it does with them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, HTTPException, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.notice.acts import sign, start
from playbooks.notice.attachments import SIZE_LIMIT, attach, detach
from playbooks.notice.extensions import ask_extension
from playbooks.notice.feedback import Answer, answer
from playbooks.notice.items import set_item
from situation.clock import CITY_ZONE
from situation.faults import Conflict, Malformed
from situation.state.tables import Attachment, Feedback, RectificationItem
from soc_api.permission import Permission
from soc_api.web.measure import octets
from soc_api.web.page.document import course_pdf, handed_out
from soc_api.web.query.portal import View, lines_of, view_of
from soc_api.web.query.warning import told_warning, warnings_told
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed, render
from soc_api.web.wording import Wording

router = APIRouter(prefix="/portal", dependencies=[allowed(Permission.PORTAL)])

NOT_FOUND, CONFLICT, UNPROCESSABLE, SEE_OTHER = 404, 409, 422, 303
END_OF_DAY = "18:00"
_KEPT = ("truth", "measures", "cause", "result", "residual", "responsible", "phone")
"""What an answer that came back keeps for the next round."""

Version = Annotated[int, Form()]
Files = Annotated[list[UploadFile] | None, File()]


class AnswerForm(BaseModel):
    """What the feedback form sends; what is missing is said at its field."""

    truth: Literal["", "true", "false_alarm", "not_ours"] = ""
    measures: str = Field(default="", max_length=4000)
    cause: str = Field(default="", max_length=4000)
    result: str = Field(default="", max_length=4000)
    residual: str = Field(default="", max_length=2000)
    responsible: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=40)
    version: int = 0
    remove: str = ""

    def __getitem__(self, name: str) -> str:
        """Return a field by its name, for the template."""
        return str(getattr(self, name))


@router.get("")
def home(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show the one thing that is to be done first, and the other notices."""
    lines = lines_of(session, visit.scope)
    urgent = next((line for line in lines if line.due_at), None)
    first = view_of(session, visit.scope, urgent.row.id, visit.now) if urgent else None
    others = [line for line in lines if line is not urgent]
    told = warnings_told(session, visit.console.plan, visit.scope)
    return _page(visit, "home.html", first=first, lines=others, warnings=told)


@router.get("/warnings/{warning_id}")
def warning(visit: VisitDep, session: SessionDep, warning_id: str) -> HTMLResponse:
    """Show a warning that the department was told of."""
    told = told_warning(session, visit.console.plan, visit.scope, warning_id)
    if told is None:
        raise HTTPException(NOT_FOUND)
    return _page(visit, "warning.html", told=told)


@router.get("/notices/{notice_id}")
def notice(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show one notice whole."""
    return _page(visit, "notice.html", view=_view(visit, session, notice_id))


@router.get("/notices/{notice_id}/course.pdf")
def course(visit: VisitDep, session: SessionDep, notice_id: str) -> Response:
    """Return the whole course of a notice as one document."""
    return course_pdf(visit, session, _view(visit, session, notice_id).row)


@router.get("/notices/{notice_id}/files/{attachment_id}")
def file(visit: VisitDep, session: SessionDep, notice_id: str, attachment_id: str) -> Response:
    """Return a file that the department sent."""
    found = visit.scope.get(session, Attachment, attachment_id)
    if found is None or found.notice_id != notice_id:
        raise HTTPException(NOT_FOUND)
    return handed_out(found.content, "application/octet-stream", found.name)


@router.post("/notices/{notice_id}/sign")
def sign_for(visit: ChangeDep, notice_id: str, version: Version) -> Response:
    """Sign for a notice (签收)."""
    return _act(visit, notice_id, sign, version)


@router.post("/notices/{notice_id}/start")
def start_rectifying(visit: ChangeDep, notice_id: str, version: Version) -> Response:
    """Say that the department has begun to rectify."""
    return _act(visit, notice_id, start, version)


@router.post("/notices/{notice_id}/items/{item_id}")
def item_done(visit: ChangeDep, notice_id: str, item_id: int, version: Version) -> Response:
    """Say that one thing is rectified."""

    def change(session: Session) -> object:
        found = visit.scope.get(session, RectificationItem, item_id)
        if found is None or found.notice_id != notice_id:
            raise HTTPException(NOT_FOUND)
        return set_item(
            session,
            item_id,
            act="submit",
            remark="",
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _change(visit, notice_id, change)


@router.get("/notices/{notice_id}/feedback")
def ask_feedback(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show the form of the feedback."""
    return _feedback_page(visit, session, notice_id, None)


@router.post("/notices/{notice_id}/files")
def change_files(
    visit: ChangeDep, notice_id: str, form: Annotated[AnswerForm, Form()], files: Files = None
) -> Response:
    """Add files to the feedback that is being written, or take one away; what is typed stays."""
    with visit.console.state.reading() as session:
        _view(visit, session, notice_id)
    faults = {} if form.remove else _attach_all(visit, notice_id, files or [])
    if form.remove:
        _detach(visit, notice_id, form.remove)
    with visit.console.state.reading() as session:
        code = UNPROCESSABLE if faults else 200
        return _feedback_page(visit, session, notice_id, form, faults=faults, code=code)


@router.post("/notices/{notice_id}/feedback")
def give_feedback(
    visit: ChangeDep, notice_id: str, form: Annotated[AnswerForm, Form()], files: Files = None
) -> Response:
    """Take the feedback, or say at each field what is missing."""
    with visit.console.state.reading() as session:
        _view(visit, session, notice_id)
    faults = _missing(visit, form) | _attach_all(visit, notice_id, files or [])
    if faults:
        with visit.console.state.reading() as session:
            return _feedback_page(
                visit, session, notice_id, form, faults=faults, code=UNPROCESSABLE
            )
    given = Answer(
        truth=form.truth or "true",
        cause=form.cause.strip(),
        measures=form.measures.strip(),
        result=form.result.strip(),
        handled_at=visit.now,
        residual=form.residual.strip(),
        responsible=form.responsible.strip(),
        phone=form.phone.strip(),
    )
    return _change(
        visit,
        notice_id,
        lambda session: answer(
            session,
            visit.console.plan,
            notice_id,
            given,
            by=visit.person,
            expected_version=form.version,
            now=visit.now,
        ),
    )


@router.get("/notices/{notice_id}/extension")
def ask_more_time(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show the form that asks for more time."""
    return _extension_page(visit, session, notice_id)


@router.post("/notices/{notice_id}/extension")
def more_time(
    visit: ChangeDep,
    notice_id: str,
    day: Annotated[str, Form()] = "",
    hour: Annotated[str, Form()] = END_OF_DAY,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Ask for more time, or say at the field what is wrong."""
    with visit.console.state.reading() as session:
        row = _view(visit, session, notice_id).row
        until = _instant(day, hour)
        faults = {} if until and until > row.feedback_due else {"until": "portal_extension_bad"}
        faults |= {} if reason.strip() else {"reason": "portal_fill_in"}
        if faults or until is None:
            return _extension_page(
                visit, session, notice_id, day=day, hour=hour, reason=reason, faults=faults
            )
    return _change(
        visit,
        notice_id,
        lambda session: ask_extension(
            session, notice_id, until=until, reason=reason.strip(), by=visit.person, now=visit.now
        ),
    )


def _view(visit: Visit, session: Session, notice_id: str) -> View:
    view = view_of(session, visit.scope, notice_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return view


def _act(visit: Visit, notice_id: str, act: Callable[..., object], version: int) -> Response:
    who = {"by": visit.person, "expected_version": version, "now": visit.now}
    return _change(
        visit, notice_id, lambda session: act(session, visit.console.plan, notice_id, **who)
    )


def _change(visit: Visit, notice_id: str, change: Callable[[Session], object]) -> Response:
    """Do it and show the notice; a refusal is shown on the page of the notice as it is now."""
    try:
        with visit.console.state.transaction() as session:
            _view(visit, session, notice_id)
            change(session)
    except Conflict as fault:
        code = fault.code if isinstance(fault, Refusal) else "stale"
        with visit.console.state.reading() as session:
            view = _view(visit, session, notice_id)
            refused = _word(visit, f"refused_{code}")
            return _page(visit, "notice.html", code=CONFLICT, view=view, refused=refused)
    return RedirectResponse(f"/portal/notices/{notice_id}", SEE_OTHER)


def _attach_all(visit: Visit, notice_id: str, files: Sequence[UploadFile]) -> dict[str, str]:
    """Keep each file that may be kept; return what is to be said of the others."""
    refused = []
    for each in files:
        if not each.filename:
            continue
        content = each.file.read(SIZE_LIMIT + 1)
        try:
            with visit.console.state.transaction() as session:
                attach(
                    session,
                    notice_id,
                    name=each.filename,
                    media_type=each.content_type or "",
                    content=content,
                    by=visit.person,
                    now=visit.now,
                )
        except Malformed as fault:
            refused.append(_why(visit, each.filename, fault))
        except Refusal as fault:
            refused.append(_word(visit, f"refused_{fault.code}"))
    return {"files": " ".join(refused)} if refused else {}


def _detach(visit: Visit, notice_id: str, attachment_id: str) -> None:
    with visit.console.state.transaction() as session:
        found = visit.scope.get(session, Attachment, attachment_id)
        if found is None or found.notice_id != notice_id:
            raise HTTPException(NOT_FOUND)
        detach(session, attachment_id, by=visit.person, now=visit.now)


def _why(visit: Visit, name: str, fault: Malformed) -> str:
    key = f"portal_file_{fault.where}"
    why = Wording(visit.language, visit.now)
    return why.word("portal_bad_file", name=name, why=why.word(key, size=octets(SIZE_LIMIT)))


def _missing(visit: Visit, form: AnswerForm) -> dict[str, str]:
    needed = {
        "truth": "portal_choose_one",
        "measures": "portal_fill_in",
        "residual": "portal_fill_residual",
        "responsible": "portal_fill_in",
        "phone": "portal_fill_in",
    }
    return {name: _word(visit, key) for name, key in needed.items() if not form[name].strip()}


def _begun(returned: Feedback | None) -> AnswerForm:
    """Return how the form begins: what came back is completed, not asked for again."""
    if returned is None:
        return AnswerForm()
    return AnswerForm.model_validate({name: getattr(returned, name) for name in _KEPT})


def _feedback_page(
    visit: Visit,
    session: Session,
    notice_id: str,
    form: AnswerForm | None,
    *,
    faults: dict[str, str] | None = None,
    code: int = 200,
) -> HTMLResponse:
    view = _view(visit, session, notice_id)
    if "answer" not in view.acts:
        return _page(visit, "notice.html", view=view)
    return _page(
        visit,
        "feedback.html",
        code=code,
        view=view,
        answer=form or _begun(view.returned),
        waiting=view.waiting,
        faults=faults or {},
        size_limit=SIZE_LIMIT,
    )


def _extension_page(
    visit: Visit,
    session: Session,
    notice_id: str,
    *,
    day: str = "",
    hour: str = END_OF_DAY,
    reason: str = "",
    faults: dict[str, str] | None = None,
) -> HTMLResponse:
    view = _view(visit, session, notice_id)
    if "ask_extension" not in view.acts:
        return _page(visit, "notice.html", view=view)
    said = {name: _word(visit, key) for name, key in (faults or {}).items()}
    return _page(
        visit,
        "extension.html",
        code=UNPROCESSABLE if said else 200,
        view=view,
        day=day,
        hour=hour,
        earliest=f"{view.row.feedback_due.astimezone(CITY_ZONE):%Y-%m-%d}",
        reason=reason,
        faults=said,
    )


def _instant(day: str, hour: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=CITY_ZONE)
    except ValueError:
        return None


def _word(visit: Visit, key: str) -> str:
    return Wording(visit.language, visit.now).word(key)


def _page(
    visit: Visit, template: str, *, code: int = 200, refused: str = "", **context: object
) -> HTMLResponse:
    return render(
        visit.console,
        f"portal/{template}",
        now=visit.now,
        language=visit.language,
        theme=visit.account.theme,
        code=code,
        account=visit.account,
        login=visit.login,
        ends_at=visit.ends_at,
        path=visit.path,
        refused=refused,
        **context,
    )
