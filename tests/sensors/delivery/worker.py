"""A sensor of its own process, to be killed: `python -m tests.sensors.delivery.worker FOLDER`.

It puts numbered rows for ever, goes on where the spool says that it was, tells on standard output
up to which number all is durable, and delivers at the same time. With a number as second
argument it dies of the row with that number instead, as a bad document may kill a writer.
"""

import contextlib
import os
import pathlib
import signal
import sys
import threading

from sensors.delivery.opening import Way, open_way
from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, WriteResult
from situation.settings import SpoolSettings
from tests.sensors.spool.building import record

SOURCE = "numbers"
SETTINGS = SpoolSettings(sync_events=40, sync_milliseconds=20)


class Poisoned(ParquetStore):
    """The real store, in which one document kills the process."""

    def __init__(self, root: pathlib.Path, poison: str) -> None:
        super().__init__(root, SystemClock())
        self._poison = poison

    def write(self, batch: Batch) -> WriteResult:
        if (batch.frame["event.id"] == self._poison).any():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().write(batch)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    if len(sys.argv) > 2:
        _deliver_poison(folder, f"id-{sys.argv[2]}")
    else:
        _put_for_ever(folder)


def _deliver_poison(folder: pathlib.Path, poison: str) -> None:
    store = Poisoned(folder / "events", poison)
    with opened(folder, store) as way:
        way.delivery.drain(10.0)


def _put_for_ever(folder: pathlib.Path) -> None:
    store = ParquetStore(folder / "events", SystemClock())
    store.setup()
    with opened(folder, store) as way:
        threading.Thread(target=_deliver, args=(way,), daemon=True).start()
        number = int(way.spool.place(SOURCE) or 0)
        while True:
            count = 1 + number % 7
            way.spool.put(record(number, count, places={SOURCE: str(number + count)}))
            number += count
            if number % 5 == 0:
                way.spool.sync()
                os.write(1, b"%d\n" % number)


def _deliver(way: Way) -> None:
    while True:
        way.delivery.step(linger=False)


def opened(folder: pathlib.Path, store: ParquetStore) -> contextlib.AbstractContextManager[Way]:
    return open_way(
        folder / "spool", sensor="gate", store=store, clock=SystemClock(), settings=SETTINGS
    )


if __name__ == "__main__":
    main()
