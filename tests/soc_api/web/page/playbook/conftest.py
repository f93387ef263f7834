"""A console over playbooks in every state: one that tests only read, one of their own."""

import pathlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.soc_api import hashing
from tests.soc_api.web.city import add_incidents, open_stores, settle
from tests.soc_api.web.playbook_world import add_playbooks, add_runs
from tests.soc_api.web.server import serving
from tests.soc_api.web.theatre import Theatre, add_people, house


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Playbooks and runs that tests only look at."""
    folder = tmp_path_factory.mktemp("theatre")
    state, events = open_stores(folder)
    settle(state, events, alerts=6)
    with state.transaction() as session:
        versions = add_playbooks(session)
        approvals = add_runs(session, versions)
    add_people(state)
    with serving(state, events, house=house(folder)) as served:
        yield Theatre(served, versions, approvals)
    events.close()
    state.close()


@pytest.fixture(scope="module")
def viewer(shown: Theatre) -> Iterator[httpx.Client]:
    """The lead, who looks at them."""
    with shown.visit("zhou") as client:
        yield client


@dataclass(frozen=True)
class Stock:
    """Where the stores of a theatre lie, and the ids of what is in them."""

    folder: pathlib.Path
    versions: dict[str, int]
    approvals: dict[str, str]


@pytest.fixture(scope="session")
def theatre_stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The stores of a theatre, made once; nobody opens them where they lie."""
    folder = tmp_path_factory.mktemp("theatre-stock")
    state, events = open_stores(folder)
    with hashing.quick():
        add_people(state)
    with state.transaction() as session:
        add_incidents(session)
        session.flush()
        versions = add_playbooks(session)
        approvals = add_runs(session, versions, drill=False)
    events.close()
    state.close()
    return Stock(folder, versions, approvals)


@pytest.fixture
def theatre(theatre_stock: Stock, tmp_path: pathlib.Path) -> Iterator[Theatre]:
    """Playbooks and runs that a test may change."""
    shutil.copytree(theatre_stock.folder, tmp_path / "theatre")
    state, events = open_stores(tmp_path / "theatre")
    with serving(state, events, house=house(tmp_path)) as served:
        yield Theatre(served, theatre_stock.versions, theatre_stock.approvals)
    events.close()
    state.close()


@pytest.fixture
def lead(theatre: Theatre) -> Iterator[httpx.Client]:
    """The lead, who acts."""
    with theatre.visit("zhou") as client:
        yield client
