"""Fixtures that several folders share."""

from collections.abc import Iterator

import pytest

from tests.elasticsearch import server


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A real server; mark its tests `elastic` and `xdist_group("elastic")`, so one runs only."""
    running = server.start()
    yield running.url
    running.stop()
