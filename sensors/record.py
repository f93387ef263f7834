"""What a sensor hands over: columns with the place that they were read from, and where to."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


class Priority(enum.IntEnum):
    """Which records are shed first when the spool fills; the lowest go first."""

    SAMPLE = 0
    """Flow records of a sampled source."""
    FLOW = 1
    METADATA = 2
    """DNS, TLS and other messages that the packet sensor read."""
    LOG = 3
    """Never shed: its input waits, or answers that it is full."""
    ALERT = 4
    """Never shed and never refused, whatever the budget says."""


@dataclass(frozen=True, slots=True)
class Record:
    """A batch on its way to the store.

    `frame` holds declared columns and perhaps `REST`, among them `@timestamp` and `event.id`.
    `name` identifies the batch; empty lets the spool name it by its own sequence. `places` says
    how far each source has been read once this record is kept: source to an opaque text; an empty
    text forgets the source. A frame without rows carries places alone.
    """

    dataset: str
    frame: pl.DataFrame
    priority: Priority
    name: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


class Outlet(Protocol):
    """Where inputs hand over their records: the spool."""

    def put(self, record: Record) -> None:
        """Take a record; it is durable after the next `sync`.

        Raises `Unavailable` while a record that is never shed finds no room or the disk fails:
        the input keeps it, slows its source down and tries again. A record that may be shed is
        counted by its priority and dropped then; that is no error.
        """
        ...

    def sync(self) -> None:
        """Return when all that was put before is durable; raise `Unavailable` if it cannot be."""
        ...

    def place(self, source: str) -> str | None:
        """Return how far `source` has been read, durably; None for a source never seen."""
        ...
