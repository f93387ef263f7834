"""Argon2 with its least parameters, for tests in which nobody asks how long a password lasts."""

import contextlib
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from soc_api.accounts import password


@contextlib.contextmanager
def quick() -> Iterator[None]:
    """Hash quickly while the block lasts: a page test logs in several people."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(password, "_HASHER", hasher)
        yield
