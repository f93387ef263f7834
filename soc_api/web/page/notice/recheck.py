"""The recheck of what a department answered, its wishes for more time, and the retests."""

import datetime as dt
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from playbooks.notice.acts import recheck
from playbooks.notice.extensions import decide_extension
from playbooks.notice.feedback import review
from playbooks.notice.items import set_item
from situation.clock import CITY_ZONE
from situation.state.tables import Extension, Notice, RectificationItem
from soc_api.permission import Permission
from soc_api.web.page.notice.change import LONGEST_REASON, Known, back_of, changed
from soc_api.web.visit import ChangeDep, Visit, allowed

router = APIRouter()

NOT_FOUND = 404
LONGEST_OPINION = 4000
"""Characters of an opinion, as of each text of an answer."""


@router.post("/notices/{notice_id}/review", dependencies=[allowed(Permission.REVIEW)])
def review_answer(
    *,
    request: Request,
    visit: ChangeDep,
    notice_id: str,
    version: Annotated[int, Form()],
    verdict: Annotated[Literal["passed", "returned"], Form()],
    method: Annotated[Literal["retest", "on_site", "papers"], Form()] = "retest",
    shortfall: Annotated[Literal["partly", "failed"], Form()] = "partly",
    opinion: Annotated[str, Form(max_length=LONGEST_OPINION)] = "",
    feedback_due: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Let the answer pass or return it; a recheck that was not begun begins with it."""

    def change(session: Session) -> object:
        return review(
            session,
            visit.console.plan,
            notice_id,
            verdict=shortfall if verdict == "returned" else verdict,
            method=method,
            opinion=opinion,
            feedback_due=_instant(feedback_due),
            by=visit.person,
            expected_version=_begun(visit, session, notice_id, version),
            now=visit.now,
        )

    typed = {"opinion": opinion, "method": method, "shortfall": shortfall}
    return changed(
        visit,
        notice_id,
        change,
        act="review",
        typed=typed | {"feedback_due": feedback_due},
        back=back_of(request, notice_id),
    )


@router.post(
    "/notices/{notice_id}/extensions/{extension_id}",
    dependencies=[allowed(Permission.DECIDE_EXTENSION)],
)
def decide(
    *,
    request: Request,
    visit: ChangeDep,
    notice_id: str,
    extension_id: int,
    decision: Annotated[Literal["grant", "refuse"], Form()],
    remark: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> Response:
    """Grant a wish for more time, or refuse it with the reason."""

    def change(session: Session) -> object:
        _part(session, Extension, extension_id, notice_id)
        return decide_extension(
            session,
            extension_id,
            grant=decision == "grant",
            remark=remark,
            by=visit.person,
            now=visit.now,
        )

    typed = {"remark": remark}
    return changed(
        visit, notice_id, change, act="extend", typed=typed, back=back_of(request, notice_id)
    )


@router.post("/notices/{notice_id}/items/{item_id}", dependencies=[allowed(Permission.REVIEW)])
def retest(
    *,
    request: Request,
    visit: ChangeDep,
    notice_id: str,
    item_id: int,
    version: Annotated[int, Form()],
    act: Annotated[Literal["retest", "fix", "fail"], Form()],
    remark: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> Response:
    """Retest one thing that was to be rectified, or say what the retest found."""

    def change(session: Session) -> object:
        _part(session, RectificationItem, item_id, notice_id)
        return set_item(
            session,
            item_id,
            act=act,
            remark=remark,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return changed(visit, notice_id, change, back=back_of(request, notice_id))


def _begun(visit: Visit, session: Session, notice_id: str, version: int) -> int:
    """Begin the recheck where it was not begun; return the version that the review expects."""
    row = session.get_one(Notice, notice_id)
    if row.status != "answered":
        return version
    known = Known(by=visit.person, expected_version=version, now=visit.now)
    recheck(session, visit.console.plan, notice_id, **known)
    session.flush()
    return row.version


def _part(
    session: Session, table: type[Extension] | type[RectificationItem], key: int, notice_id: str
) -> None:
    owner = session.scalar(sa.select(table.notice_id).where(table.id == key))
    if owner != notice_id:
        raise HTTPException(NOT_FOUND)


def _instant(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)
