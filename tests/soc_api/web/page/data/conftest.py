import contextlib
import pathlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.soc_api.web.city import open_stores
from tests.soc_api.web.data_world import fill, scanning
from tests.soc_api.web.docket import Stock
from tests.soc_api.web.server import Served, form_token, logged_in_as, serving


@dataclass(frozen=True)
class Survey:
    """A console over a city that was scanned: ids of findings and runs by a short name."""

    served: Served
    ids: dict[str, str]

    @contextlib.contextmanager
    def visit(self, role: str, *, department: str | None = None) -> Iterator[httpx.Client]:
        """Yield a client with the login of somebody of this role."""
        with logged_in_as(self.served, role, department=department) as client:
            yield client


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The stores of a city that was scanned, made once; nobody opens them where they lie."""
    folder = tmp_path_factory.mktemp("scanned")
    state, events = open_stores(folder)
    with state.transaction() as session:
        ids = fill(session)
    events.close()
    state.close()
    return Stock(folder, ids)


@pytest.fixture
def survey(scanned: Stock, tmp_path: pathlib.Path) -> Iterator[Survey]:
    folder = tmp_path / "survey"
    shutil.copytree(scanned.folder, folder)
    state, events = open_stores(folder)
    with serving(state, events, scanning=scanning(folder)) as served:
        yield Survey(served, scanned.ids)
    events.close()
    state.close()


@pytest.fixture
def officer(survey: Survey) -> Iterator[httpx.Client]:
    """The data-security officer."""
    with survey.visit("data_officer") as client:
        yield client


def send(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    """Send a form of this login."""
    token = form_token(client.get("/data/scans").text)
    return client.post(path, data={"form_token": token, **fields})
