"""The report: figures of a time as Word, PDF and Excel; of secrets a number alone."""

import io

import openpyxl

from playbooks.document.template import load_templates
from playbooks.finding.report.figures import RuleLine, figures
from playbooks.finding.report.file import docx, pdf, xlsx
from situation.state.store import StateStore
from tests.playbooks.document.reading import lines_of_word, pages_of_pdf
from tests.playbooks.finding.scene import (
    CLEAN,
    DAY,
    DEPARTMENT,
    EXPOSED,
    FOUND,
    MARKED,
    MILD,
    NOW,
    OTHER,
    PLAN,
    SECRET,
    begin,
    scan_all,
)

TEMPLATES = load_templates()


def furnished(state: StateStore) -> None:
    begin(state, "run-1", NOW)
    scan_all(state, [(f"pub/{n}.xlsx", FOUND, (EXPOSED, MILD)) for n in range(5)])
    scan_all(state, [("pub/0.xlsx", CLEAN, ())])
    scan_all(state, [("暗夜计划.docx", MARKED, (SECRET,))])
    scan_all(state, [("x.csv", FOUND, (EXPOSED,))], department=OTHER)


def test_figures_say_what_was_opened_and_closed_and_is_late(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        found = figures(session, since=NOW, until=NOW + DAY, now=NOW + 15 * DAY, most=3)
    assert found.runs == 1
    assert found.rules == (
        RuleLine(rule="V01", opened=1, closed=0, open=1, overdue=1),
        RuleLine(rule="V05", opened=6, closed=1, open=5, overdue=5),
        RuleLine(rule="V06", opened=5, closed=1, open=4, overdue=0),
    )
    assert (len(found.worst), found.more, found.marks) == (3, 6, 1)
    assert [row.severity for row in found.worst] == [2, 2, 2]


def test_a_department_s_report_is_about_itself(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        found = figures(session, department=OTHER, since=NOW, until=NOW + DAY, now=NOW)
    assert [row.department for row in found.departments] == [OTHER]
    assert [row.path for row in found.worst] == ["x.csv"]
    assert found.marks == 0


def test_word_and_pdf_name_places_and_no_secret(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        found = figures(session, since=NOW, until=NOW + DAY, now=NOW)
    written = "\n".join(lines_of_word(docx(found, PLAN, TEMPLATES)))
    printed = "".join(pages_of_pdf(pdf(found, PLAN, TEMPLATES)))
    for said in (written, printed):
        assert "pub/1.xlsx" in said
        assert DEPARTMENT in said
        assert not any(word in said for word in ("暗夜", "★", "10年"))
    assert "另有 1 处资源带有密级标志" in written


def test_excel_lists_the_findings_as_plain_cells(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        found = figures(session, since=NOW, until=NOW + DAY, now=NOW)
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(found, who="qian", now=NOW))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2][:5] == ["等级", "规则", "单位", "扫描目标", "位置"]
    assert len(rows) == 3 + 9
    assert {row[4] for row in rows[3:]} >= {"pub/1.xlsx", "x.csv"}
    assert not any("暗夜" in str(cell) for row in rows for cell in row)
