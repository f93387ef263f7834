"""A change of a notice from a form: one transaction, and what is told if it is refused."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypedDict
from urllib.parse import parse_qsl, urlencode

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import Person
from situation.faults import Conflict, Malformed
from situation.state.tables import Notice
from soc_api.web.page.notice.record import Trouble, notice_page
from soc_api.web.visit import Visit, path_of
from soc_api.web.wording import Wording

NOT_FOUND, CONFLICT, UNPROCESSABLE, SEE_OTHER = 404, 409, 422, 303
LONGEST_REASON = 2000
LEDGER = "/notices"
STALE = "stale"

_PLACES = {"incident_id": "incident", "until": "remark"}
"""Field of the page for a field of the domain."""
_NOT_KEPT = ("at", "of")
WRONG = {
    "opinion": "wrong_opinion",
    "feedback_due": "wrong_until",
    "until": "wrong_wish",
    "department": "wrong_department",
    "hazard_level": "wrong_hazard_level",
}
"""What is said at a field."""


class Known(TypedDict):
    """What every act is given beside its notice."""

    by: Person
    expected_version: int
    now: dt.datetime


def changed(
    visit: Visit,
    notice_id: str,
    change: Callable[[Session], object],
    *,
    act: str = "",
    typed: Mapping[str, str] | None = None,
    back: str,
) -> Response:
    """Carry out a change and lead back; else show the notice as it is now, and why not."""
    try:
        with visit.console.state.transaction() as session:
            if session.get(Notice, notice_id) is None:
                raise HTTPException(NOT_FOUND)
            change(session)
    except (Conflict, Malformed) as fault:
        trouble = trouble_of(fault, visit, act=act, typed=typed or {})
        code = UNPROCESSABLE if trouble.place else CONFLICT
        with visit.console.state.reading() as session:
            return notice_page(visit, session, notice_id, code=code, trouble=trouble)
    return RedirectResponse(back, SEE_OTHER)


def trouble_of(
    fault: Conflict | Malformed, visit: Visit, *, act: str, typed: Mapping[str, str]
) -> Trouble:
    """Return what is to be said of a fault, and at which field."""
    wording = Wording(visit.language, visit.now)
    if isinstance(fault, Malformed):
        place = _PLACES.get(fault.where, fault.where)
        said = wording.word(WRONG.get(fault.where, "wrong_value"))
        return Trouble(said=said, act=act, place=place, values=typed)
    code = fault.code if isinstance(fault, Refusal) else STALE
    if code == "reason_missing":
        place = "remark" if act == "extend" else "reason"
        return Trouble(said=wording.word("wrong_reason"), act=act, place=place, values=typed)
    return Trouble(said=wording.word(f"refused_{code}"), act=act, values=typed)


def back_of(request: Request, notice_id: str) -> str:
    """Return where the form was sent from: the ledger with its filter, else the notice itself.

    `of` names the notice, so that the ledger can say what was done with it.
    """
    path, _, query = path_of(request.headers.get("referer", "")).partition("?")
    if path != LEDGER:
        return f"{LEDGER}/{notice_id}"
    kept = [(name, value) for name, value in parse_qsl(query) if name not in _NOT_KEPT]
    return f"{LEDGER}?{urlencode([*kept, ('at', notice_id), ('of', notice_id)])}"
