"""Stores and deliveries as the tests of delivery make them."""

import pathlib
from collections.abc import Iterator

from sensors.delivery.delivery import Delivery
from sensors.spool.spool import Spool
from situation.clock import SetClock
from situation.events.parquet.store import ParquetStore
from situation.events.store import EventStore
from situation.settings import SpoolSettings
from tests.sensors.spool.building import NOW, SETTINGS, Stopwatch, opened


class Site:
    """A spool and its delivery to a Parquet store, with a clock and a watch that are set."""

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        settings: SpoolSettings = SETTINGS,
        store: EventStore | None = None,
    ) -> None:
        self.folder = folder
        self.clock, self.watch = SetClock(NOW), Stopwatch()
        self.root = folder / "events"
        self.store = store or ParquetStore(self.root, self.clock)
        self.store.setup()
        self.settings = settings
        self.spool, self.delivery = self._opened()

    def reopen(self) -> None:
        self.delivery.close()
        self.spool.close()
        self.spool, self.delivery = self._opened()

    def close(self) -> None:
        self.delivery.close()
        self.spool.close()
        self.store.close()

    def drain(self, patience_seconds: float = 0.0) -> None:
        self.spool.sync()
        self.delivery.drain(patience_seconds, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.watch.seconds += seconds

    def stored(self, dataset: str = "log") -> list[int]:
        return sorted(stored(self.store, dataset))

    def take_away(self) -> None:
        """Put a file where the store's folder was: nobody can write there, not even root."""
        self.root.rename(self.folder / "away")
        self.root.touch()

    def bring_back(self) -> None:
        self.root.unlink()
        (self.folder / "away").rename(self.root)

    def _opened(self) -> tuple[Spool, Delivery]:
        spool = opened(
            self.folder / "spool", settings=self.settings, watch=self.watch, clock=self.clock
        )
        made = Delivery(spool, self.store, self.clock, self.settings, monotonic=self.watch)
        return spool, made


def stored(store: EventStore, dataset: str = "log") -> Iterator[int]:
    """Yield the numbers of the rows that a store holds, as often as it holds them."""
    for followed in store.follow(dataset, None):
        for text in followed.frame["event.id"]:
            yield int(text[3:])
