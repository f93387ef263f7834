"""A cable for each test that asks for it."""

from collections.abc import Iterator

import pytest

from tests.sensors.wire.cables import cable


@pytest.fixture
def wired() -> Iterator[None]:
    """A namespace of the network with a pair of interfaces, for the thread of the test."""
    with cable():
        yield
