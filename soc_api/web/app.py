"""The console as an ASGI application: pages, static files, and what happens when one fails."""

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from playbooks.action.catalogue import ACTIONS
from playbooks.document.template import Templates, load_templates
from playbooks.execution.house import House
from playbooks.machine import Refusal
from playbooks.plan.document import Plan, load_plan
from situation.assets import Assets
from situation.clock import Clock
from situation.events.store import EventStore
from situation.faults import Conflict, Malformed, Unavailable
from situation.settings import ConsoleSettings
from situation.state.store import StateStore
from situation.state.tables import Account
from soc_api.accounts import find_login
from soc_api.jobs.catalogue import jobs_of
from soc_api.permission import home_of
from soc_api.web.guard import HeaderGuard, add_headers
from soc_api.web.link import Linker
from soc_api.web.page import (
    account,
    alert,
    audit,
    data,
    desk,
    document,
    export,
    health,
    incident,
    job,
    login,
    measure,
    notice,
    outbox,
    packet,
    plan,
    playbook,
    portal,
    sensor,
    warning,
)
from soc_api.web.query.data.scanning import Scanning
from soc_api.web.term import Names
from soc_api.web.text import Text
from soc_api.web.visit import (
    HERE,
    THEMES,
    Console,
    Elsewhere,
    Lacking,
    LoginNeeded,
    console_of,
    cookie_name,
    language_of,
    lasting,
    render,
    templates,
)
from soc_api.web.wording import Wording

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGES = (
    login,
    account,
    desk,
    alert,
    packet,
    *incident.PAGES,
    document,
    *notice.PAGES,
    sensor,
    health,
    warning,
    *playbook.PAGES,
    measure,
    job,
    *data.PAGES,
    export,
    portal,
    plan,
    outbox,
    audit,
)

_LOG = logging.getLogger(__name__)
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _BROKEN, _AWAY = 400, 403, 404, 409, 500, 503
_SEE_OTHER = 303


def build_app(
    *,
    state: StateStore,
    events: EventStore,
    plan: Plan | None = None,
    plan_name: str = "",
    papers: Templates | None = None,
    house: House | None = None,
    scanning: Scanning | None = None,
    clock: Clock,
    settings: ConsoleSettings,
) -> FastAPI:
    """Build the console over the two stores.

    `plan` gives the names of facts, clauses and fields, the one of the distribution if it is
    None; `plan_name` stands on incidents, the plan's own name if it is empty. `papers` are the
    templates of documents, those of the distribution if it is None. `house` is what playbooks act
    with, one without points and assets if it is None. `scanning` names what is scanned for
    classified data, nothing if it is None; the list of the schedule is that of its settings.
    """
    in_force, scanned = plan or load_plan(), scanning or Scanning()
    names = Names(in_force)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.console = Console(
        state=state,
        events=events,
        clock=clock,
        settings=settings,
        plan=in_force,
        names=names,
        plan_name=Text(plan_name, plan_name) if plan_name else names.plan,
        papers=papers or load_templates(),
        house=house or House(plan=in_force, assets=Assets(()), actions=ACTIONS),
        jobs=jobs_of(scanned.settings),
        scanning=scanned,
        templates=templates(),
    )
    for page in PAGES:
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *settings.host_names])
    app.add_middleware(HeaderGuard, https=settings.https)
    app.add_exception_handler(LoginNeeded, _ask_for_login)
    app.add_exception_handler(Elsewhere, _lead_on)
    app.add_exception_handler(Lacking, _name_right)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _name_parameter)
    app.add_exception_handler(Malformed, _say_unfit)
    app.add_exception_handler(Conflict, _say_overtaken)
    app.add_exception_handler(Unavailable, _say_away)
    app.add_exception_handler(Exception, _say_broken)
    return app


def _ask_for_login(request: Request, fault: Exception) -> Response:
    path = fault.path if isinstance(fault, LoginNeeded) and request.method == "GET" else ""
    return RedirectResponse(Linker().to("/login", {"next": path}), _SEE_OTHER)


def _lead_on(request: Request, fault: Exception) -> Response:
    _ = request
    return RedirectResponse(fault.path if isinstance(fault, Elsewhere) else "/", _SEE_OTHER)


def _name_right(request: Request, fault: Exception) -> Response:
    right = fault.permission if isinstance(fault, Lacking) else ""
    return _page(request, "lacking", status=_FORBIDDEN, word=f"permission_{right}")


def _refuse(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else _NOT_FOUND
    key = "foreign" if status == _FORBIDDEN else "not_found"
    return _page(request, key, status=status)


def _name_parameter(request: Request, fault: Exception) -> Response:
    places = fault.errors() if isinstance(fault, RequestValidationError) else []
    name = str(places[0]["loc"][1]) if places and len(places[0]["loc"]) > 1 else ""
    return _page(request, "bad_address", status=_BAD_REQUEST, name=name)


def _say_unfit(request: Request, fault: Exception) -> Response:
    name = fault.where if isinstance(fault, Malformed) else ""
    return _page(request, "unfit", status=_BAD_REQUEST, name=name)


def _say_overtaken(request: Request, fault: Exception) -> Response:
    code = fault.code if isinstance(fault, Refusal) else "stale"
    return _page(request, "overtaken", status=_CONFLICT, word=f"refused_{code}")


def _say_away(request: Request, fault: Exception) -> Response:
    number = _number()
    _LOG.error("%s %s %s: %s", number, request.method, request.url.path, fault)
    return _page(request, "away", status=_AWAY, number=number)


def _say_broken(request: Request, fault: Exception) -> Response:
    number = _number()
    _LOG.error("%s %s %s", number, request.method, request.url.path, exc_info=fault)
    response = _page(request, "broken", status=_BROKEN, number=number)
    # The outermost handler answers past the middleware, so the headers are put on here.
    console = console_of(request)
    add_headers(response.headers, request.url.path, https=console.settings.https)
    return response


def _number() -> str:
    return secrets.token_hex(4)


def _page(
    request: Request, key: str, *, status: int, name: str = "", number: str = "", word: str = ""
) -> Response:
    console = console_of(request)
    account = _account(request)
    language = language_of(account.language if account else "")
    if word:
        name = Wording(language, console.clock.now()).word(word)
    return render(
        console,
        "fault.html",
        now=console.clock.now(),
        language=language,
        theme=account.theme if account else THEMES[0],
        code=status,
        key=key,
        name=name,
        number=number,
        home=home_of(account) if account else "/",
    )


def _account(request: Request) -> Account | None:
    console = console_of(request)
    token = request.cookies.get(cookie_name(console), "")
    try:
        with console.state.reading() as session:
            found = find_login(session, console.clock.now(), token, lasting(console).idle)
    except Unavailable:
        return None
    return found[0] if found else None
