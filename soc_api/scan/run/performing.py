"""Performing a run: from the claim to its end, so that whoever dies in it loses nothing.

What was yielded is recorded every few seconds with the path that it reached. A run that is taken
up again goes on behind that path.
"""

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.finding.tally import tally_day
from sensors.content.source.catalogue import open_source
from sensors.content.source.source import FileSource, TableSource
from sensors.input.stopping import Stop
from situation.faults import Fault, Unavailable
from situation.state.tables import ScanRun
from soc_api.scan.run.claiming import hours_of, mine
from soc_api.scan.run.counting import Count
from soc_api.scan.run.ending import away, end, fail, rest
from soc_api.scan.run.ground import ground_of
from soc_api.scan.run.hours import may_read
from soc_api.scan.run.judging import judging
from soc_api.scan.run.memory import Memory, open_memory
from soc_api.scan.run.pace import Pace
from soc_api.scan.run.recording import Batch, Ledger, Show
from soc_api.scan.run.ruleset import fingerprint_of
from soc_api.scan.run.walking import Walk
from soc_api.scan.target import Target, target_of
from soc_api.scan.tools import Tools
from soc_api.wiring import City

BATCH = 200
BATCH_SECONDS = 2.0
"""A batch is recorded when it has so many resources, or after so long."""


def nobody(*_: object) -> None:
    """Nobody is told."""


@dataclass(slots=True)
class Performance:
    """One run that is performed by `owner` until it is over or `stop`."""

    city: City
    tools: Tools
    run_id: str
    owner: str
    stop: Stop
    show: Show
    told: Callable[[ScanRun], None] = nobody
    """Is told how the run stands, each time that it is recorded."""
    _stop_asked: bool = False
    _hours: str = ""

    def perform(self) -> str:
        """Perform the run and return the state that it is in then.

        Raises `Conflict` where another scanner has taken it over, `Unavailable` where the state
        store is away. A source that is away is tried again later; what only a person can mend
        ends the run.
        """
        try:
            return self._perform()
        except Unavailable as fault:
            return self._say(fault, away)
        except Fault as fault:
            return self._say(fault, fail)

    def _perform(self) -> str:
        city = self.city
        with city.state.reading() as session:
            run = session.get_one(ScanRun, self.run_id)
            target = target_of(city.settings, run.target, department=run.department, zone=run.zone)
            cursor, is_counted = run.cursor, run.total is not None
            self._hours = hours_of(city.settings, run)
        with contextlib.closing(open_source(target.settings)) as source:
            counting = None if is_counted else Count(target)
            ledger = self._walk(source, target, cursor, counting)
        with city.state.transaction() as session:
            run = mine(session, self.run_id, self.owner)
            if not self._goes_on():
                return rest(session, run, stopped=self._stop_asked, now=city.clock.now())
            ledger.conclude(session, run, city.clock.now())
            run.counts = {**run.counts, **_passed_over(source)}
            tally_day(session, city.clock.now())
            return end(session, run, city.clock.now())

    def _walk(
        self,
        source: FileSource | TableSource,
        target: Target,
        cursor: str,
        counting: Count | None,
    ) -> Ledger:
        memory = open_memory(self.city, self.tools, target, self.run_id)
        ledger = self._ledger(target, memory)
        settings = self.city.settings.scan
        with judging(source, settings, self.tools, known=memory.known) as judge:
            walk = Walk(
                judge=judge,
                declared=memory.declared,
                unchanged=memory.unchanged,
                pace=self._pace(target),
                goes_on=self._goes_on,
                workers=settings.workers,
            )
            batch, last = Batch(), time.monotonic()
            for step in walk.steps(source.walk(cursor)):
                batch.add(step)
                if batch.weight >= BATCH or time.monotonic() - last >= BATCH_SECONDS:
                    self._keep(ledger, batch, counting)
                    batch, last = Batch(), time.monotonic()
            self._keep(ledger, batch, counting)
        return ledger

    def _keep(self, ledger: Ledger, batch: Batch, counting: Count | None) -> None:
        with self.city.state.transaction() as session:
            run = ledger.keep(session, batch, self.city.clock.now())
            if counting is not None and run.total is None:
                run.total, run.total_octets = counting.counted()
            self._stop_asked = run.stop_asked
            self.told(run)

    def _ledger(self, target: Target, memory: Memory) -> Ledger:
        return Ledger(
            run_id=self.run_id,
            owner=self.owner,
            target=target.name,
            department=target.settings.department,
            ruleset=fingerprint_of(self.tools.ruleset),
            ground=ground_of(self.city),
            stamp=lambda one: memory.stamp(one.resource),
            show=self.show,
        )

    def _pace(self, target: Target) -> Pace:
        settings = target.settings
        return Pace(
            settings.octets_per_second,
            settings.resources_per_second,
            monotonic=time.monotonic,
            sleep=self.stop.wait,
        )

    def _goes_on(self) -> bool:
        is_open = may_read(self._hours, self.city.clock.now())
        return is_open and not self._stop_asked and not self.stop.is_set()

    def _say(self, fault: Fault, how: Callable[[Session, ScanRun, Fault, dt.datetime], str]) -> str:
        with self.city.state.transaction() as session:
            return how(
                session, mine(session, self.run_id, self.owner), fault, self.city.clock.now()
            )


def _passed_over(source: FileSource | TableSource) -> dict[str, int]:
    """Return what was no file, by kind: links are not followed, pipes and devices not opened."""
    counts = source.passed_over if isinstance(source, FileSource) else {}
    return {f"passed over: {kind}": number for kind, number in counts.items() if number}
