"""Decisions of people: who may, with a reason, about what he saw, and what a scan makes of them."""

import dataclasses
from collections.abc import Callable

import pytest

from playbooks.finding import deciding
from playbooks.machine import Refusal
from playbooks.person import Person
from situation.content.grade import DataGrade
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import DataFinding
from tests.playbooks.finding.scene import (
    CLERK,
    DAY,
    EXPOSED,
    FOUND,
    HOUR,
    MARKED,
    NOW,
    OFFICER,
    SECRECY,
    SECRET,
    finding,
    lines,
    resource,
    scan,
)

A, M = "a.xlsx", "机要.docx"
Decision = Callable[..., DataFinding]


def decide(
    state: StateStore, row: DataFinding, decision: Decision, by: Person = OFFICER, **more: object
) -> DataFinding:
    given: dict[str, object] = {"reason": "已核实", "expected_version": row.version, **more}
    with state.transaction() as session:
        return decision(session, row.id, by=by, now=NOW + HOUR, **given)


@pytest.mark.parametrize(
    ("decision", "state"),
    [(deciding.false_alarm, "false_alarm"), (deciding.accept, "accepted")],
)
def test_a_decision_stays_until_the_matter_is_another_one(
    either_state: StateStore, decision: Decision, state: str
) -> None:
    scan(either_state, A, FOUND, EXPOSED)
    decide(either_state, finding(either_state, A), decision)
    row = finding(either_state, A)
    assert (row.state, row.decided_by, row.remark) == (state, "qian", "已核实")
    assert lines(either_state, row.id)[-1].detail["reason"] == "已核实"
    scan(either_state, A, FOUND, EXPOSED, run_id="run-2", now=NOW + DAY, content="c2")
    assert finding(either_state, A).state == state
    graver = dataclasses.replace(EXPOSED, severity=1)
    settled = scan(either_state, A, FOUND, graver, run_id="run-3", now=NOW + DAY)
    assert settled.reopened == (row.id,)
    assert finding(either_state, A).state == "open"


def test_new_kinds_are_another_matter(either_state: StateStore) -> None:
    scan(either_state, A, FOUND, EXPOSED)
    decide(either_state, finding(either_state, A), deciding.false_alarm)
    more = dataclasses.replace(EXPOSED, kinds=("resident_id", "medical"))
    scan(either_state, A, FOUND, more, run_id="run-2")
    assert finding(either_state, A).state == "open"


def test_a_decision_is_taken_back_with_a_reason(either_state: StateStore) -> None:
    scan(either_state, A, FOUND, EXPOSED)
    decide(either_state, finding(either_state, A), deciding.accept)
    decide(either_state, finding(either_state, A), deciding.reopen, reason="条件变化")
    assert finding(either_state, A).state == "open"
    assert lines(either_state, finding(either_state, A).id)[-1].action == "finding.reopen"


def test_a_decision_needs_a_reason_a_person_and_what_he_saw(either_state: StateStore) -> None:
    scan(either_state, A, FOUND, EXPOSED)
    row = finding(either_state, A)
    cases: tuple[tuple[Person, dict[str, object], str], ...] = (
        (OFFICER, {"reason": " "}, "reason_missing"),
        (CLERK, {}, "city_only"),
        (Person("system", "system"), {}, "person_needed"),
        (OFFICER, {"expected_version": row.version + 1}, "stale"),
    )
    for by, more, code in cases:
        with pytest.raises(Refusal) as refused:
            decide(either_state, row, deciding.false_alarm, by, **more)
        assert refused.value.code == code
    assert finding(either_state, A).state == "open"


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (deciding.confirm_mark, "confirmed"),
        (deciding.false_mark, "false_alarm"),
        (deciding.declassified, "declassified"),
    ],
)
def test_the_secrecy_officer_alone_decides_about_a_mark_and_signs_why(
    either_state: StateStore, decision: Decision, state: str
) -> None:
    scan(either_state, M, MARKED, SECRET)
    with pytest.raises(Refusal) as refused:
        decide(either_state, finding(either_state, M, "V01"), decision)
    assert refused.value.code == "secrecy_only"
    decide(either_state, finding(either_state, M, "V01"), decision, SECRECY, reason="机要现场看过")
    row = finding(either_state, M, "V01")
    assert (row.state, row.decided_by, row.remark) == (state, "sun", "机要现场看过")
    said = [line.detail for line in lines(either_state, row.id)]
    assert said[-1] == {"before": "open", "after": state, "restricted": True}


def test_a_mark_that_was_decided_about_is_open_again_in_other_content(
    either_state: StateStore,
) -> None:
    scan(either_state, M, MARKED, SECRET)
    decide(either_state, finding(either_state, M, "V01"), deciding.false_mark, SECRECY)
    scan(either_state, M, MARKED, SECRET, run_id="run-2", now=NOW + DAY)
    assert finding(either_state, M, "V01").state == "false_alarm"
    scan(either_state, M, MARKED, SECRET, run_id="run-3", now=NOW + DAY, content="c2")
    assert finding(either_state, M, "V01").state == "open"


def test_a_mark_is_not_accepted_and_nothing_else_is_declassified(
    either_state: StateStore,
) -> None:
    scan(either_state, M, MARKED, SECRET)
    scan(either_state, A, FOUND, EXPOSED)
    with pytest.raises(Refusal) as refused:
        decide(either_state, finding(either_state, M, "V01"), deciding.accept, SECRECY)
    assert refused.value.code == "restricted"
    with pytest.raises(Refusal) as refused:
        decide(either_state, finding(either_state, A), deciding.declassified, SECRECY)
    assert refused.value.code == "not_a_mark"


def test_an_owner_is_named_and_the_audit_says_who_it_was_before(
    either_state: StateStore,
) -> None:
    scan(either_state, A, FOUND, EXPOSED)
    decide(either_state, finding(either_state, A), deciding.change_owner, owner="信息科 李工")
    row = finding(either_state, A)
    assert row.owner == "信息科 李工"
    detail = lines(either_state, row.id)[-1].detail
    assert detail["owner"] == "信息科 李工"
    with pytest.raises(Malformed):
        decide(either_state, row, deciding.change_owner, owner="x" * 101)


def test_what_may_be_important_data_is_confirmed_by_a_person_and_stays_so(
    either_state: StateStore,
) -> None:
    asking = dataclasses.replace(FOUND, needs_confirm=True)
    scan(either_state, A, asking, EXPOSED)
    assert resource(either_state, A).needs_confirm
    decide(either_state, finding(either_state, A), deciding.confirm_grade, important=True)
    row = resource(either_state, A)
    assert (row.grade, row.needs_confirm) == (DataGrade.IMPORTANT, False)
    assert finding(either_state, A).grade == DataGrade.IMPORTANT
    scan(either_state, A, asking, EXPOSED, run_id="run-2", now=NOW + DAY)
    assert (resource(either_state, A).grade, resource(either_state, A).needs_confirm) == (5, False)
    with pytest.raises(Refusal) as refused:
        decide(either_state, finding(either_state, A), deciding.confirm_grade, important=False)
    assert refused.value.code == "nothing_to_confirm"


def test_what_is_no_important_data_keeps_the_grade_that_was_found(
    either_state: StateStore,
) -> None:
    scan(either_state, A, dataclasses.replace(FOUND, needs_confirm=True), EXPOSED)
    decide(either_state, finding(either_state, A), deciding.confirm_grade, important=False)
    assert resource(either_state, A).grade == DataGrade.GENERAL_4
