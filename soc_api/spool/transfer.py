"""Metered batches on their way into the store, through a spool of their own."""

import contextlib
import hashlib
import pathlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from sensors.delivery.dead import DEAD, SUFFIX
from sensors.delivery.opening import SPOOLS, Way, open_way
from sensors.enrichment import enrich, unknown_endpoints
from sensors.metering import Metered
from sensors.record import Priority, Record
from situation.events.dataset import DNS, FLOW, LOG, PROTOCOL, dataset_of
from situation.faults import Misconfigured, Unavailable
from soc_api.wiring import City

PATIENCE_SECONDS = 60.0
"""How long a replay waits for a store that is away."""
BATCHES = "batches"
"""Source whose place in the spool is the number of metered batches that it holds."""


@dataclass
class Written:
    """Outcome of all rows of one replay, over all its beginnings."""

    stored: int
    duplicates: int
    rejected: Mapping[str, int]


class Transfer:
    """Takes the batches of one replay; those that an earlier beginning put are passed over."""

    def __init__(self, city: City, way: Way, drill_id: str | None) -> None:
        self.unknown_endpoints = 0
        self.log_events = 0
        self._city = city
        self._way = way
        self._drill_id = drill_id
        self._before = int(way.spool.place(BATCHES) or 0)
        self._batches = 0

    def put(self, metered: Metered) -> None:
        """Enrich a batch, put it, and deliver as far as the store takes it."""
        flows = enrich(metered.flows, self._city.assets)
        self.unknown_endpoints += unknown_endpoints(flows)
        if self._is_new():
            dns = enrich(metered.dns, self._city.assets)
            events = enrich(metered.events, self._city.assets)
            self._put(FLOW, self._named(FLOW, flows), metered.name, {})
            self._put(PROTOCOL, events, metered.name, {})
            self._put(DNS, self._named(DNS, dns), metered.name, self._place())
            self._deliver()

    def put_log(self, name: str, events: pl.DataFrame) -> None:
        """Put a batch of log events, which say themselves what they are, and deliver."""
        self.log_events += events.height
        if self._is_new():
            self._put(LOG, events, name, self._place())
            self._deliver()

    def _is_new(self) -> bool:
        """Count a batch; tell whether no earlier beginning has put it."""
        self._batches += 1
        return self._batches > self._before

    def _place(self) -> Mapping[str, str]:
        return {BATCHES: str(self._batches)}

    def _named(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.lit(dataset_of(name, self._drill_id)).alias("event.dataset"))

    def _deliver(self) -> None:
        while self._way.delivery.step(linger=False):
            pass

    def finish(self) -> Written:
        """Deliver the rest; raise `Unavailable`, with how to go on, where the store stays away."""
        self._way.spool.sync()
        self._drain()
        health = self._way.delivery.health()
        return Written(health.stored, health.duplicates, health.rejected)

    def _put(self, name: str, frame: pl.DataFrame, batch: str, places: Mapping[str, str]) -> None:
        # A capture can wait, so nothing of it is shed.
        record = Record(dataset_of(name, self._drill_id), frame, Priority.LOG, batch, places)
        try:
            self._way.spool.put(record)
        except Unavailable:
            self._drain()
            self._way.spool.put(record)

    def _drain(self) -> None:
        try:
            self._way.delivery.drain(PATIENCE_SECONDS)
        except (Unavailable, Misconfigured) as fault:
            waiting = self._way.spool.state().waiting
            raise type(fault)(
                f"{fault.reason}; {waiting:,} rows wait in {self._way.spool.folder}, "
                "the same command goes on from there",
                where="event store",
            ) from fault


@contextlib.contextmanager
def open_transfer(city: City, capture_id: str, drill_id: str | None) -> Iterator[Transfer]:
    """Open the spool of one replay, new or as an earlier beginning left it."""
    with open_way(
        _folder(city, capture_id),
        sensor=city.settings.sensor.observer,
        store=city.events,
        clock=city.clock,
        settings=city.settings.spool,
    ) as way:
        yield Transfer(city, way, drill_id)


def clear_transfer(city: City, capture_id: str) -> None:
    """Remove the spool of a replay that came to its end; one with dead letters stays."""
    folder = _folder(city, capture_id)
    if not list((folder / DEAD).glob(f"*{SUFFIX}")):
        shutil.rmtree(folder, ignore_errors=True)


def _folder(city: City, capture_id: str) -> pathlib.Path:
    # What one store has taken is still to be given to another.
    key = hashlib.blake2b(f"{capture_id} {city.settings.events_url}".encode(), digest_size=8)
    return city.settings.store.folder / SPOOLS / f"replay-{key.hexdigest()}"
