"""The console served for real: uvicorn on a free port of the loopback address."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from playbooks.execution.house import House
from situation.clock import SetClock
from situation.events.store import EventStore
from situation.settings import ConsoleSettings
from situation.state.store import StateStore
from soc_api.accounts import add_account
from soc_api.web.app import build_app
from soc_api.web.query.data.scanning import Scanning
from tests.soc_api.web.city import NOW, plan

NAME = "zhou"
PASSWORD = "synthetic-pass-4711"


@dataclass(frozen=True)
class Served:
    """A console that runs: its address and what it was built of."""

    url: str
    state: StateStore
    events: EventStore
    clock: SetClock
    app: FastAPI

    def browser(self) -> httpx.Client:
        """Return a client that behaves as a browser's page of the console does."""
        return httpx.Client(base_url=self.url, headers={"origin": self.url}, timeout=30)

    @contextlib.contextmanager
    def logged_in(self) -> Iterator[httpx.Client]:
        """Yield a client with a login."""
        with self.browser() as client:
            answer = log_in(client)
            assert answer.status_code == 303, answer.text
            yield client


@contextlib.contextmanager
def logged_in_as(
    served: Served, role: str, *, department: str | None = None
) -> Iterator[httpx.Client]:
    """Yield a client with the login of somebody of this role."""
    with served.state.transaction() as session:
        add_account(
            session,
            NOW,
            name=f"{role}-1",
            display_name=role,
            password=PASSWORD,
            role=role,
            department=department,
        )
    with served.browser() as client:
        answer = log_in(client, name=f"{role}-1")
        assert answer.status_code == 303, answer.text
        yield client


def log_in(client: httpx.Client, *, name: str = NAME, password: str = PASSWORD) -> httpx.Response:
    """Send the form of the login page."""
    return client.post("/login", data={"name": name, "password": password})


def form_token(page: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@contextlib.contextmanager
def serving(
    state: StateStore,
    events: EventStore,
    *,
    settings: ConsoleSettings | None = None,
    house: House | None = None,
    scanning: Scanning | None = None,
) -> Iterator[Served]:
    """Serve the console over the stores, with one account, until the block ends.

    `house` is what playbooks act with, one without points if it is None; `scanning` names what is
    scanned.
    """
    clock = SetClock(NOW)
    with state.transaction() as session:
        add_account(
            session, NOW, name=NAME, display_name="值班长 周", password=PASSWORD, role="duty_lead"
        )
    app = build_app(
        state=state,
        events=events,
        plan=plan(),
        house=house,
        scanning=scanning,
        clock=clock,
        settings=settings or ConsoleSettings(),
    )
    with _running(app) as url:
        yield Served(url, state, events, clock, app)


@contextlib.contextmanager
def _running(app: FastAPI) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", access_log=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
