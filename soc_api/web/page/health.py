"""Whether the console can do its work, for scripts: no login, no content."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text

from situation.faults import Unavailable
from soc_api.web.visit import ConsoleDep

router = APIRouter()

UNAVAILABLE = 503


@router.get("/health")
def health(console: ConsoleDep) -> JSONResponse:
    """Tell whether both stores can be reached; 503 where the state store cannot."""
    try:
        with console.state.reading() as session:
            session.execute(text("SELECT 1"))
    except Unavailable:
        state_reachable = False
    else:
        state_reachable = True
    answer = {
        "state_store": state_reachable,
        "event_store": console.events.health().reachable,
    }
    return JSONResponse(answer, 200 if state_reachable else UNAVAILABLE)
