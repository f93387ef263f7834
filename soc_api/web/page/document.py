"""Notices as documents: Word, PDF, and the whole course of one as a PDF."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from sqlalchemy.orm import Session

from playbooks.document.block import Document
from playbooks.document.data import course_data, notice_data
from playbooks.document.pdf import pdf_of
from playbooks.document.word import word_of
from situation.state.tables import Notice
from soc_api.permission import Permission
from soc_api.web.query.notice.record import parts_of, people_of
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter(dependencies=[allowed(Permission.VIEW_DESK)])

NOT_FOUND = 404
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_TEMPLATES = {
    "hazard": "hazard",
    "rectification": "rectification",
    "supervision": "supervision",
}
"""Template of a kind of notice; any other has that of an incident."""


@router.get("/notices/{notice_id}.docx")
def notice_word(visit: VisitDep, session: SessionDep, notice_id: str) -> Response:
    """Hand out a notice in Word."""
    row = _row(session, notice_id)
    return handed_out(word_of(_notice(visit, session, row)), WORD, f"{row.number}.docx")


@router.get("/notices/{notice_id}.pdf")
def notice_pdf(visit: VisitDep, session: SessionDep, notice_id: str) -> Response:
    """Hand out a notice as a PDF."""
    row = _row(session, notice_id)
    return handed_out(pdf_of(_notice(visit, session, row)), PDF, f"{row.number}.pdf")


@router.get("/notices/{notice_id}/course.pdf")
def notice_course(visit: VisitDep, session: SessionDep, notice_id: str) -> Response:
    """Hand out the whole course of a notice as one document."""
    return course_pdf(visit, session, _row(session, notice_id))


def course_pdf(visit: Visit, session: Session, row: Notice) -> Response:
    """Return the whole course of a notice as one PDF: receipt, answers, recheck, who and when."""
    parts = parts_of(session, row)
    data = course_data(
        visit.console.plan,
        row,
        feedbacks=parts.feedbacks,
        extensions=parts.extensions,
        items=parts.items,
        attachments=parts.attachments,
        course=parts.course,
        people=people_of(session),
        for_department=visit.person.department is not None,
    )
    document = visit.console.papers.fill("course", data, visit.language)
    name = {"zh": "全过程", "en": "course"}[visit.language]
    return handed_out(pdf_of(document), PDF, f"{row.number} {name}.pdf")


def handed_out(content: bytes, media_type: str, name: str) -> Response:
    """Return a file to be saved under `name`, never to be shown by the browser (RFC 6266)."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)


def _row(session: Session, notice_id: str) -> Notice:
    row = session.get(Notice, notice_id)
    if row is None:
        raise HTTPException(NOT_FOUND)
    return row


def _notice(visit: Visit, session: Session, row: Notice) -> Document:
    parts = parts_of(session, row)
    data = notice_data(
        visit.console.plan,
        row,
        items=parts.items,
        attachments=parts.attachments,
    )
    return visit.console.papers.fill(_TEMPLATES.get(row.kind, "notice"), data, visit.language)
