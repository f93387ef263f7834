"""The page of one's own account: its logins, and another password."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from situation.faults import Malformed
from situation.state.tables import Account, Login
from soc_api import accounts
from soc_api.permission import Permission, home_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed, lasting, render
from soc_api.web.wording import Wording

router = APIRouter(prefix="/account", dependencies=[allowed(Permission.OWN_ACCOUNT)])

SEE_OTHER, UNPROCESSABLE = 303, 422

Secret = Annotated[str, Form(max_length=1024)]


@router.get("")
def own(visit: VisitDep, session: SessionDep, done: str = "") -> Response:
    """Show the account and where it is logged in."""
    return _page(visit, _logins(visit, session), done=done == "password")


@router.post("/password")
def change_password(
    visit: ChangeDep, old: Secret = "", new: Secret = "", again: Secret = ""
) -> Response:
    """Take another password, or say what is wrong; every other login ends."""
    fault = _change(visit, old, new, again)
    if not fault:
        return RedirectResponse("/account?done=password", SEE_OTHER)
    with visit.console.state.reading() as session:
        logins = _logins(visit, session)
    return _page(visit, logins, fault=Wording(visit.language, visit.now).word(fault))


@router.post("/logins/end")
def end_others(visit: ChangeDep) -> Response:
    """End every login but this one."""
    with visit.console.state.transaction() as session:
        accounts.end_others(session, visit.account, visit.login, now=visit.now)
    return RedirectResponse("/account", SEE_OTHER)


def _logins(visit: Visit, session: Session) -> list[Login]:
    return accounts.logins_of(session, visit.now, visit.account, lasting(visit.console).idle)


def _change(visit: Visit, old: str, new: str, again: str) -> str:
    """Change the password; return the key of the word that says why not."""
    if new != again:
        return "password_differs"
    state, name = visit.console.state, visit.account.name
    if not isinstance(accounts.authenticate(state, visit.now, name=name, password=old), Account):
        return "password_wrong"
    kept = visit.login.token_hash
    try:
        with state.transaction() as session:
            accounts.change_password(session, name, new, by=visit.person, now=visit.now, but=kept)
    except Malformed:
        return "password_weak"
    return ""


def _page(visit: Visit, logins: list[Login], *, fault: str = "", done: bool = False) -> Response:
    return render(
        visit.console,
        "account.html",
        now=visit.now,
        language=visit.language,
        theme=visit.account.theme,
        code=UNPROCESSABLE if fault else 200,
        account=visit.account,
        login=visit.login,
        home=home_of(visit.account),
        logins=logins,
        least=accounts.LEAST_LENGTH,
        fault=fault,
        done=done,
    )
