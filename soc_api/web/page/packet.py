"""The packets that are kept of an alert: as a capture, and as tshark takes them apart."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sensors.microscope.tshark import FILTER_LIMIT
from situation.state.store import audit
from situation.state.tables import PacketSlice
from soc_api.evidence import kept_slice
from soc_api.permission import Permission
from soc_api.web.query import alert as query
from soc_api.web.query.frame import frame_of
from soc_api.web.query.packet import MOST_PAGES, look_at
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter()

NOT_FOUND, BAD_REQUEST = 404, 400


class PacketAddress(BaseModel):
    """The parameters of the address: a display filter of Wireshark, and which page."""

    model_config = ConfigDict(extra="ignore")

    filter: str = Field(default="", max_length=FILTER_LIMIT)
    page: int = Field(default=1, ge=1, le=MOST_PAGES)


@router.get("/alerts/{alert_id}/packets.pcap", dependencies=[allowed(Permission.VIEW_DESK)])
def packets(visit: VisitDep, session: SessionDep, alert_id: str) -> Response:
    """Hand out the packets that were kept of an alert's evidence, as a capture."""
    kept = _kept(session, alert_id)
    _write_down(visit, kept, "alert.packets")
    name = f"alert-{alert_id[:8]}.pcap"
    return Response(
        kept.content,
        media_type="application/vnd.tcpdump.pcap",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/alerts/{alert_id}/packets", dependencies=[allowed(Permission.VIEW_DESK)])
def dissected(
    visit: VisitDep,
    session: SessionDep,
    alert_id: str,
    address: Annotated[PacketAddress, Query()],
) -> HTMLResponse:
    """Show the packets that were kept, each as a tree; a part of them where tshark fails."""
    kept = _kept(session, alert_id)
    view = query.alert_view(session, alert_id)
    if view is None:
        raise HTTPException(NOT_FOUND)
    _write_down(visit, kept, "alert.dissect")
    look = look_at(kept.content, address.filter.strip(), address.page)
    return visit.render(
        "packets.html",
        frame=frame_of(session, visit.now, place="alerts", drill_id=view.row.drill_id),
        code=BAD_REQUEST if look.refused and address.filter else 200,
        view=view,
        kept=kept,
        address=address,
        look=look,
    )


def _kept(session: SessionDep, alert_id: str) -> PacketSlice:
    kept = kept_slice(session, alert_id)
    if kept is None:
        raise HTTPException(NOT_FOUND)
    return kept


def _write_down(visit: Visit, kept: PacketSlice, action: str) -> None:
    """Leave a line in the audit: what people wrote to one another may stand in packets."""
    with visit.console.state.transaction() as session:
        audit(
            session,
            visit.now,
            visit.account.name,
            action,
            kind="alert",
            object_id=kept.alert_id,
            sha256=kept.sha256,
        )
