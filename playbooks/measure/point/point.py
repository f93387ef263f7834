"""The port of a point: it holds exactly what it is told."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from playbooks.measure.entry import Entry

Reach = Callable[[], None]
"""Tells that we still reach what we must; raises `Unavailable` where we do not."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a point is told. `is_new`: a measure waits for this point to hold it or let it go."""

    entries: Sequence[Entry]
    is_new: bool
    now: dt.datetime


class Point(Protocol):
    """One point of enforcement."""

    def hold(self, task: Task) -> bool:
        """Come into line; return whether anything was changed there.

        When it returns, the point holds exactly the entries. Raise `Unavailable` where it cannot
        be brought into line now, `Misconfigured` where its settings do not allow it.
        """
        ...
