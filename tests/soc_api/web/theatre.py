"""A console with playbooks and the people who write, start and approve them."""

import contextlib
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from playbooks.action.catalogue import ACTIONS
from playbooks.execution.house import House
from situation.assets import Assets
from situation.settings import PointSettings
from situation.state.store import StateStore
from soc_api.accounts import add_account
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.playbook_world import AUTHOR, STARTER
from tests.soc_api.web.server import PASSWORD, Served, form_token, log_in

PEOPLE = ((AUTHOR, "duty_lead"), (STARTER, "duty_lead"), ("wang", "duty_lead"), ("ma", "analyst"))
"""Accounts beside the lead `zhou`, with their roles."""


@dataclass(frozen=True)
class Theatre:
    """A console with playbooks: ids of versions by key and number, of approvals by their state."""

    served: Served
    versions: dict[str, int]
    approvals: dict[str, str]

    @contextlib.contextmanager
    def visit(self, name: str) -> Iterator[httpx.Client]:
        """Yield a client with the login of somebody."""
        with self.served.browser() as client:
            assert log_in(client, name=name).status_code == 303
            yield client


def house(folder: pathlib.Path) -> House:
    """Return a house with one point, a list of networks in `folder`."""
    point = PointSettings(type="file", path=folder / "border.txt")
    return House(plan=plan(), assets=Assets(()), points={"border": point}, actions=ACTIONS)


def send(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    """Send a form of this login."""
    token = form_token(client.get("/").text)
    return client.post(path, data={"form_token": token, **fields})


def add_people(state: StateStore) -> None:
    """Add the accounts."""
    with state.transaction() as session:
        for name, role in PEOPLE:
            add_account(session, NOW, name=name, display_name=name, password=PASSWORD, role=role)
