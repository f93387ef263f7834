"""Fixtures that several folders share."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.elasticsearch import guarded as guarding
from tests.elasticsearch import server

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
