"""A visit: who asks, in which language and theme; and how a page is rendered for them."""

import contextlib
import datetime as dt
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import jinja2
from fastapi import Depends, Form, HTTPException, Request, params
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from playbooks.document.template import Templates
from playbooks.execution.house import House
from playbooks.person import Person
from playbooks.plan.document import Plan
from playbooks.schedule.job import JobRow
from situation.clock import CITY_ZONE, Clock
from situation.events.store import EventStore
from situation.faults import Unavailable
from situation.settings import ConsoleSettings
from situation.state.store import StateStore
from situation.state.tables import Account, Login
from soc_api import accounts
from soc_api.permission import ROLES, Permission, home_of, may
from soc_api.web import term
from soc_api.web.guard import comes_from_here
from soc_api.web.link import Linker
from soc_api.web.measure import Measure, left, number, octets, power
from soc_api.web.query.data import naming
from soc_api.web.query.data.scanning import Scanning
from soc_api.web.query.frame import Frame
from soc_api.web.query.scope import Scope
from soc_api.web.term import Names
from soc_api.web.text import LANGUAGES, TAGS, Language, Text
from soc_api.web.told import marked, told
from soc_api.web.wording import Wording

HERE = pathlib.Path(__file__).parent
THEMES = ("auto", "light", "dark")
FORBIDDEN = 403
NOT_FOUND = 404
TITLE = Text("城市态势", "Citywatch")
BACKGROUND = "x-background"
"""Header of what a page asks for by itself; it does not keep a login awake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What every page is given."""

    state: StateStore
    events: EventStore
    clock: Clock
    settings: ConsoleSettings
    plan: Plan
    names: Names
    plan_name: Text
    papers: Templates
    house: House
    """What playbooks act with, for what people start, stop and take back."""
    jobs: tuple[JobRow, ...]
    scanning: Scanning
    """What is scanned for classified data, and by which rules."""
    templates: jinja2.Environment


class LoginNeeded(Exception):  # noqa: N818 - nothing failed, a login is asked for
    """Nobody is logged in; the page asks for it and comes back to `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Elsewhere(Exception):  # noqa: N818 - nothing failed, the visitor belongs on another page
    """The front door was opened by somebody whose pages begin at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Lacking(Exception):  # noqa: N818 - nothing failed, a right is lacking
    """The account has no right to this; the page says which one it would need."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a person who is logged in, with the present of the whole answer."""

    console: Console
    account: Account
    login: Login
    now: dt.datetime
    path: str

    @property
    def language(self) -> Language:
        """Language of the person."""
        return language_of(self.account.language)

    @property
    def person(self) -> Person:
        """Who acts, as the guards of the state machines want to know it."""
        account = self.account
        return Person(account.name, account.role, account.department)

    @property
    def scope(self) -> Scope:
        """What the person may read."""
        return Scope(self.account)

    @property
    def ends_at(self) -> dt.datetime:
        """When the login ends if nothing is done with this page."""
        return min(self.login.expires_at, self.now + lasting(self.console).idle)

    def may(self, key: str) -> bool:
        """Tell whether the person has the right of this key of `Permission`."""
        return may(self.account, Permission(key))

    def render(
        self, template: str, *, frame: Frame, code: int = 200, **context: object
    ) -> HTMLResponse:
        """Render a page with its frame."""
        return render(
            self.console,
            template,
            now=self.now,
            language=self.language,
            theme=self.account.theme,
            code=code,
            account=self.account,
            login=self.login,
            ends_at=self.ends_at,
            may=self.may,
            frame=frame,
            linker=Linker(frame.drill_id),
            path=self.path,
            **context,
        )


def templates() -> jinja2.Environment:
    """Return the environment of the templates: escaped, and strict about what is not there."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        number=number,
        octets=octets,
        left=left,
        power=power,
        term=term,
        naming=naming,
        zone=CITY_ZONE,
        roles=ROLES,
    )
    return environment


def render(
    console: Console,
    template: str,
    *,
    now: dt.datetime,
    language: Language,
    theme: str = "auto",
    code: int = 200,
    **context: object,
) -> HTMLResponse:
    """Render a template in a language; `w` writes words and times in it, `m` measures."""
    wording = Wording(language, now)
    linker = context.pop("linker", None) or Linker()
    page = console.templates.get_template(template).render(
        w=wording,
        m=Measure(language),
        t=wording.word,
        say=wording.say,
        marked=lambda text: marked(text, language),
        as_told=lambda english: marked(wording.say(told(english)), language),
        link=linker.to if isinstance(linker, Linker) else Linker().to,
        names=console.names,
        plan_name=console.plan_name,
        title=wording.say(TITLE),
        now=now,
        language=language,
        tag=TAGS[language],
        theme=theme if theme in THEMES else "auto",
        **context,
    )
    return HTMLResponse(page, status_code=code)


def language_of(asked: str) -> Language:
    """Return the language that is asked for, Chinese where it is none of ours."""
    return "en" if asked == LANGUAGES[1] else "zh"


def cookie_name(console: Console) -> str:
    """Return the name of the session cookie; browsers hold a `__Host-` one to this very host."""
    return "__Host-citywatch" if console.settings.https else "citywatch"


def lasting(console: Console) -> accounts.Lasting:
    """Return how long a login lasts, as the settings say."""
    return accounts.Lasting(
        whole=dt.timedelta(hours=console.settings.session_hours),
        idle=dt.timedelta(minutes=console.settings.idle_minutes),
    )


def console_of(request: Request) -> Console:
    """Return what the application was built with."""
    console: Console = request.app.state.console
    return console


def visiting(request: Request, console: Annotated[Console, Depends(console_of)]) -> Iterator[Visit]:
    """Yield the visit of the person who is logged in; ask for a login otherwise."""
    now = console.clock.now()
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    token = request.cookies.get(cookie_name(console), "")
    with console.state.reading() as session:
        idle = lasting(console).idle
        found = accounts.find_login(session, now, token, idle) if token else None
    if found is None:
        raise LoginNeeded(path)
    account, login = found
    if BACKGROUND not in request.headers:
        # Who only reads shall not be stopped by a store that takes no writes.
        with contextlib.suppress(Unavailable):
            accounts.keep_awake(console.state, now, login)
    yield Visit(console=console, account=account, login=login, now=now, path=path)


@dataclass(frozen=True, slots=True)
class Gate:
    """A dependency of a route that lets in whoever has one right.

    A department is told that there is no such page, as of anything that is not its own; the
    city's people are told which right they lack.
    """

    permission: Permission

    def __call__(self, visit: Annotated[Visit, Depends(visiting)]) -> None:
        """Let the visit pass or refuse it."""
        if may(visit.account, self.permission):
            return
        home = home_of(visit.account)
        if visit.path == "/" != home:
            raise Elsewhere(home)
        if may(visit.account, Permission.PORTAL):
            raise HTTPException(NOT_FOUND)
        raise Lacking(self.permission)


def allowed(permission: Permission) -> params.Depends:
    """Return the dependency by which a route declares the right that it asks for."""
    return params.Depends(Gate(permission))


def reading(console: Annotated[Console, Depends(console_of)]) -> Iterator[Session]:
    """Yield a session that reads one state of the store for the whole page."""
    with console.state.reading() as session:
        yield session


def changing(
    request: Request,
    visit: Annotated[Visit, Depends(visiting)],
    form_token: Annotated[str, Form()] = "",
) -> Visit:
    """Return the visit of a form that was sent from a page of this login, else refuse it."""
    if not comes_from_here(request) or form_token != visit.login.form_token:
        raise HTTPException(FORBIDDEN)
    return visit


def path_of(address: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


VisitDep = Annotated[Visit, Depends(visiting)]
ChangeDep = Annotated[Visit, Depends(changing)]
SessionDep = Annotated[Session, Depends(reading)]
ConsoleDep = Annotated[Console, Depends(console_of)]
