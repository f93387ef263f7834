"""The voice of a process: what ails it is said once, and once that it is over."""

import logging

from situation.faults import Fault

_LOG = logging.getLogger("citywatch")


class Voice:
    """Says a fault once while it lasts, and once that it is over."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._said = ""

    def ill(self, fault: Fault) -> None:
        """Say a fault unless it was the last thing said."""
        if str(fault) != self._said:
            _LOG.warning("%s waits: %s", self._name, fault)
        self._said = str(fault)

    def well(self) -> None:
        """Say that work goes on, if a fault was said before."""
        if self._said:
            _LOG.warning("%s goes on", self._name)
        self._said = ""
