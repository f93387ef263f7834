"""Whether the console can do its work, for scripts: no login, no content."""

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from playbooks.schedule.ledger import JobLine, listing
from situation.faults import Unavailable
from soc_api.scan.run.watch import ScanState, scan_states
from soc_api.web.visit import ConsoleDep

router = APIRouter()

UNAVAILABLE = 503


@router.get("/health")
def health(console: ConsoleDep) -> JSONResponse:
    """Tell whether the stores can be reached and the jobs keep going.

    The answer is one object: `state_store` and `event_store` are true where the store can be
    reached; `jobs` has, by the name of each job, `age_seconds` since its last success (null
    before the first), `stale` where that is too long ago, and `paused`; `scans` has, by the name
    of each target of the settings, `age_seconds` since its last whole scan and `fault`: empty,
    failed, away, lost or late. The status is 503 where the state store cannot be reached, and
    `jobs` and `scans` are empty then; else 200.
    """
    jobs: dict[str, dict[str, object]] = {}
    scans: dict[str, dict[str, object]] = {}
    now, targets = console.clock.now(), console.scanning.targets
    try:
        with console.state.reading() as session:
            lines = listing(session, console.jobs, console.plan, now)
            states = scan_states(session, targets, console.jobs, console.plan, now)
    except Unavailable:
        state_reachable = False
    else:
        state_reachable = True
        jobs = {line.job.name: _job(line) for line in lines}
        scans = {state.target: _scan(state) for state in states}
    answer = {
        "state_store": state_reachable,
        "event_store": console.events.health().reachable,
        "jobs": jobs,
        "scans": scans,
    }
    return JSONResponse(answer, 200 if state_reachable else UNAVAILABLE)


def _job(line: JobLine) -> dict[str, object]:
    return {
        "age_seconds": _seconds(line.age),
        "stale": line.is_stale,
        "paused": line.paused_at is not None,
    }


def _scan(state: ScanState) -> dict[str, object]:
    return {"age_seconds": _seconds(state.age), "fault": state.fault}


def _seconds(age: dt.timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
