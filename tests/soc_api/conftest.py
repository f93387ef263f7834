from collections.abc import Iterator

import pytest

from tests.soc_api import hashing


@pytest.fixture(scope="module", autouse=True)
def hashes() -> Iterator[None]:
    """Passwords are hashed quickly; the tests of the accounts put this back."""
    with hashing.quick():
        yield
