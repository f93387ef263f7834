"""The pace of a scan: octets and resources in a second, so that a share stays usable beside it."""

from collections.abc import Callable


class Pace:
    """Lets so much through in a second; 0 is no limit. A large file is paid for afterwards."""

    def __init__(
        self,
        octets_per_second: int,
        resources_per_second: int,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._octets, self._resources = octets_per_second, resources_per_second
        self._monotonic, self._sleep = monotonic, sleep
        self._free_at = monotonic()

    def take(self, octets: int) -> None:
        """Wait until one more resource may be opened, and book its octets."""
        now = self._monotonic()
        if self._free_at > now:
            self._sleep(self._free_at - now)
        cost = octets / self._octets if self._octets else 0.0
        cost = max(cost, 1 / self._resources if self._resources else 0.0)
        # What was not used while it stood still is not saved up for a burst.
        self._free_at = max(self._free_at, self._monotonic()) + cost
