"""Fixtures of the tests of the engine."""

import pathlib
from collections.abc import Iterator

import pytest

from situation.state.store import StateStore
from tests.playbooks.execution.ground import Ground


@pytest.fixture
def ground(either_state: StateStore, tmp_path: pathlib.Path) -> Iterator[Ground]:
    """A house with its engine, once on SQLite and once on a real PostgreSQL."""
    made = Ground(either_state, tmp_path)
    yield made
    made.close()
