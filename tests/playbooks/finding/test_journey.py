"""Steps 1 to 3 of journey 5: found, sent, signed for, answered, closed or given back."""

import pytest
import sqlalchemy as sa

from playbooks.finding.sending import MOST, send
from playbooks.machine import Refusal
from playbooks.notice import acts
from playbooks.notice.extensions import ask_extension, decide_extension
from playbooks.notice.feedback import answer, review
from playbooks.person import SYSTEM, Person
from situation.content.verdict import Violation
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import DataFinding, Delivery, Feedback, Notice, RectificationItem
from tests.playbooks.finding.scene import (
    ANALYST,
    CLEAN,
    CLERK,
    DAY,
    DEPARTMENT,
    EXPOSED,
    FOUND,
    HOUR,
    LEAD,
    MARKED,
    MILD,
    NOW,
    OFFICER,
    OTHER,
    PLAN,
    SECRET,
    actions,
    begin,
    end,
    finding,
    furnish,
    lines,
    scan,
    scan_all,
    the_notice,
)
from tests.playbooks.notice.desk import ANSWER

A, B = "pub/名单.xlsx", "pub/台账.csv"


def sent(state: StateStore, *findings: DataFinding, by: Person = OFFICER) -> Notice:
    with state.transaction() as session:
        return send(session, PLAN, [each.id for each in findings], by=by, now=NOW + HOUR)


def act(state: StateStore, name: str, by: Person, at: int = 2, **more: object) -> None:
    notice = the_notice(state)
    with state.transaction() as session:
        getattr(acts, name)(
            session,
            PLAN,
            notice.id,
            by=by,
            expected_version=notice.version,
            now=NOW + at * HOUR,
            **more,
        )


def answered(state: StateStore, at: int = 5) -> None:
    notice = the_notice(state)
    with state.transaction() as session:
        answer(
            session,
            PLAN,
            notice.id,
            ANSWER,
            by=CLERK,
            expected_version=notice.version,
            now=NOW + at * HOUR,
        )


def told(state: StateStore) -> None:
    """Let two findings go to the department, be signed for and answered."""
    furnish(state)
    scan_all(state, [(A, FOUND, (EXPOSED,)), (B, FOUND, (EXPOSED, MILD))])
    sent(state, finding(state, A), finding(state, B))
    act(state, "issue", LEAD)
    act(state, "sign", CLERK, 3)
    answered(state)


def items(state: StateStore) -> list[RectificationItem]:
    with state.reading() as session:
        return list(
            session.scalars(sa.select(RectificationItem).order_by(RectificationItem.position))
        )


def test_an_order_has_an_item_for_each_finding_and_waits_for_a_second_person(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    scan_all(either_state, [(A, FOUND, (EXPOSED,)), (B, FOUND, (EXPOSED, MILD))])
    order = sent(either_state, finding(either_state, A), finding(either_state, B, "V06"))
    assert (order.status, order.drafted_by, order.department) == ("sign_off", "qian", DEPARTMENT)
    assert order.level == 3
    first, second = items(either_state)
    assert first.title == (
        "pub/名单.xlsx：防护低于数据级别要求（居民身份证号、姓名，约 1180 人）；"
        "收紧访问权限，加密存储和传输，或移至相应级别的区域"
    )
    assert second.title.startswith("pub/台账.csv：级别标签缺失")
    assert finding(either_state, A).rectification_item_id == first.id
    with pytest.raises(Refusal) as refused:
        act(either_state, "issue", OFFICER)
    assert refused.value.code == "same_person"
    assert finding(either_state, A).state == "open"
    act(either_state, "issue", LEAD)
    assert finding(either_state, A).state == "notified"
    with either_state.reading() as session:
        assert {row.recipient for row in session.scalars(sa.select(Delivery))} == {
            DEPARTMENT,
            f"{DEPARTMENT}/王联络",
        }


def test_the_answer_of_the_department_answers_its_findings(either_state: StateStore) -> None:
    told(either_state)
    row = finding(either_state, A)
    assert (row.state, finding(either_state, B, "V06").state) == ("answered", "open")
    assert actions(either_state, row.id) == [
        "finding.open",
        "finding.send",
        "finding.notify",
        "finding.answer",
    ]
    assert lines(either_state, row.id)[-1].actor == "wang"


def test_the_next_scan_closes_what_is_put_right_and_its_item_is_fixed(
    either_state: StateStore,
) -> None:
    told(either_state)
    begin(either_state, "run-2", NOW + DAY)
    clean = [(A, CLEAN, ()), (B, CLEAN, ())]
    scan_all(either_state, clean, run_id="run-2", now=NOW + DAY)
    assert end(either_state, "run-2", NOW + DAY) == 0
    assert {finding(either_state, path).state for path in (A, B)} == {"closed"}
    assert {item.state for item in items(either_state)} == {"fixed"}
    act(either_state, "recheck", ANALYST, 30)
    assert the_notice(either_state).status == "rechecking"


def test_the_next_scan_gives_back_what_is_still_there_and_the_notice_with_it(
    either_state: StateStore,
) -> None:
    told(either_state)
    begin(either_state, "run-2", NOW + DAY)
    half = [(A, FOUND, (EXPOSED,)), (B, CLEAN, ())]
    settled = scan_all(either_state, half, run_id="run-2", now=NOW + DAY)
    still = finding(either_state, A)
    assert settled.returned == (still.id,)
    assert (still.state, still.times_returned) == ("returned", 1)
    assert end(either_state, "run-2", NOW + DAY) == 1
    notice = the_notice(either_state)
    assert (notice.status, notice.returns) == ("handling", 1)
    assert notice.feedback_due > NOW + DAY
    b, a = items(either_state)
    assert (a.state, a.remark) == ("not_fixed", "复扫仍然存在")
    assert (b.state, b.remark) == ("fixed", "复扫未再发现")
    with either_state.reading() as session:
        round_ = session.scalars(sa.select(Feedback)).one()
        occasions = {row.occasion for row in session.scalars(sa.select(Delivery))}
    assert (round_.verdict, round_.method, round_.reviewed_by) == ("failed", "retest", "system")
    assert "1 项" in round_.opinion
    assert "return_1" in occasions
    assert end(either_state, "run-2", NOW + DAY + HOUR) == 0


def test_a_second_answer_goes_the_same_way(either_state: StateStore) -> None:
    told(either_state)
    begin(either_state, "run-2", NOW + DAY)
    scan_all(either_state, [(A, FOUND, (EXPOSED,)), (B, CLEAN, ())], run_id="run-2", now=NOW + DAY)
    end(either_state, "run-2", NOW + DAY)
    answered(either_state, at=30)
    assert finding(either_state, A).state == "answered"
    begin(either_state, "run-3", NOW + 2 * DAY)
    scan(either_state, A, CLEAN, run_id="run-3", now=NOW + 2 * DAY)
    end(either_state, "run-3", NOW + 2 * DAY)
    assert finding(either_state, A).state == "closed"
    assert {item.state for item in items(either_state)} == {"fixed"}


def test_an_answer_about_a_file_that_nobody_touched_is_disproved_at_the_end_of_the_walk(
    either_state: StateStore,
) -> None:
    told(either_state)
    begin(either_state, "run-2", NOW + DAY)
    assert end(either_state, "run-2", NOW + DAY) == 1
    assert {finding(either_state, path).state for path in (A, B)} == {"returned"}
    assert finding(either_state, B, "V06").last_run_id == "run-2"


def test_a_threshold_that_was_crossed_stays_until_the_department_has_answered(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    crossed = Violation(rule="V08", severity=2, persons=12_000)
    scan(either_state, A, FOUND, crossed)
    scan(either_state, A, FOUND, run_id="run-2", now=NOW + HOUR / 2)
    assert finding(either_state, A, "V08").state == "open"
    sent(either_state, finding(either_state, A, "V08"))
    act(either_state, "issue", LEAD)
    act(either_state, "sign", CLERK, 3)
    answered(either_state)
    end(either_state, "run-3", NOW + DAY)
    assert finding(either_state, A, "V08").state == "closed"
    assert {item.state for item in items(either_state)} == {"fixed"}


def test_more_time_for_the_notice_is_more_time_for_its_findings(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    scan_all(either_state, [(A, FOUND, (EXPOSED,)), (B, FOUND, (EXPOSED, MILD))])
    sent(either_state, finding(either_state, A), finding(either_state, B, "V06"))
    act(either_state, "issue", LEAD)
    act(either_state, "sign", CLERK, 3)
    until = NOW + 20 * DAY
    with either_state.transaction() as session:
        wish = ask_extension(
            session, the_notice(either_state).id, until=until, reason="外包维护", by=CLERK, now=NOW
        )
    with either_state.transaction() as session:
        decide_extension(session, wish.id, grant=True, remark="", by=LEAD, now=NOW + DAY)
    mild = finding(either_state, B, "V06")
    assert finding(either_state, A).due_at == until
    assert mild.due_at is not None
    assert mild.due_at > until
    assert actions(either_state, finding(either_state, A).id)[-1] == "finding.extend"
    assert finding(either_state, B).due_at != until


def test_a_run_that_began_before_the_answer_does_not_judge_it(either_state: StateStore) -> None:
    begin(either_state, "run-1b", NOW + 4 * HOUR)
    told(either_state)
    scan(either_state, A, FOUND, EXPOSED, run_id="run-1b", now=NOW + 6 * HOUR)
    assert end(either_state, "run-1b", NOW + 6 * HOUR) == 0
    assert finding(either_state, A).state == "answered"


def test_findings_are_open_again_where_their_order_is_not_issued(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    scan(either_state, A, FOUND, EXPOSED)
    sent(either_state, finding(either_state, A))
    act(either_state, "dismiss", LEAD, reason="重复")
    row = finding(either_state, A)
    assert (row.state, row.notice_id, row.rectification_item_id) == ("open", None, None)
    assert actions(either_state, row.id)[-1] == "finding.release"


def test_findings_are_open_again_where_their_order_is_revoked(either_state: StateStore) -> None:
    furnish(either_state)
    scan(either_state, A, FOUND, EXPOSED)
    sent(either_state, finding(either_state, A))
    act(either_state, "issue", LEAD)
    act(either_state, "revoke", LEAD, reason="发错")
    assert finding(either_state, A).state == "open"


def test_an_answer_that_a_person_returns_gives_its_findings_back(
    either_state: StateStore,
) -> None:
    told(either_state)
    act(either_state, "recheck", ANALYST, 6)
    notice = the_notice(either_state)
    with either_state.transaction() as session:
        review(
            session,
            PLAN,
            notice.id,
            verdict="failed",
            method="papers",
            opinion="缺截图",
            feedback_due=NOW + DAY,
            by=ANALYST,
            expected_version=notice.version,
            now=NOW + 7 * HOUR,
        )
    row = finding(either_state, A)
    assert (row.state, row.times_returned) == ("returned", 1)


def test_what_cannot_be_sent_is_refused_with_its_reason(either_state: StateStore) -> None:
    furnish(either_state)
    scan_all(either_state, [(A, FOUND, (EXPOSED,)), ("c.docx", MARKED, (SECRET,))])
    scan_all(either_state, [(B, FOUND, (EXPOSED,))], department=OTHER)
    a, b = finding(either_state, A), finding(either_state, B)
    cases = (
        ((finding(either_state, "c.docx", "V01"),), OFFICER, "restricted"),
        ((a, b), OFFICER, "several_departments"),
        ((a,), CLERK, "city_only"),
        ((a,), SYSTEM, "person_needed"),
    )
    for findings, by, code in cases:
        with pytest.raises(Refusal) as refused:
            sent(either_state, *findings, by=by)
        assert refused.value.code == code
    sent(either_state, a)
    with pytest.raises(Refusal) as refused:
        sent(either_state, finding(either_state, A))
    assert refused.value.code == "sent_already"
    with pytest.raises(Malformed, match=f"one to {MOST}"):
        sent(either_state)


def test_a_path_of_any_length_and_signs_fits_into_an_item(either_state: StateStore) -> None:
    furnish(either_state)
    long = f"很长的目录{'甲' * 300}\n/末尾.xlsx"
    scan(either_state, long, FOUND, EXPOSED)
    sent(either_state, finding(either_state, long))
    (item,) = items(either_state)
    assert item.title.startswith("很长的目录")
    assert "末尾.xlsx：防护低于" in item.title
    assert "\n" not in item.title


def test_a_version_that_somebody_changed_is_not_sent(either_state: StateStore) -> None:
    furnish(either_state)
    scan(either_state, A, FOUND, EXPOSED)
    row = finding(either_state, A)
    with either_state.transaction() as session, pytest.raises(Refusal) as refused:
        send(session, PLAN, [row.id], by=OFFICER, now=NOW, expected={row.id: row.version + 1})
    assert refused.value.code == "stale"
