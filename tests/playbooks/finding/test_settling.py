"""What a scan makes of findings: opened, kept, closed, opened again; each with its audit line."""

import dataclasses

import pytest
import sqlalchemy as sa

from playbooks.finding.settling import GONE, settle_gone
from playbooks.finding.storing import resource_id
from situation.clock import CITY_ZONE
from situation.content.piece import Unreadable
from situation.content.place import Place
from situation.content.verdict import Violation
from situation.state.store import StateStore
from situation.state.tables import AuditLine, DataFinding
from tests.playbooks.finding.scene import (
    CLEAN,
    DAY,
    DEPARTMENT,
    EXPOSED,
    FOUND,
    HOUR,
    LOCKED,
    MARKED,
    MILD,
    NOW,
    SECRET,
    TARGET,
    UNREAD,
    actions,
    finding,
    lines,
    resource,
    scan,
    scan_all,
)


def test_a_finding_says_what_where_why_and_until_when(either_state: StateStore) -> None:
    settled = scan(either_state, "pub/a.xlsx", FOUND, EXPOSED)
    row = finding(either_state, "pub/a.xlsx")
    assert settled.opened == (row.id,)
    assert (row.state, row.severity, row.grade, row.persons) == ("open", 2, 4, 1180)
    assert (row.department, row.target, row.restricted) == (DEPARTMENT, TARGET, False)
    assert row.kinds == ["resident_id", "name"]
    assert row.reasons == [{"code": "world_readable", "detail": "1180", "grade": 4}]
    assert row.due_at is not None
    # Seven working days after a Tuesday: the Thursday of the week after.
    assert f"{row.due_at.astimezone(CITY_ZONE):%Y-%m-%d}" == "2026-03-12"
    assert actions(either_state, row.id) == ["finding.open"]


def test_the_same_scan_twice_changes_nothing(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND, EXPOSED, MILD)
    again = scan(either_state, "a.xlsx", FOUND, EXPOSED, MILD, run_id="run-2", now=NOW + DAY)
    assert dict(again.counts()) == {"kept": 2}
    row = finding(either_state, "a.xlsx")
    assert (row.first_run_id, row.last_run_id, row.last_seen_at) == ("run-1", "run-2", NOW + DAY)
    assert actions(either_state, row.id) == ["finding.open"]


def test_what_a_scan_no_longer_finds_is_closed(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND, EXPOSED)
    settled = scan(either_state, "a.xlsx", CLEAN, run_id="run-2", now=NOW + DAY)
    row = finding(either_state, "a.xlsx")
    assert settled.closed == (row.id,)
    assert (row.state, row.closed_at) == ("closed", NOW + DAY)
    last = lines(either_state, row.id)[-1]
    assert (last.action, last.actor, last.detail["before"]) == ("finding.close", "system", "open")


def test_what_comes_back_is_the_same_finding_with_a_new_deadline(
    either_state: StateStore,
) -> None:
    scan(either_state, "a.xlsx", FOUND, EXPOSED)
    first = finding(either_state, "a.xlsx")
    scan(either_state, "a.xlsx", CLEAN, run_id="run-2", now=NOW + DAY)
    settled = scan(either_state, "a.xlsx", FOUND, EXPOSED, run_id="run-3", now=NOW + 2 * DAY)
    again = finding(either_state, "a.xlsx")
    assert settled.reopened == (first.id,) == (again.id,)
    assert (again.state, again.closed_at) == ("open", None)
    assert again.due_at != first.due_at


def test_a_file_that_could_not_be_read_closes_nothing(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND, EXPOSED)
    settled = scan(either_state, "a.xlsx", LOCKED, UNREAD, run_id="run-2")
    assert finding(either_state, "a.xlsx").state == "open"
    assert finding(either_state, "a.xlsx", "V11").state == "open"
    assert dict(settled.counts()) == {"opened": 1, "kept": 1}


def test_one_locked_member_of_an_archive_does_not_keep_the_rest_open(
    either_state: StateStore,
) -> None:
    scan(either_state, "a.zip", FOUND, EXPOSED)
    member = Unreadable(reason="encrypted", place=Place(member="a.zip!b.zip"))
    partly = dataclasses.replace(CLEAN, unreadable=(member,))
    scan(either_state, "a.zip", partly, UNREAD, run_id="run-2")
    assert finding(either_state, "a.zip").state == "closed"


def test_what_grows_graver_is_due_earlier_and_audited(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND, dataclasses.replace(EXPOSED, severity=3))
    before = finding(either_state, "a.xlsx")
    settled = scan(either_state, "a.xlsx", FOUND, EXPOSED, run_id="run-2", now=NOW + HOUR)
    after = finding(either_state, "a.xlsx")
    assert before.due_at is not None
    assert after.due_at is not None
    assert (after.severity, after.due_at < before.due_at) == (2, True)
    assert actions(either_state, after.id) == ["finding.open", "finding.grow"]
    assert (before.alert_id, after.alert_id) == (None, settled.alerts[0])


def test_what_is_gone_is_closed_and_comes_back_open(either_state: StateStore) -> None:
    scan_all(either_state, [("a", FOUND, (EXPOSED,)), ("b", FOUND, (EXPOSED, MILD))])
    ids = [resource_id(TARGET, "b")]
    with either_state.transaction() as session:
        assert settle_gone(session, ids, run_id="run-2", now=NOW + DAY) == 2
    assert (resource(either_state, "a").gone_at, resource(either_state, "b").gone_at) == (
        None,
        NOW + DAY,
    )
    row = finding(either_state, "b")
    assert lines(either_state, row.id)[-1].detail["reason"] == GONE
    scan(either_state, "b", FOUND, EXPOSED, run_id="run-3", now=NOW + 2 * DAY)
    assert resource(either_state, "b").gone_at is None
    assert finding(either_state, "b").state == "open"


@pytest.mark.parametrize("other", [EXPOSED, UNREAD])
def test_all_of_a_resource_with_a_mark_of_secrecy_is_restricted(
    either_state: StateStore, other: Violation
) -> None:
    scan(either_state, "dir/机要.docx", FOUND, MILD)
    scan(either_state, "dir/机要.docx", MARKED, SECRET, other, run_id="run-2")
    for rule in ("V01", "V06", other.rule):
        assert finding(either_state, "dir/机要.docx", rule).restricted
    assert finding(either_state, "dir/机要.docx", "V06").state == "open"


def test_what_stands_beside_a_mark_is_everybody_s_again_once_the_mark_is_gone(
    either_state: StateStore,
) -> None:
    scan(either_state, "a.docx", FOUND, MILD)
    scan(either_state, "a.docx", MARKED, SECRET, run_id="run-2")
    scan(either_state, "a.docx", LOCKED, UNREAD, run_id="run-3")
    assert finding(either_state, "a.docx", "V06").restricted
    scan(either_state, "a.docx", FOUND, MILD, run_id="run-4")
    assert not finding(either_state, "a.docx", "V06").restricted
    assert finding(either_state, "a.docx", "V01").restricted


def test_the_audit_says_of_a_restricted_finding_no_more_than_its_id(
    either_state: StateStore,
) -> None:
    scan(either_state, "dir/机要.docx", MARKED, SECRET)
    row = finding(either_state, "dir/机要.docx", "V01")
    (line,) = lines(either_state, row.id)
    assert line.detail == {"restricted": True}
    with either_state.reading() as session:
        said = session.scalars(sa.select(AuditLine)).all()
    everything = " ".join(f"{each.detail} {each.object_id}" for each in said)
    assert not any(word in everything for word in ("机要", "机密", "10年", "docx", TARGET))


def test_a_batch_is_settled_file_by_file(either_state: StateStore) -> None:
    batch = [(f"f{number}", FOUND, (EXPOSED, MILD)) for number in range(60)]
    settled = scan_all(either_state, batch)
    assert (dict(settled.counts()), len(settled.alerts)) == ({"opened": 120}, 1)
    half = [(f"f{number}", CLEAN if number % 2 else FOUND, ()) for number in range(60)]
    assert dict(scan_all(either_state, half, run_id="run-2").counts()) == {"closed": 120}
    with either_state.reading() as session:
        states = session.scalars(sa.select(DataFinding.state).distinct()).all()
    assert states == ["closed"]
