"""Block lists for firewalls to poll: `GET /export/NAME` with the key of the point.

No login: whoever has the key gets the list, nobody else learns that it is there. The key comes
in the header `Authorization: Bearer`, never in the address, which others would log.
"""

import email.utils
import hashlib
import hmac

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from playbooks.measure.entry import entries_at, last_change
from playbooks.measure.form.listing import FORMS
from situation.settings import PointSettings
from situation.state.tables import PointPoll
from soc_api.web.visit import Console, ConsoleDep

router = APIRouter()

NOT_FOUND, NOT_MODIFIED = 404, 304
_BEARER = "bearer "


@router.get("/export/{name}")
def export(request: Request, console: ConsoleDep, name: str) -> Response:
    """Return the list of a point, or 304 where the firewall has it already.

    404 for a wrong key, for a key in the address, and for a point that is not polled.
    """
    settings = console.house.points.get(name)
    if settings is None or settings.type != "http" or request.url.query:
        raise HTTPException(NOT_FOUND)
    if not _is_known(settings, request.headers.get("authorization", "")):
        raise HTTPException(NOT_FOUND)
    with console.state.transaction() as session:
        content = FORMS[settings.format].whole(entries_at(session, name))
        digest = hashlib.sha256(content).hexdigest()
        _remember(session, console, request, name=name, digest=digest)
        headers = _headers(session, name, digest)
    if _has(request, digest):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(content, media_type=FORMS[settings.format].media_type, headers=headers)


def _is_known(settings: PointSettings, said: str) -> bool:
    key = _key(settings)
    given = said[len(_BEARER) :].strip() if said.lower().startswith(_BEARER) else ""
    # Digests are of one length, so the time tells nothing of the key.
    return key != "" and hmac.compare_digest(_digest(given), _digest(key))


def _key(settings: PointSettings) -> str:
    if settings.key_file is None:
        return ""
    try:
        return settings.key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        # Without its key a list is there for nobody; `citywatch measure check` says so.
        return ""


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _headers(session: Session, name: str, digest: str) -> dict[str, str]:
    changed = last_change(session, name)
    dated = {"Last-Modified": email.utils.format_datetime(changed, usegmt=True)} if changed else {}
    return {"ETag": f'"{digest}"', **dated}


def _has(request: Request, digest: str) -> bool:
    # A tag goes before a date (RFC 9110, 13.1.3); a date alone is too coarse to trust.
    said = request.headers.get("if-none-match", "")
    tags = [tag.strip().removeprefix("W/") for tag in said.split(",")]
    return f'"{digest}"' in tags or "*" in tags


def _remember(
    session: Session, console: Console, request: Request, *, name: str, digest: str
) -> None:
    address = request.client.host if request.client else ""
    poll = session.get(PointPoll, name)
    if poll is None:
        poll = PointPoll(point=name)
        session.add(poll)
    poll.polled_at, poll.address, poll.sha256 = console.clock.now(), address, digest
