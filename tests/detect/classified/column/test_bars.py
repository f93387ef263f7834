"""Columns and grades over the labelled corpus, through the scanner."""

from corpus.column.graded import Graded, tables
from corpus.column.labelled import Column, columns
from corpus.column.wild import wild
from detect.classified.column.verdict import judge
from detect.classified.column.view import Column as Judgeable
from situation.content.verdict import Verdict
from tests.detect.classified.column.judged import column, table


def _is_right(each: Column) -> bool:
    return column(each.header, each.cells).kind == each.kind


def test_ninety_nine_of_a_hundred_columns_are_judged_right() -> None:
    labelled = list(columns())
    assert len(labelled) == 500
    assert sum(map(_is_right, labelled)) >= 0.99 * len(labelled)


def test_headings_as_they_grew_are_judged_right() -> None:
    grown = [each for seed in ("1", "2", "3") for each in wild(seed)]
    assert sum(map(_is_right, grown)) >= 0.97 * len(grown)


def test_nine_of_ten_headings_are_judged_right_without_cells() -> None:
    named = [each for each in columns() if each.named]
    right = [each for each in named if _by_heading(each) == each.kind]
    assert len(right) >= 0.95 * len(named)


def _by_heading(each: Column) -> str:
    return next((one.kind for one in judge(Judgeable(header=each.header, cells=()))), "")


def _verdict(each: Graded) -> Verdict:
    return table(each.header, each.columns, each.total_rows)


def test_grades_agree_with_those_of_the_expert_and_none_is_lower() -> None:
    graded = [(each, _verdict(each)) for each in tables()]
    assert len(graded) == 200
    exact = [
        1
        for each, said in graded
        if (said.grade, said.needs_confirm) == (each.grade, each.needs_confirm)
    ]
    assert len(exact) >= 0.95 * len(graded)
    assert not [each.name for each, said in graded if said.grade < each.grade >= 3]
