"""The page of the sensors, and their figures for a Prometheus."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from soc_api.permission import Permission
from soc_api.sensing.metrics import CONTENT_TYPE, metrics_text
from soc_api.sensing.reporting import sensor_statuses
from soc_api.web.query.frame import frame_of
from soc_api.web.query.sensor import sensors_view
from soc_api.web.visit import ConsoleDep, SessionDep, VisitDep, allowed

router = APIRouter()


@router.get("/sensors", dependencies=[allowed(Permission.VIEW_DESK)])
def sensors(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show what comes in, what waits and what was lost."""
    return visit.render(
        "sensors.html",
        frame=frame_of(session, visit.now, place="sensors", drill_id=None),
        view=sensors_view(session, visit.now),
        health=visit.console.events.health(),
    )


@router.get("/metrics")
def metrics(console: ConsoleDep) -> Response:
    """Return the figures of all sensors as OpenMetrics text: no login, no content."""
    now = console.clock.now()
    with console.state.reading() as session:
        statuses = sensor_statuses(session, now)
    return Response(metrics_text(statuses, now), media_type=CONTENT_TYPE)
