"""Counting what a source holds, beside the walk, so that a scan can say how long it will take."""

import contextlib
import threading

from sensors.content.source.catalogue import open_source
from situation.faults import Fault
from soc_api.scan.target import Target


class Count:
    """Counts the resources of a target in a thread, by a connection of its own."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._result: tuple[int, int] | None = None
        threading.Thread(target=self._count, name="scan count", daemon=True).start()

    def counted(self) -> tuple[int | None, int | None]:
        """Return resources and octets once they are counted."""
        return self._result or (None, None)

    def _count(self) -> None:
        number = octets = 0
        # A source that is away tells so in the walk.
        with (
            contextlib.suppress(Fault),
            contextlib.closing(open_source(self._target.settings)) as source,
        ):
            for resource in source.walk():
                number += 1
                octets += resource.size
            self._result = (number, octets)
