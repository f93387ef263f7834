"""The page of the sensors, and the figures of all for a Prometheus."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from playbooks.schedule.ledger import listing
from soc_api.permission import Permission
from soc_api.scan.run.watch import scan_states
from soc_api.sensing.metrics import CONTENT_TYPE, metrics_text
from soc_api.sensing.reporting import sensor_statuses
from soc_api.web.metric import JobFigures, ScanFigures, TroubleFigures
from soc_api.web.query.desk.trouble import troubles
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
    """Return the figures of sensors, jobs, scans and playbooks as OpenMetrics text.

    No login, no content.
    """
    now, jobs, plan = console.clock.now(), console.jobs, console.plan
    scans = console.scanning.targets
    with console.state.reading() as session:
        statuses = sensor_statuses(session, now)
        more = (
            JobFigures(listing(session, jobs, plan, now)),
            ScanFigures(scan_states(session, scans, jobs, plan, now)),
            TroubleFigures(troubles(session, now, None, jobs=jobs, scans=scans, plan=plan)),
        )
    return Response(metrics_text(statuses, now, more), media_type=CONTENT_TYPE)
