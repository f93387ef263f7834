"""What each job does: a function of the city and the slot, harmless to repeat."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict

from playbooks.finding.tally import tally_day
from playbooks.schedule.claim import Slot
from playbooks.schedule.trimming import trim
from soc_api.drills.scenario import read_scenario
from soc_api.jobs import catalogue
from soc_api.jobs.catalogue import DRILL_PREFIX, SCAN_PREFIX, jobs_of
from soc_api.jobs.feeds import read_feeds
from soc_api.jobs.report import write_report
from soc_api.jobs.sweep import open_duties, sweep
from soc_api.jobs.upkeep import compact, prove, retain
from soc_api.scan.run.asking import ask_scan, running_scan
from soc_api.scan.target import target_of
from soc_api.wiring import City

Counts = Mapping[str, int]


def _tally(city: City) -> Counts:
    with city.state.transaction() as session:
        return {"rows": tally_day(session, city.clock.now())}


def _trim(city: City) -> Counts:
    with city.state.transaction() as session:
        return {"slots": trim(session, jobs_of(city.settings), city.clock.now())}


WORK: Mapping[str, Callable[[City, Slot], Counts]] = {
    catalogue.SWEEP.name: lambda city, _: asdict(sweep(city)),
    catalogue.DUTY.name: lambda city, _: {"tasks": open_duties(city)},
    catalogue.FEEDS.name: lambda city, _: read_feeds(city),
    catalogue.REPORT.name: write_report,
    catalogue.RETENTION.name: lambda city, _: retain(city),
    catalogue.COMPACTION.name: lambda city, _: compact(city),
    catalogue.PROOF.name: lambda city, _: prove(city),
    catalogue.TALLY.name: lambda city, _: _tally(city),
    catalogue.TRIMMING.name: lambda city, _: _trim(city),
}
"""By the name of the job; drills and scans of the settings are done by `do` alone."""


def do(city: City, slot: Slot) -> Counts:
    """Do a turn of a job and return the counts of what it did."""
    if slot.job.name.startswith(DRILL_PREFIX):
        return _drill(city, slot.job.name.removeprefix(DRILL_PREFIX))
    if slot.job.name.startswith(SCAN_PREFIX):
        return _scan(city, slot.job.name.removeprefix(SCAN_PREFIX))
    return WORK[slot.job.name](city, slot)


def _drill(city: City, name: str) -> Counts:
    from soc_api.drills.drill import run_drill  # noqa: PLC0415 - 200 MiB that most never need

    chosen = city.settings.drills[name].scenario
    scenario = read_scenario(city.settings.city.scenarios, chosen)
    findings = run_drill(city, scenario, lambda _stage, _done, _all: None)["findings"]
    rows = findings if isinstance(findings, list) else []
    return dict(Counter(str(row["verdict"]) for row in rows))


def _scan(city: City, name: str) -> Counts:
    """Ask for the scan of a target; the scanner does it. One that still runs goes on instead."""
    with city.state.transaction() as session:
        if running_scan(session, name) is not None:
            return {"under way": 1}
        ask_scan(session, target_of(city.settings, name), by=None, now=city.clock.now())
    return {"asked": 1}
