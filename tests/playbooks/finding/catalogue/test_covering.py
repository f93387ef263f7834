"""Which entry covers a path: the most exact one, of this target before any, intact or not."""

import dataclasses

import pytest
import sqlalchemy as sa

from playbooks.finding.catalogue import Entry, covering, declarations, declare
from playbooks.finding.catalogue.pattern import matches
from situation.content.grade import DataGrade
from situation.state.store import StateStore
from situation.state.tables import CatalogueEntry
from tests.playbooks.finding.scene import DEPARTMENT, NOW, OFFICER, OTHER, TARGET, furnish

KEY = b"k" * 32
GIVEN = Entry(department=DEPARTMENT, dataset="全部", grade=2)


def put(state: StateStore, *entries: dict[str, object]) -> None:
    furnish(state)
    with state.transaction() as session:
        for number, changes in enumerate(entries, 1):
            given: Entry = dataclasses.replace(
                GIVEN,
                **{"dataset": f"集{number}", "grade": number, **changes},  # type: ignore[arg-type]
            )
            declare(session, given, key=KEY, by=OFFICER, now=NOW)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("**", "a/b/c.xlsx", True),
        ("*", "c.xlsx", True),
        ("*", "a/c.xlsx", False),
        ("a/*.xlsx", "a/c.xlsx", True),
        ("a/*.xlsx", "a/b/c.xlsx", False),
        ("a/**/c.xlsx", "a/c.xlsx", True),
        ("a/**/c.xlsx", "a/b/d/c.xlsx", True),
        ("/a/**", "a/x", True),
        ("a/**", "/a/x", True),
        ("a.b", "axb", False),
        ("a?.csv", "a1.csv", True),
        ("a?.csv", "a/.csv", False),
        ("社保/*", "社保/名单.xlsx", True),
        ("public.person", "public.person", True),
        ("[x]", "x", False),
        ("**", "a\nb", True),
    ],
)
def test_a_pattern_is_as_in_a_shell(pattern: str, path: str, *, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_the_most_exact_pattern_wins_and_this_target_before_any(
    either_state: StateStore,
) -> None:
    put(
        either_state,
        {"pattern": "**"},
        {"pattern": "社保/**"},
        {"pattern": "社保/2026/*.xlsx"},
        {"pattern": "**", "target": TARGET},
        {"pattern": "**", "department": OTHER},
    )
    with either_state.reading() as session:
        elsewhere = declarations(session, DEPARTMENT, "别处")
        here = declarations(session, DEPARTMENT, TARGET)
        grades = [
            each.grade if (each := elsewhere(path)) else None
            for path in ("x", "社保/a", "社保/2026/b.xlsx")
        ]
        assert grades == [DataGrade(1), DataGrade(2), DataGrade(3)]
        found = here("社保/a")
        assert found is not None
        assert found.grade == DataGrade(4)
        assert declarations(session, "没有登记", TARGET)("x") is None


def test_what_covers_says_all_that_was_declared(either_state: StateStore) -> None:
    put(
        either_state,
        {
            "opening": "none",
            "registered": True,
            "system": "社保",
            "approved": "批 1 号",
            "open_export": True,
            "expected": ("minor",),
            "population": 7,
        },
    )
    with either_state.reading() as session:
        found = covering(session, DEPARTMENT, TARGET, "a", key=KEY)
    assert found is not None
    assert (found.dataset, found.opening, found.registered) == ("集1", "none", True)
    assert (found.system, found.approved, found.open_export) == ("社保", "批 1 号", True)
    assert (found.expected, found.population, found.label_valid) == (frozenset({"minor"}), 7, True)


def test_an_entry_whose_label_does_not_fit_says_so_where_the_key_is_known(
    either_state: StateStore,
) -> None:
    put(either_state, {})
    with either_state.transaction() as session:
        session.execute(sa.update(CatalogueEntry).values(grade=1, label="00"))
    with either_state.reading() as session:
        kept = covering(session, DEPARTMENT, TARGET, "a", key=KEY)
        unknown = covering(session, DEPARTMENT, TARGET, "a")
    assert kept is not None
    assert unknown is not None
    assert (kept.label_valid, unknown.label_valid) == (False, True)
