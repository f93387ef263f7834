"""What actions outside may use: the event store, packet slices, and named counterparts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from situation.events.store import EventStore
from situation.settings import ActuatorSettings


class SliceKeeper(Protocol):
    """Keeps the packets behind alerts; the composition root has it from the sensors."""

    def alerts_of(self, incident_id: str, drill_id: str | None) -> Sequence[str]:
        """Return the ids of an incident's alerts that tell of packets."""
        ...

    def keep(self, alert_ids: Sequence[str], drill_id: str | None) -> Mapping[str, str]:
        """Keep what is missing; return the SHA-256 of the slice by alert, of those that have one.

        Raise `Unavailable` where captures or the store cannot be read now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The ways out of the house, by name."""

    events: EventStore
    slices: SliceKeeper
    actuators: Mapping[str, ActuatorSettings] = field(default_factory=dict)
