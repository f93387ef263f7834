"""Lists of findings: in their order, page by page, by every filter; secrets apart."""

import dataclasses

import pytest

from playbooks.finding.listing import FACETS, FindingFilter, count, facet, findings
from situation.state.store import StateStore
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
    SECRET,
    TARGET,
    scan_all,
)

FILES = [(f"dir/100%_{number}.xlsx", FOUND, (EXPOSED, MILD)) for number in range(7)]


def furnished(state: StateStore) -> None:
    scan_all(state, FILES)
    graver = dataclasses.replace(EXPOSED, severity=1, kinds=("medical",))
    scan_all(state, [("z.csv", FOUND, (graver,))], department=OTHER, now=NOW + DAY)
    scan_all(state, [("机要.docx", MARKED, (SECRET,))])
    scan_all(state, [("gone", FOUND, (MILD,))])
    scan_all(state, [("gone", CLEAN, ())])


def paths(state: StateStore, wanted: FindingFilter) -> list[str]:
    with state.reading() as session:
        return [row.path for row in findings(session, wanted).rows]


def test_the_gravest_stand_first_and_pages_join_without_a_gap(either_state: StateStore) -> None:
    furnished(either_state)
    seen, after = [], None
    with either_state.reading() as session:
        for _ in range(8):
            page = findings(session, FindingFilter(), limit=2, after=after)
            seen += [(row.severity, row.path, row.rule) for row in page.rows]
            after = page.after
        assert after is None
        assert len(seen) == len(set(seen)) == count(session, FindingFilter()) == 15
    assert seen[0] == (1, "z.csv", "V05")
    assert [row[0] for row in seen] == sorted(row[0] for row in seen)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (FindingFilter(severities=(2,)), 7),
        (FindingFilter(rules=("V06",)), 7),
        (FindingFilter(departments=(OTHER,)), 1),
        (FindingFilter(departments=(DEPARTMENT,), rules=("V05",)), 7),
        (FindingFilter(targets=("elsewhere",)), 0),
        (FindingFilter(targets=(TARGET,), grades=(4,)), 15),
        (FindingFilter(states=("closed",)), 1),
        (FindingFilter(states=()), 16),
        (FindingFilter(kind="medical"), 1),
        (FindingFilter(kind="name"), 14),
        (FindingFilter(kind="nam"), 0),
        (FindingFilter(text="100%_3"), 2),
        (FindingFilter(text="DIR/"), 14),
        (FindingFilter(text="%z"), 0),
        (FindingFilter(new_since=NOW + DAY), 1),
        (FindingFilter(overdue_at=NOW), 0),
        (FindingFilter(overdue_at=NOW + 30 * DAY), 8),
        (FindingFilter(restricted=True), 1),
    ],
)
def test_each_filter_leaves_what_fits(
    either_state: StateStore, wanted: FindingFilter, number: int
) -> None:
    furnished(either_state)
    assert len(paths(either_state, wanted)) == number
    with either_state.reading() as session:
        assert count(session, wanted) == number
        for name in FACETS:
            assert sum(facet(session, wanted, name).values()) == number


def test_what_is_restricted_stands_in_no_other_list(either_state: StateStore) -> None:
    furnished(either_state)
    assert "机要.docx" not in paths(either_state, FindingFilter(states=()))
    assert paths(either_state, FindingFilter(restricted=True)) == ["机要.docx"]


def test_a_facet_counts_the_most_first(either_state: StateStore) -> None:
    furnished(either_state)
    with either_state.reading() as session:
        assert facet(session, FindingFilter(), "department") == {DEPARTMENT: 14, OTHER: 1}
        assert list(facet(session, FindingFilter(), "rule")) == ["V05", "V06"]
