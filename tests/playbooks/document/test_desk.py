"""Documents of what the desk itself writes: the rows are those of the real functions."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.document.data import course_data, notice_data, report_data
from playbooks.document.pdf import pdf_of
from playbooks.document.word import word_of
from playbooks.incident.reports import draft_report
from playbooks.notice.acts import issue, sign
from playbooks.person import Person
from playbooks.plan import load_plan
from playbooks.service import fold
from situation.clock import SetClock
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Incident, Notice
from tests.playbooks.document.golden import TEMPLATES
from tests.playbooks.document.reading import lines_of_word, pages_of_pdf
from tests.playbooks.intrusion import ASSETS, MINUTE, NOW, intrusion, put

PLAN = load_plan()
LEAD = Person("王签发", "duty_lead")


def issued_and_signed(state: StateStore) -> Notice:
    put(state, intrusion())
    fold(state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    with state.transaction() as session:
        notice = session.scalars(sa.select(Notice)).one()
        by = {"by": LEAD, "expected_version": notice.version, "now": NOW}
        issue(session, PLAN, notice.id, **by)  # type: ignore[arg-type]
        session.flush()
        contact = Person("李联络", "department", notice.department)
        at = {"expected_version": notice.version, "now": NOW + 5 * MINUTE}
        sign(session, PLAN, notice.id, assignee="张工", by=contact, **at)  # type: ignore[arg-type]
    return notice


def lines_about(session: Session, notice: Notice) -> list[AuditLine]:
    about = sa.select(AuditLine).where(AuditLine.object_id == notice.id)
    return list(session.scalars(about.order_by(AuditLine.number)))


def test_a_notice_of_the_desk_is_a_document_with_its_whole_form(either_state: StateStore) -> None:
    notice = issued_and_signed(either_state)
    document = TEMPLATES.fill("notice", notice_data(PLAN, notice))
    lines = lines_of_word(word_of(document))
    for line in (
        "示例市数据局：",
        "资产名称 | 数据交换前置机",
        "派发时间 | 2026-03-03 20:00:00",
        "级别 | " + document.grade,
    ):
        assert line in lines
    assert f"{document.number}" in pages_of_pdf(pdf_of(document))[0]


def test_its_course_shows_each_step_with_the_digest_of_the_chain(either_state: StateStore) -> None:
    notice = issued_and_signed(either_state)
    with either_state.reading() as session:
        course = lines_about(session, notice)
    data = course_data(
        PLAN, notice, feedbacks=[], extensions=[], items=[], attachments=[], course=course
    )
    lines = lines_of_word(word_of(TEMPLATES.fill("course", data)))
    for line, act in zip(course, ("起草", "签发", "签收"), strict=True):
        row = next(each for each in lines if each.endswith(f"{line.number} / {line.digest}"))
        assert f" | {act} | " in row


def test_a_first_report_is_a_document_that_says_what_is_still_to_come(
    either_state: StateStore,
) -> None:
    issued_and_signed(either_state)
    with either_state.transaction() as session:
        incident = session.scalars(sa.select(Incident)).one()
        wanted = {"kind": "first", "addressee": "省级网信部门"}
        report = draft_report(session, PLAN, incident.id, **wanted, by=LEAD, now=NOW)
    lines = lines_of_word(word_of(TEMPLATES.fill("report", report_data(PLAN, report, incident))))
    assert "省级网信部门：" in lines
    assert f"事发单位名称 | {incident.department}" in lines
    assert any(line.startswith("以下事项尚在核实，将及时补报：") for line in lines)
