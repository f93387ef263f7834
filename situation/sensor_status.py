"""What a sensor says of itself: how far it is, what waits, what was lost and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

StoreState = Literal["up", "away", "stopped"]

SILENT_SECONDS = 30
"""Silence after which a sensor that reports every few seconds counts as silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputStatus:
    """One input. `received` = `events` + the sums of `skipped` and `shed` + what is at hand."""

    name: str
    type: str
    kind: str
    received: int = 0
    """Lines, flow records of an exporter, or packets of an interface; of the last `events` are
    their rows, and `skipped` are those that were no flow's."""
    octets: int = 0
    events: int = 0
    flows: int = 0
    """Flows that packets opened; of an input that captures an interface."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Events that could not be parsed whole, by reason; they are kept."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    shed: Mapping[str, int] = field(default_factory=dict)
    kernel_drops: int = 0
    """Datagrams or packets that the kernel dropped before they could be received."""
    framing: Mapping[str, int] = field(default_factory=dict)
    """Errors of the framing of messages, by reason."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Connections, requests or files that were refused, by reason."""
    last_event_at: dt.datetime | None = None
    """When something last came in."""
    silent_minutes: int | None = None
    """Silence after which it counts as silent; None: never."""
    trouble: str = ""
    """Why it does not run, empty if it does."""

    def is_silent(self, now: dt.datetime, since: dt.datetime) -> bool:
        """Tell whether nothing came for too long; `since` is when the sensor started."""
        if self.silent_minutes is None:
            return False
        return now - (self.last_event_at or since) > dt.timedelta(minutes=self.silent_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolStatus:
    """The spool and the way from it to the store.

    Rows: `accepted` = `stored` + `duplicates` + `dead_letters` + `damaged` + `waiting`, and what
    was shed is counted beside them.
    """

    octets: int = 0
    budget_octets: int = 0
    waiting: int = 0
    oldest_waiting_at: dt.datetime | None = None
    accepted: int = 0
    stored: int = 0
    duplicates: int = 0
    dead_letters: Mapping[str, int] = field(default_factory=dict)
    shed: Mapping[str, int] = field(default_factory=dict)
    damaged: int = 0
    store: StoreState = "up"
    """`away`: tried again by itself; `stopped`: somebody must mend it first."""
    store_reason: str = ""
    disk_trouble: str = ""

    @property
    def fill(self) -> float:
        """Share of the budget that is taken."""
        return self.octets / self.budget_octets if self.budget_octets else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorStatus:
    """One sensor at one moment."""

    name: str
    started_at: dt.datetime
    reported_at: dt.datetime
    spool: SpoolStatus
    inputs: tuple[InputStatus, ...] = ()

    def is_silent(self, now: dt.datetime) -> bool:
        """Tell whether it has not reported for too long."""
        return (now - self.reported_at).total_seconds() > SILENT_SECONDS

    def document(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return dict(_ADAPTER.dump_python(self, mode="json"))


def sensor_status(document: object) -> SensorStatus:
    """Read what `SensorStatus.document` wrote."""
    return _ADAPTER.validate_python(document)


def input_status(**values: object) -> InputStatus:
    """Make the status of an input of plain values."""
    return _INPUT.validate_python(values)


_ADAPTER = TypeAdapter(SensorStatus)
_INPUT = TypeAdapter(InputStatus)
