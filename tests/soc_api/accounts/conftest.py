import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest

from situation.clock import SetClock
from situation.state.store import StateStore
from soc_api import accounts
from tests.empty import open_empty

NOW = dt.datetime(2026, 3, 17, 18, 17, tzinfo=dt.UTC)


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    store = open_empty(tmp_path)
    yield store
    store.close()


@pytest.fixture
def first(state: StateStore) -> tuple[str, str]:
    """Name and password of the first account."""
    made = accounts.ensure_first_account(state, SetClock(NOW))
    assert made is not None
    return made


@pytest.fixture(scope="module", autouse=True)
def hashes() -> None:
    """Passwords are hashed as for people."""
