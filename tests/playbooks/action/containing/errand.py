"""What actions outside are given, for tests."""

import contextlib
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from playbooks.action.action import Errand
from playbooks.action.means import Means
from situation.events.opening import open_event_store
from situation.settings import ActuatorSettings
from tests.playbooks.measure.site import NOW


class NoSlices:
    """Keeps no packets: these actions ask for none."""

    def alerts_of(self, incident_id: str, drill_id: str | None) -> Sequence[str]:
        """Know of none."""
        _ = incident_id, drill_id
        return ()

    def keep(self, alert_ids: Sequence[str], drill_id: str | None) -> Mapping[str, str]:
        """Keep nothing."""
        _ = alert_ids, drill_id
        return {}


@contextlib.contextmanager
def means(folder: pathlib.Path, actuators: Mapping[str, ActuatorSettings]) -> Iterator[Means]:
    """Yield the ways out with these counterparts."""
    events = open_event_store(str(folder / "events"))
    yield Means(events=events, slices=NoSlices(), actuators=actuators)
    events.close()


def errand(given: Means, key: str = "step-1") -> Errand:
    """Return an errand of the step of this key."""
    return Errand(
        means=given, key=key, run_id="R-2026-0318-11", object_id="", drill_id=None, now=NOW
    )
