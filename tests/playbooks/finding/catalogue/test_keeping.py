"""Declaring a data set, changing and withdrawing it, each with its label and audit line."""

import dataclasses

import pytest
import sqlalchemy as sa

from playbooks.finding.catalogue import Entry, declare, withdraw
from playbooks.finding.catalogue.label import is_intact, label_of
from playbooks.machine import Refusal
from playbooks.person import Person
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import AuditLine, CatalogueEntry
from tests.playbooks.finding.scene import CLERK, DEPARTMENT, HOUR, NOW, OFFICER, furnish

KEY = b"k" * 32
GIVEN = Entry(
    department=DEPARTMENT,
    dataset="社保缴费",
    grade=3,
    pattern="社保/**",
    target="人社共享",
    opening="conditional",
    system="社保系统",
    expected=("resident_id", "own:case_number"),
    population=1_200_000,
)


def declared(
    state: StateStore, given: Entry = GIVEN, *, seen: int | None = None, by: Person = OFFICER
) -> CatalogueEntry:
    with state.transaction() as session:
        return declare(session, given, key=KEY, by=by, now=NOW, expected_version=seen)


def audited(state: StateStore) -> list[AuditLine]:
    wanted = sa.select(AuditLine).where(AuditLine.object_kind == "catalogue_entry")
    with state.reading() as session:
        return list(session.scalars(wanted.order_by(AuditLine.number)))


def test_an_entry_is_kept_as_it_was_declared(either_state: StateStore) -> None:
    furnish(either_state)
    row = declared(either_state)
    assert (row.dataset, row.grade, row.pattern) == ("社保缴费", 3, "社保/**")
    assert (row.expected, row.population) == (["resident_id", "own:case_number"], 1_200_000)
    assert (row.declared_by, row.declared_at) == ("qian", NOW)
    assert is_intact(row, KEY)
    (line,) = audited(either_state)
    assert (line.action, line.detail["dataset"]) == ("catalogue.declare", "社保缴费")


def test_a_change_needs_the_version_that_was_seen(either_state: StateStore) -> None:
    furnish(either_state)
    row = declared(either_state)
    graver = dataclasses.replace(GIVEN, grade=4)
    for seen in (None, row.version + 1):
        with pytest.raises(Refusal) as refused:
            declared(either_state, graver, seen=seen)
        assert refused.value.code == "stale"
    changed = declared(either_state, graver, seen=row.version)
    assert (changed.grade, changed.label != row.label) == (4, True)
    assert audited(either_state)[-1].detail["changed"] == ["grade"]


def test_the_label_shows_a_grade_that_was_changed_behind_its_back(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    row = declared(either_state)
    with either_state.transaction() as session:
        session.execute(sa.update(CatalogueEntry).values(grade=1))
    with either_state.reading() as session:
        tampered = session.get_one(CatalogueEntry, row.id)
        assert not is_intact(tampered, KEY)
        assert label_of(tampered, KEY) != label_of(tampered, b"x" * 32)


def test_an_entry_is_withdrawn_with_a_reason(either_state: StateStore) -> None:
    furnish(either_state)
    row = declared(either_state)
    with either_state.transaction() as session, pytest.raises(Refusal):
        withdraw(session, row.id, reason=" ", by=OFFICER, expected_version=1, now=NOW)
    with either_state.transaction() as session:
        withdraw(
            session,
            row.id,
            reason="系统下线",
            by=OFFICER,
            expected_version=row.version,
            now=NOW + HOUR,
        )
    assert [line.action for line in audited(either_state)][-1] == "catalogue.withdraw"
    with either_state.reading() as session:
        assert session.get(CatalogueEntry, row.id) is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"department": "没有的单位"}, "department"),
        ({"dataset": " "}, "dataset"),
        ({"pattern": ""}, "pattern"),
        ({"grade": 0}, "grade"),
        ({"grade": 7}, "grade"),
        ({"opening": "open"}, "opening"),
        ({"expected": ("shoe_size",)}, "expected"),
        ({"population": 0}, "population"),
        ({"dataset": "x" * 201}, "dataset"),
    ],
)
def test_what_is_wrong_is_named(
    either_state: StateStore, changes: dict[str, object], where: str
) -> None:
    furnish(either_state)
    wrong: Entry = dataclasses.replace(GIVEN, **changes)  # type: ignore[arg-type]
    with pytest.raises(Malformed) as fault:
        declared(either_state, wrong)
    assert fault.value.where == where


def test_a_department_does_not_grade_itself(either_state: StateStore) -> None:
    furnish(either_state)
    with pytest.raises(Refusal) as refused:
        declared(either_state, by=CLERK)
    assert refused.value.code == "city_only"
