"""Columns and graded tables: sizes, kinds, whole rows."""

from collections import Counter

from corpus.column import graded, labelled, wild
from corpus.column.heading import HEADINGS, NOTHING


def test_there_are_five_hundred_columns_of_every_kind() -> None:
    made = list(labelled.columns())
    kinds = Counter(column.kind for column in made)
    assert len(made) == 500
    assert set(HEADINGS) <= set(kinds)
    assert kinds[""] == 200
    assert set(NOTHING) <= {column.why for column in made if not column.kind}


def test_columns_hold_values_and_most_have_a_telling_heading() -> None:
    made = list(labelled.columns())
    assert all(60 <= len(column.cells) <= 400 for column in made)
    assert sum(column.named for column in made) >= 450
    assert all(sum(map(bool, column.cells)) > 20 for column in made)


def test_what_cannot_be_checked_always_has_a_telling_heading() -> None:
    for column in labelled.columns():
        if column.kind and not column.named:
            assert column.kind in {"resident_id", "uscc", "bank_card", "residence_permit"}


def test_there_are_two_hundred_graded_tables_of_all_grades() -> None:
    made = list(graded.tables())
    grades = Counter(table.grade for table in made)
    assert len(made) == 200
    assert all(grades[grade] >= 30 for grade in (1, 2, 3, 4))


def test_a_table_is_even_and_its_heads_go_with_its_columns() -> None:
    for table in graded.tables(60):
        assert len(table.header) == len(table.columns) == len(table.kinds)
        assert len({len(column) for column in table.columns}) == 1
        assert table.total_rows >= len(table.columns[0])


def test_only_large_tables_of_a_high_grade_need_a_person() -> None:
    for table in graded.tables():
        assert table.needs_confirm == (table.total_rows >= 100_000)
        assert not table.needs_confirm or table.grade >= 3


def test_columns_and_tables_come_again_by_their_seed() -> None:
    assert list(labelled.columns(20, "4")) == list(labelled.columns(20, "4"))
    assert graded.table(3, "4") == graded.table(3, "4")
    assert graded.table(3, "4") != graded.table(3, "5")


def test_wild_headings_stand_over_what_they_say_or_over_nothing() -> None:
    made = list(wild.wild(rows=40))
    assert len(made) == len(wild.KNOWN) + len(wild.NONE)
    assert {column.header for column in made if not column.kind} == {head for _, head in wild.NONE}
    assert all(len(column.cells) == 40 for column in made)
