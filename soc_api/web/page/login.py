"""Log in and out; the language and the theme of the account."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from situation.state.tables import Account
from soc_api import accounts
from soc_api.permission import Permission, home_of
from soc_api.web.guard import comes_from_here
from soc_api.web.link import local_path
from soc_api.web.measure import Measure
from soc_api.web.visit import (
    THEMES,
    ChangeDep,
    Console,
    ConsoleDep,
    allowed,
    cookie_name,
    language_of,
    lasting,
    render,
)
from soc_api.web.wording import Wording

router = APIRouter()

OK = 200
SEE_OTHER = 303
FORBIDDEN = 403
UNAUTHORIZED = 401
TOO_MANY = 429


class LoginForm(BaseModel):
    """What the form sends; `next` is where to go afterwards."""

    name: str = Field(default="", max_length=1024)
    password: str = Field(default="", max_length=1024)
    next: str = "/"
    lang: str = "zh"


@router.get("/login")
def ask(console: ConsoleDep, form: Annotated[LoginForm, Query()]) -> Response:
    """Show the form."""
    return _page(console, LoginForm(next=form.next, lang=form.lang), fault="", code=OK)


@router.post("/login")
def admit(request: Request, console: ConsoleDep, form: Annotated[LoginForm, Form()]) -> Response:
    """Check name and password; set the cookie or say why not."""
    now = console.clock.now()
    wording = Wording(language_of(form.lang), now)
    if not comes_from_here(request):
        return _page(console, form, fault=wording.word("login_foreign"), code=FORBIDDEN)
    answer = accounts.log_in(
        console.state,
        now,
        name=form.name,
        password=form.password,
        lasting=lasting(console),
        replaces=request.cookies.get(cookie_name(console), ""),
    )
    if isinstance(answer, accounts.Refused):
        return _refused(console, form, answer, wording)
    redirect = RedirectResponse(_landing(answer.account, form.next), SEE_OTHER)
    redirect.set_cookie(
        cookie_name(console),
        answer.token,
        max_age=int((answer.expires_at - now).total_seconds()),
        path="/",
        secure=console.settings.https,
        httponly=True,
        samesite="strict",
    )
    return redirect


@router.post("/logout", dependencies=[allowed(Permission.OWN_ACCOUNT)])
def leave(request: Request, visit: ChangeDep) -> Response:
    """End the login."""
    console = visit.console
    with console.state.transaction() as session:
        accounts.log_out(session, visit.now, visit.account, request.cookies[cookie_name(console)])
    redirect = RedirectResponse("/login", SEE_OTHER)
    redirect.delete_cookie(
        cookie_name(console),
        path="/",
        secure=console.settings.https,
        httponly=True,
        samesite="strict",
    )
    return redirect


@router.post("/account/language", dependencies=[allowed(Permission.OWN_ACCOUNT)])
def switch_language(visit: ChangeDep, next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002 - the form says next
    """Switch to the other language and come back."""
    with visit.console.state.transaction() as session:
        account = session.get_one(Account, visit.account.id)
        account.language = "en" if account.language == "zh" else "zh"
    return RedirectResponse(local_path(next), SEE_OTHER)


@router.post("/account/theme", dependencies=[allowed(Permission.OWN_ACCOUNT)])
def switch_theme(visit: ChangeDep, next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002 - the form says next
    """Switch to the next theme: the system's, light, dark."""
    with visit.console.state.transaction() as session:
        account = session.get_one(Account, visit.account.id)
        place = THEMES.index(account.theme) if account.theme in THEMES else 0
        account.theme = THEMES[(place + 1) % len(THEMES)]
    return RedirectResponse(local_path(next), SEE_OTHER)


def _landing(account: Account, asked: str) -> str:
    # A department that was sent a link of the desk finds its own pages instead of none.
    home, path = home_of(account), local_path(asked)
    return path if path.startswith(home) else home


def _refused(
    console: Console, form: LoginForm, answer: accounts.Refused, wording: Wording
) -> Response:
    if answer.wait is None:
        return _page(console, form, fault=wording.word("login_refused"), code=UNAUTHORIZED)
    wait = Measure(wording.language).duration(answer.wait.total_seconds())
    return _page(console, form, fault=wording.word("login_wait", wait=wait), code=TOO_MANY)


def _page(console: Console, form: LoginForm, *, fault: str, code: int) -> Response:
    return render(
        console,
        "login.html",
        now=console.clock.now(),
        language=language_of(form.lang),
        code=code,
        fault=fault,
        next_path=local_path(form.next),
        name=form.name[: accounts.NAME_LIMIT],
        hours=console.settings.session_hours,
    )
