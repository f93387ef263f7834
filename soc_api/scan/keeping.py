"""A scan at the command line whose findings are kept, in the name of an account."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playbooks.person import Person
from playbooks.service import fold
from sensors.input.stopping import Stop
from situation.content.verdict import Verdict, Violation
from situation.faults import Conflict, Misconfigured
from situation.state.tables import ScanRun
from soc_api.scan.key import open_key
from soc_api.scan.run.asking import ask_scan, running_scan
from soc_api.scan.run.claiming import LEASE
from soc_api.scan.run.performing import Performance
from soc_api.scan.run.recording import Show
from soc_api.scan.target import Target
from soc_api.scan.telling.tally import Tally
from soc_api.scan.tools import open_tools
from soc_api.wiring import City

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class _Shown:
    show: Show
    progress: Progress
    tally: Tally = field(default_factory=Tally)

    def __call__(self, path: str, verdict: Verdict, broken: Sequence[Violation]) -> None:
        self.tally.add(verdict, broken)
        self.show(path, verdict, broken)


def scan_and_keep(
    city: City, target: Target, by: Person, *, stop: Stop, show: Show, progress: Progress
) -> Tally:
    """Scan a target here and now, keep what was found, and return what it came to.

    A run of the target that rests or was left by a scanner that died goes on. Raises `Conflict`
    while another process is at it, `Misconfigured` where it ended with a fault.
    """
    began = time.monotonic()
    tools = open_tools(city.settings.scan, open_key(city.settings), city.clock)
    owner = f"command:{os.getpid()}"
    run_id = _take(city, target, by, owner)
    shown = _Shown(show, progress)
    performance = Performance(
        city, tools, run_id, owner, stop, shown, told=lambda run: _tell(progress, run)
    )
    state = performance.perform()
    fold(city.state, city.plan, city.assets, city.clock, drill_id=None)
    with city.state.reading() as session:
        run = session.get_one(ScanRun, run_id)
    shown.tally.resources, shown.tally.untouched = run.seen, run.untouched
    shown.tally.seconds = time.monotonic() - began
    shown.tally.state = state
    if state == "failed":
        raise Misconfigured(run.error, where=target.location)
    return shown.tally


def _take(city: City, target: Target, by: Person, owner: str) -> str:
    now = city.clock.now()
    with city.state.transaction() as session:
        run = running_scan(session, target.name) or ask_scan(session, target, by=by, now=now)
        if run.state == "running" and run.lease_until is not None and run.lease_until > now:
            raise Conflict("another process scans it now", where=target.name)
        run.state, run.owner, run.lease_until = "running", owner, now + LEASE
        run.started_at = run.started_at or now
        return run.id


def _tell(progress: Progress, run: ScanRun) -> None:
    progress("scan", run.seen, run.total or 0)
