"""The data map: counted by department, grade, class and place, with what is new and open."""

import dataclasses

from playbooks.finding.data_map import cells, classes, data_map, places
from playbooks.finding.settling import settle_gone
from playbooks.finding.storing import resource_id
from situation.content.grade import DataGrade
from situation.content.resource import Exposure
from situation.content.verdict import Hit
from situation.state.store import StateStore
from tests.playbooks.finding.scene import (
    CLEAN,
    DAY,
    DEPARTMENT,
    EXPOSED,
    FOUND,
    HITS,
    HOUR,
    MARKED,
    MILD,
    NOW,
    OTHER,
    SECRET,
    TARGET,
    begin,
    scan_all,
)

HEALTH = dataclasses.replace(FOUND, hits=(dataclasses.replace(HITS[0], kind="medical"),))
"""Medical data beside identity numbers."""


def furnished(state: StateStore) -> None:
    begin(state, "run-1", NOW)
    scan_all(
        state,
        [("a", FOUND, (EXPOSED, MILD)), ("b", HEALTH, ()), ("c", CLEAN, ())],
    )
    scan_all(state, [("d", CLEAN, (MILD,))], department=OTHER, exposure=Exposure())
    begin(state, "run-2", NOW + DAY)
    scan_all(
        state,
        [("e", FOUND, (EXPOSED,)), ("f.docx", MARKED, (SECRET,))],
        run_id="run-2",
        now=NOW + DAY + HOUR,
    )


def test_departments_stand_with_their_grades_and_what_is_new(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        first, second = data_map(session, NOW + 100 * DAY)
    assert (first.department, second.department) == (DEPARTMENT, OTHER)
    assert first.by_grade == {0: 1, 1: 1, 4: 3}
    assert first.new_by_grade == {0: 1, 4: 1}
    assert (first.open_findings, first.new_findings, first.overdue_findings) == (4, 2, 4)
    assert (first.persons, first.marks, first.highest) == (3 * 1180, 1, DataGrade.GENERAL_4)
    assert (second.by_grade, second.open_findings) == ({1: 1}, 1)


def test_a_department_alone_is_asked_for(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        (row,) = data_map(session, NOW, department=OTHER)
    assert (row.department, row.resources) == (OTHER, 1)


def test_classes_and_places_come_from_the_same_cells(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        found = cells(session)
    assert {row.name: row.resources for row in classes(found)} == {"identity": 3, "health": 1}
    assert {(row.name, row.zone): row.resources for row in places(found)} == {
        (TARGET, "public_share"): 4,
        (TARGET, "internal"): 1,
    }


def test_what_is_gone_is_on_the_map_no_more(either_state: StateStore) -> None:
    furnished(either_state)
    ids = [resource_id(TARGET, path) for path in "abc"]
    with either_state.transaction() as session:
        settle_gone(session, ids, run_id="run-2", now=NOW + DAY)
    with either_state.reading() as session:
        assert sum(cell.resources for cell in cells(session)) == 3
        assert data_map(session, NOW)[0].open_findings == 2


def test_a_kind_of_the_city_s_own_has_no_class_but_is_counted(either_state: StateStore) -> None:
    own: Hit = dataclasses.replace(HITS[0], kind="own:case_number")
    verdict = dataclasses.replace(FOUND, hits=(own,), columns=())
    scan_all(either_state, [("a", verdict, ())])
    with either_state.reading() as session:
        found = cells(session)
    assert (classes(found), found[0].resources) == ([], 1)
