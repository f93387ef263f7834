import pathlib
import shutil
from collections.abc import Iterator

import httpx
import pytest

from tests.soc_api.web.city import open_stores, settle
from tests.soc_api.web.docket import Stock, fill
from tests.soc_api.web.server import Served, serving


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A console over a settled city that tests only read."""
    state, events = open_stores(tmp_path_factory.mktemp("city"))
    settle(state, events, alerts=130)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


@pytest.fixture(scope="module")
def client(city: Served) -> Iterator[httpx.Client]:
    """Somebody who is logged in to the settled city."""
    with city.logged_in() as client:
        yield client


@pytest.fixture
def desk(tmp_path: pathlib.Path) -> Iterator[Served]:
    """A console over an empty city of its own."""
    state, events = open_stores(tmp_path)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The stores of such a city, made once; nobody opens them where they lie."""
    folder = tmp_path_factory.mktemp("stock")
    state, events = open_stores(folder)
    settle(state, events, alerts=8)
    ids = fill(state)
    events.close()
    state.close()
    return Stock(folder, ids)


@pytest.fixture
def ids(stock: Stock) -> dict[str, str]:
    """Ids of the notices in every state by a short name."""
    return stock.ids


@pytest.fixture
def docket(stock: Stock, tmp_path: pathlib.Path) -> Iterator[Served]:
    """A console over a copy of that city."""
    shutil.copytree(stock.folder, tmp_path / "docket")
    state, events = open_stores(tmp_path / "docket")
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()
