"""Grades after GB/T 43697-2024."""

import pytest

from detect.classified.grading import REASONS, Evidence, Graded, best_identifier, grade
from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.content.verdict import ColumnVerdict, Hit, Reason


def _column(kind: str, *, masked: bool = False, table: str = "t") -> ColumnVerdict:
    return ColumnVerdict(
        table=table,
        column=kind or "x",
        kind=kind,
        confidence=0.9,
        share=1.0,
        rows=100,
        filled=100,
        by="both",
        grade=KINDS[kind].grade if kind else DataGrade.NONE,
        reasons=(Reason(code="masked"),) if masked else (),
    )


def _hit(kind: str, *, confidence: float = 0.9, masked: bool = False) -> Hit:
    return Hit(kind=kind, count=3, distinct=3, confidence=confidence, mask="*", masked=masked)


def _table(*kinds: str, persons: int = 100, declared: Declared | None = None) -> Graded:
    columns = tuple(map(_column, kinds))
    together = (frozenset(kind for kind in kinds if kind),)
    return grade(Evidence(columns=columns, together=together, persons=persons, declared=declared))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("company uscc", 1), ("landline", 1), ("name", 2), ("mobile", 2), ("email", 2),
        ("plate", 2),
        ("name sex", 2), ("company uscc name", 2), ("name mobile", 3), ("name plate", 3),
        ("mobile email", 3),
        ("name address", 3), ("resident_id", 3), ("passport", 3), ("bank_card", 3), ("gps", 3),
        ("name income", 3),
        ("resident_id name", 4), ("resident_id mobile", 4), ("resident_id address", 4),
        ("name bank_card", 4),
        ("resident_id bank_card", 4), ("medical", 4), ("biometric", 4), ("password", 4),
        ("track", 4), ("minor", 4),
        ("criminal", 4), ("company uscc address", 1), ("company address name", 3),
    ],
)  # fmt: skip
def test_kinds_of_one_row_make_the_grade(kinds: str, expected: int) -> None:
    assert _table(*kinds.split()).grade == expected


def test_a_grade_never_rises_above_general_4_by_what_stands_together() -> None:
    assert _table("resident_id", "name", "mobile", "address", "bank_card").grade == 4


def test_two_tables_are_not_one_row() -> None:
    columns = (_column("name", table="a"), _column("mobile", table="b"))
    together = (frozenset({"name"}), frozenset({"mobile"}))
    assert grade(Evidence(columns=columns, together=together)).grade == 2


def test_text_is_graded_by_its_finds_and_what_stood_in_one_line() -> None:
    hits = (_hit("resident_id"), _hit("name"))
    assert grade(Evidence(hits=hits)).grade == 3
    assert grade(Evidence(hits=hits, together=(frozenset({"resident_id", "name"}),))).grade == 4


def test_the_address_of_a_company_is_public_and_that_of_a_person_is_not() -> None:
    assert grade(Evidence(hits=(_hit("company"), _hit("address")))).grade == 1
    assert grade(Evidence(hits=(_hit("address"),))).grade == 2
    assert grade(Evidence(hits=(_hit("company"), _hit("address"), _hit("name")))).grade == 2


def test_weak_and_masked_finds_do_not_count() -> None:
    assert grade(Evidence(hits=(_hit("passport", confidence=0.3),))).grade == 0
    assert grade(Evidence(hits=(_hit("mobile", masked=True),))).grade == 0


def test_a_table_that_holds_nothing_is_general_1_and_no_table_is_nothing() -> None:
    assert _table("", "").grade == 1
    assert grade(Evidence()).grade == 0


def test_the_city_s_own_kinds_bring_their_grades() -> None:
    own = {"own:permit": DataGrade.GENERAL_3}
    assert grade(Evidence(hits=(_hit("own:permit"),), own=own)).grade == 3


@pytest.mark.parametrize(
    ("persons", "kinds", "expected", "confirm"),
    [
        (99_999, "resident_id", 3, False),
        (100_000, "resident_id", 3, True),
        (100_000, "name", 2, False),
        (999_999, "name mobile", 3, True),
        (1_000_000, "mobile", 5, True),
        (10_000_000, "mobile", 5, False),
    ],
)
def test_volume_makes_a_candidate_and_then_important(
    persons: int, kinds: str, expected: int, *, confirm: bool
) -> None:
    graded = _table(*kinds.split(), persons=persons)
    assert (graded.grade, graded.needs_confirm) == (expected, confirm)


def _declared(level: DataGrade, *, registered: bool, population: int | None = None) -> Declared:
    return Declared(dataset="d", grade=level, registered=registered, population=population)


def test_the_catalogue_of_important_data_wins() -> None:
    graded = _table("name", declared=_declared(DataGrade.CORE, registered=True))
    assert (graded.grade, graded.needs_confirm) == (6, False)
    assert graded.reasons[0].code == "registered"


def test_a_department_s_own_word_makes_nothing_important_and_lowers_nothing() -> None:
    assert _table("name", declared=_declared(DataGrade.CORE, registered=False)).grade == 2
    low = _declared(DataGrade.GENERAL_1, registered=False)
    assert _table("resident_id", "name", declared=low).grade == 4
    assert _table("mobile", persons=2_000_000, declared=low).grade == 5


def test_an_approved_catalogue_may_say_that_a_million_people_are_general_data() -> None:
    approved = _declared(DataGrade.GENERAL_3, registered=True)
    graded = _table("name", "mobile", persons=2_000_000, declared=approved)
    assert (graded.grade, graded.needs_confirm) == (3, False)
    assert _table("name", persons=10_000_000, declared=approved).grade == 5


def test_half_of_a_district_is_a_candidate() -> None:
    district = _declared(DataGrade.GENERAL_2, registered=False, population=1000)
    assert _table("name", persons=500, declared=district).needs_confirm
    assert not _table("name", persons=499, declared=district).needs_confirm


def _masked(group: int | None) -> Graded:
    columns = (_column("mobile", masked=True), _column("name", masked=True))
    return grade(Evidence(columns=columns, smallest_group=group))


def test_masked_data_falls_by_one_where_nobody_stands_alone() -> None:
    assert _masked(5).grade == 1
    assert _masked(4).grade == 2
    assert _masked(None).grade == 2
    assert {reason.code for one in _masked(5).columns for reason in one.reasons} >= {"derived"}


def test_each_column_says_its_grade_and_why_and_every_reason_has_words() -> None:
    graded = _table("resident_id", "name", persons=200_000)
    assert [one.grade for one in graded.columns] == [3, 2]
    codes = {reason.code for reason in graded.reasons}
    codes |= {reason.code for one in graded.columns for reason in one.reasons}
    assert codes >= {"base", "combination", "candidate_volume"}
    assert codes <= set(REASONS)
    assert all(zh and en for zh, en in REASONS.values())


def test_the_best_identifier_counts_people() -> None:
    assert best_identifier({"name", "mobile", "resident_id"}) == "resident_id"
    assert best_identifier({"name", "sex"}) == "name"
    assert best_identifier({"sex", "uscc"}) == ""
