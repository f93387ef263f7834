"""Fixtures that several folders share."""

import os
import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import settings

from situation.state.store import StateStore, open_state_store
from tests import postgresql
from tests.elasticsearch import guarded as guarding
from tests.elasticsearch import server
from tests.empty import open_empty

if os.environ.get("CI") != "true":
    # No test is timed; under CI Hypothesis' own profile holds, which has no deadline either.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A real server; mark its tests `elastic` and `xdist_group("elastic")`, so one runs only."""
    running = server.start()
    yield running.url
    running.stop()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[guarding.Guarded]:
    """A real server with TLS, users, keys and small limits; mark its tests as above."""
    running = guarding.start(tmp_path_factory.mktemp("guarded"))
    yield running
    running.server.stop()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL, one for each worker; mark its tests `postgres`."""
    with postgresql.serving() as url:
        yield url


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def either_state(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[StateStore]:
    """An empty state store, once on SQLite and once on a real PostgreSQL."""
    if request.param == "sqlite":
        opened = open_empty(tmp_path)
    else:
        opened = open_state_store(request.getfixturevalue("postgresql_url"))
    yield opened
    if request.param == "postgresql":
        postgresql.empty(opened.engine)
    opened.close()
