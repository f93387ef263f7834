"""What is kept of a resource: enough to say everything again, and no value."""

import dataclasses

from playbooks.finding.storing import known, record, resource_id
from playbooks.finding.verdict import classes_of, read_whole, verdict_of
from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.piece import Unreadable
from situation.content.place import Place
from situation.content.resource import Exposure, Resource
from situation.content.verdict import Verdict
from situation.state.store import StateStore
from situation.state.tables import ScannedResource
from tests.playbooks.finding.scene import (
    CLEAN,
    DAY,
    DEPARTMENT,
    FOUND,
    LOCKED,
    MARKED,
    NOW,
    TARGET,
    resource,
    scan,
)


def test_a_verdict_is_kept_whole_and_read_back(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND)
    row = resource(either_state, "a.xlsx")
    assert verdict_of(row) == FOUND
    assert (row.grade, row.persons, row.prefilter_mask) == (4, 1180, "000000000000000b")
    assert row.kinds == ["resident_id"]
    assert classes_of(row.classes) == ("identity",)
    assert (row.zone, row.exposure["world_readable"]) == ("public_share", True)


def test_beside_a_mark_of_secrecy_nothing_else_is_kept(either_state: StateStore) -> None:
    scan(either_state, "a.docx", MARKED)
    row = resource(either_state, "a.docx")
    kept = verdict_of(row)
    assert kept.marks == MARKED.marks
    assert (kept.hits, kept.columns, kept.sketch, row.kinds) == ((), (), b"", [])
    assert (row.marks, kept.digest_sm3) == (1, "ab" * 32)


def test_a_mark_below_the_line_is_no_mark_of_a_state_secret(either_state: StateStore) -> None:
    faint = dataclasses.replace(MARKED.marks[0], score=59)
    scan(either_state, "a.docx", dataclasses.replace(MARKED, marks=(faint,), stopped=False))
    row = resource(either_state, "a.docx")
    assert (row.marks, row.kinds) == (0, ["resident_id"])


def test_what_is_scanned_again_keeps_its_row_and_its_beginning(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND)
    scan(either_state, "a.xlsx", CLEAN, run_id="run-2", now=NOW + DAY, content="c2")
    row = resource(either_state, "a.xlsx")
    assert (row.first_seen_at, row.scanned_at, row.run_id) == (NOW, NOW + DAY, "run-2")
    assert (row.grade, row.content_hash, row.kinds) == (1, "c2", [])


def test_a_declared_grade_stands_beside_the_one_that_was_found(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        row = record(
            session,
            target=TARGET,
            department=DEPARTMENT,
            resource=Resource(path="t", kind="table", exposure=Exposure(owner="hr")),
            verdict=FOUND,
            content_hash="",
            ruleset="rules-1",
            run_id="run-1",
            now=NOW,
            declared=Declared(dataset="社保", grade=DataGrade.GENERAL_3),
        )
    assert (row.grade, row.declared_grade, row.kind) == (4, 3, "table")


def test_known_answers_for_more_ids_than_a_statement_takes(either_state: StateStore) -> None:
    scan(either_state, "a.xlsx", FOUND)
    ids = [resource_id(TARGET, f"{number}") for number in range(1500)]
    with either_state.reading() as session:
        found = known(session, [*ids, resource_id(TARGET, "a.xlsx")])
    assert [row.path for row in found.values()] == ["a.xlsx"]


def test_a_resource_of_which_only_a_member_is_locked_was_read_whole() -> None:
    def row(verdict: Verdict) -> ScannedResource:
        unreadable = [dataclasses.asdict(each) for each in verdict.unreadable]
        return ScannedResource(marks=0, verdict={"unreadable": unreadable})

    member = Unreadable(reason="encrypted", place=Place(member="a.zip!b.zip"))
    assert not read_whole(row(LOCKED))
    assert read_whole(row(dataclasses.replace(LOCKED, unreadable=(member,))))
