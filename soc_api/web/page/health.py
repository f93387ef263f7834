"""Whether the console can do its work, for scripts: no login, no content."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from playbooks.schedule.ledger import JobLine, listing
from situation.faults import Unavailable
from soc_api.web.visit import ConsoleDep

router = APIRouter()

UNAVAILABLE = 503


@router.get("/health")
def health(console: ConsoleDep) -> JSONResponse:
    """Tell whether the stores can be reached and the jobs keep going.

    The answer is one object: `state_store` and `event_store` are true where the store can be
    reached; `jobs` has, by the name of each job, `age_seconds` since its last success (null
    before the first), `stale` where that is too long ago, and `paused`. The status is 503 where
    the state store cannot be reached, and `jobs` is empty then; else 200.
    """
    jobs: dict[str, dict[str, object]] = {}
    try:
        with console.state.reading() as session:
            lines = listing(session, console.jobs, console.plan, console.clock.now())
    except Unavailable:
        state_reachable = False
    else:
        state_reachable = True
        jobs = {line.job.name: _job(line) for line in lines}
    answer = {
        "state_store": state_reachable,
        "event_store": console.events.health().reachable,
        "jobs": jobs,
    }
    return JSONResponse(answer, 200 if state_reachable else UNAVAILABLE)


def _job(line: JobLine) -> dict[str, object]:
    return {
        "age_seconds": round(line.age.total_seconds(), 1) if line.age is not None else None,
        "stale": line.is_stale,
        "paused": line.paused_at is not None,
    }
