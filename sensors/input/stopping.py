"""How an input is told to end."""

from typing import Protocol


class Stop(Protocol):
    """Something that can be waited on until the end is asked for; an event of threads."""

    def wait(self, timeout: float | None = None) -> bool:
        """Return True as soon as the end was asked for, False after `timeout` seconds."""
        ...

    def is_set(self) -> bool:
        """Return whether the end was asked for."""
        ...
