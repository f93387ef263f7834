"""A watched folder as an input: its captures are metered at their own time, each of them once.

The flows of a capture are named by its content, so that one that was cut off is read again from
its beginning, and the store knows the rows that it has.
"""

import logging
import pathlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.capture.reading import Reading
from sensors.decode.layout import Rows
from sensors.enrichment import enrich
from sensors.frame.identity import Identity, fingerprint
from sensors.input.capture.folder import Folders, Seen
from sensors.input.counters import Counters
from sensors.input.handover import Batch, Handover
from sensors.input.stopping import Stop
from sensors.meter.counters import Counters as MeterCounters
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.metering import BLOCK_PACKETS, Meter, Metered
from sensors.record import Outlet, Priority, Record
from sensors.wire.keeping import Keeping
from sensors.wire.tally import left_out
from situation.assets import Assets
from situation.events.dataset import DNS, FLOW, PROTOCOL
from situation.faults import Malformed

_LOG = logging.getLogger("citywatch")

NO_CAPTURE = "no_capture"
STOPPED = "stopped"
_NO_ROOM_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is watched, and how its packets are metered."""

    name: str
    """Name of the input."""
    paths: tuple[str, ...]
    """Folders, and patterns of files."""
    observer: str
    meter: MeterSettings = DEFAULT_SETTINGS
    segments: pathlib.Path | None = None
    """Folder for the first packets of flows; None keeps none."""
    segments_mib: int = 0
    poll_seconds: float = 1.0
    quiet_seconds: float = 5.0
    """Time without writing after which a file is complete."""


class LinkKeeping:
    """Keeps the first packets of flows, in segments of their own for each link type."""

    def __init__(self, watch: Watch, monotonic: Callable[[], float]) -> None:
        self._watch = watch
        self._monotonic = monotonic
        self._keepings: dict[int, Keeping] = {}

    def keep(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Write the packets of slices."""
        for link in map(int, np.unique(slices["link"])):
            if link not in self._keepings:
                self._keepings[link] = self._new(link)
            self._keepings[link].keep(slices[slices["link"] == link], ring)

    def complete(self) -> None:
        """Let what was written be seen."""
        for keeping in self._keepings.values():
            keeping.complete()

    def _new(self, link: int) -> Keeping:
        return Keeping(
            self._watch.segments or pathlib.Path(),
            budget_mib=self._watch.segments_mib,
            worker=link,
            link=link,
            monotonic=self._monotonic,
        )


class Watching:
    """Meters what is put into folders, until the end is asked for."""

    def __init__(
        self,
        watch: Watch,
        outlet: Outlet,
        assets: Assets,
        *,
        counters: Counters | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters = counters or Counters()
        self._watch = watch
        self._outlet = outlet
        self._assets = assets
        self._handover = Handover(outlet, self.counters)
        self._keeping = None if watch.segments is None else LinkKeeping(watch, monotonic)
        self._folders = Folders(watch.paths, quiet_seconds=watch.quiet_seconds, monotonic=monotonic)

    def run(self, stop: Stop) -> None:
        """Watch until `stop`; a capture that is then half read is read anew at the next start."""
        while not stop.is_set():
            self.look(stop)
            stop.wait(self._watch.poll_seconds)
        if self._keeping:
            self._keeping.complete()
        if not self._handover.settle():
            self._handover.give_up(STOPPED)

    def look(self, stop: Stop) -> None:
        """Meter what is complete by now, and forget what is gone."""
        complete = self._folders.complete()
        if gone := self._folders.gone():
            self._tell_places({self._source(path): "" for path in gone}, stop)
        for seen in complete:
            if stop.is_set():
                return
            try:
                is_done = self._take(seen, stop)
            except OSError as error:
                # It went meanwhile, or its disk fails: the next look tells.
                self.counters.trouble = f"{seen.path}: {error.strerror or error}"
                continue
            if is_done:
                self._folders.done(seen)

    def _take(self, seen: Seen, stop: Stop) -> bool:
        """Meter a file that has not been metered; return whether it is done."""
        source = self._source(seen.path)
        known = self._outlet.place(source) or ""
        stamp = f"{seen.stamp[0]} {seen.stamp[1]}"
        if known.startswith(f"{stamp} "):
            return True
        content = fingerprint([seen.path], self._watch.observer, None, self._watch.meter)
        if not known.endswith(f" {content}") and not self._meter(seen.path, content, stop):
            return False
        self._tell_places({source: f"{stamp} {content}"}, stop)
        return self._handover.settle()

    def _source(self, path: pathlib.Path) -> str:
        return f"{self._watch.name}\0{path}"

    def _tell_places(self, places: Mapping[str, str], stop: Stop) -> None:
        self._give(Record(FLOW, pl.DataFrame(), Priority.LOG, places=places), stop)

    def _meter(self, path: pathlib.Path, content: str, stop: Stop) -> bool:
        """Meter a file; return False if it was left because of `stop`."""
        reading = Reading([path], block_packets=BLOCK_PACKETS)
        try:
            reading.check()
        except Malformed as fault:
            _LOG.warning("inputs.%s: %s", self._watch.name, fault)
            self.counters.refused[NO_CAPTURE] += 1
            return True
        self.counters.accepted += 1
        identity = Identity(content, observer=self._watch.observer, drill_id=None)
        keep = self._keeping.keep if self._keeping else None
        meter, before = (
            Meter(reading, identity, self._watch.meter, keep=keep),
            replace(self.counters),
        )
        for block in reading.blocks():
            self._hand_over(meter.take(block), stop)
            _add(self.counters, before, meter.counters)
            if stop.is_set():
                return False
        self._hand_over(meter.finish(), stop)
        _add(self.counters, before, meter.counters)
        if self._keeping:
            self._keeping.complete()
        return not stop.is_set()

    def _hand_over(self, batches: Iterable[Metered], stop: Stop) -> None:
        for batch in batches:
            for dataset, frame in ((FLOW, batch.flows), (DNS, batch.dns)):
                named = frame.with_columns(pl.lit(dataset).alias("event.dataset"))
                self._give_rows(dataset, named, batch.name, stop)
            self._give_rows(PROTOCOL, batch.events, batch.name, stop)

    def _give_rows(self, dataset: str, frame: pl.DataFrame, name: str, stop: Stop) -> None:
        if frame.height:
            # A file can wait, so nothing that comes of it is shed.
            self._give(Record(dataset, enrich(frame, self._assets), Priority.LOG, name), stop)

    def _give(self, record: Record, stop: Stop) -> None:
        """Hand over a record; wait as long as there is no room for it."""
        self._handover.give(Batch(record))
        while self._handover.waits and not stop.wait(_NO_ROOM_SECONDS):
            self._handover.retry()


def _add(counters: Counters, before: Counters, totals: MeterCounters) -> None:
    """Count what came of a file on top of what was counted before it."""
    counters.lines = before.lines + totals.packets
    counters.handed_lines = before.handed_lines + totals.metered
    counters.octets = before.octets + totals.bytes
    counters.flows = before.flows + totals.flows
    counters.skipped = before.skipped + Counter(totals.refused)
    counters.faults = before.faults + Counter(left_out(totals))
