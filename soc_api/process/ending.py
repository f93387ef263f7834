"""The end of a tree of processes: a pipe that closes, which no process that dies can hold up.

An event of `multiprocessing` counts who waits for it. One that was killed in its wait is counted
for ever, and whoever sets the event then waits for it.
"""

import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Ending:
    """A `Stop` that is set once the other end of its pipe is closed, by a call or by a death."""

    reader: Connection

    def wait(self, timeout: float | None = None) -> bool:
        """Return True as soon as the end is near, False after `timeout` seconds."""
        return self.reader.poll(timeout)

    def is_set(self) -> bool:
        """Return whether the end is near."""
        return self.reader.poll()


def new_ending() -> tuple[Ending, Connection]:
    """Return an end that processes can be given, and what sets it when it is closed."""
    reader, writer = multiprocessing.get_context("spawn").Pipe(duplex=False)
    return Ending(reader), writer
