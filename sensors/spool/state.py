"""What a spool says of itself: sums that reconcile, fill, age and the state of the disk."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sensors.spool.budget import ALARM_SHARE


@dataclass(frozen=True, slots=True)
class SpoolState:
    """Rows since the folder was new: put = shed + waiting + the sum of `settled`.

    `settled` counts by outcome: acknowledged (the store or the dead letters have them), damaged,
    gap (a segment is missing), aged. `shed` counts by priority. `tally` is what delivery made of
    the acknowledged ones. `octets` are those of what waits. `trouble` is why nothing can be
    written now, empty where it can.
    """

    put: int
    waiting: int
    settled: Mapping[str, int]
    shed: Mapping[str, int]
    tally: Mapping[str, int]
    octets: int
    budget_octets: int
    oldest: dt.datetime | None
    trouble: str

    @property
    def share(self) -> float:
        """Share of the budget that is used."""
        return self.octets / self.budget_octets

    @property
    def alarm(self) -> bool:
        """Whether the budget is nearly used up."""
        return self.share >= ALARM_SHARE
