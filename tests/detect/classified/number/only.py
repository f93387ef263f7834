"""What a test expects to be the only one."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def one(each: Sequence[T]) -> T:
    """Return the only one there is."""
    assert len(each) == 1, each
    return each[0]
