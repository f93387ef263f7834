import datetime as dt

import pytest

from situation.state.tables import AuditLine, RunningClock
from soc_api.web.query.incident.clock import ClockCard
from soc_api.web.query.incident.course import course_of
from soc_api.web.text import Text
from tests.soc_api.web.city import NOW


def _line(
    action: str, *, actor: str = "zhou", kind: str = "incident", **detail: object
) -> AuditLine:
    return AuditLine(
        number=1, at=NOW, actor=actor, action=action, object_kind=kind, object_id="x", detail=detail
    )


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        (_line("incident.regrade", before=3, after=2), "grade", "改级 Ⅲ → Ⅱ，周"),
        (_line("incident.grade", actor="system", level=4), "grade", "定级 Ⅳ，系统"),
        (_line("incident.facts", reason="电话"), "grade", "补充事实，周：电话"),
        (_line("incident.respond", before="graded", after="responding"), "change", "启动响应，周"),
        (_line("report.send", report="B1"), "report", "报送报告 第 1 次，周"),
        (_line("clock.pause", reason="court"), "clock", "暂停时钟，周：court"),
        (_line("notice.issue", kind="notice"), "notice", "签发通报，周"),
        (_line("strange.act"), "change", "strange.act，周"),
    ],
)
def test_an_audit_line_is_told_with_its_object_person_and_reason(
    line: AuditLine, kind: str, text: str
) -> None:
    about = {"B1": Text("第 1 次", "no. 1")}
    (entry,) = course_of([], [], [line], about=about, people={"zhou": "周"})
    assert entry.kind == kind
    assert entry.text.zh == text


def test_an_entry_leads_to_its_proof() -> None:
    lines = [_line("report.send", report="B1"), _line("notice.issue", kind="notice")]
    entries = course_of([], [], lines, about={}, people={})
    assert [entry.link for entry in entries] == ["/reports/B1", "/notices/x"]


def test_what_stands_elsewhere_is_not_told_twice() -> None:
    lines = [_line(action) for action in ("clock.start", "clock.meet", "task.open")]
    assert course_of([], [], lines, about={}, people={}) == []


def test_a_clock_tells_its_start_its_miss_and_how_late_it_was_met() -> None:
    hour = dt.timedelta(hours=1)
    row = RunningClock(
        clock="T-OTH-1",
        addressee="省级网信部门",
        addressee_en="province",
        state="met",
        started_at=NOW,
        missed_at=NOW + hour,
        met_at=NOW + 2 * hour,
    )
    entries = course_of([], [ClockCard(row=row, due=None)], [], about={}, people={})
    assert [(entry.glyph, entry.text.en) for entry in entries] == [
        ("done", "First report met: province"),
        ("late", "First report missed: province"),
        ("wait", "First report started: province"),
    ]
