"""Cells in one form."""

import datetime as dt

import pytest

from detect.classified.column.cell import all_plain, day_of, digits_of_float, plain


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        (" '440301 ", "440301"),
        ("13800138000.0", "13800138000"),
        ("１２", "12"),
        ("3.50", "3.50"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_added_is_taken_off(cell: str, form: str) -> None:
    assert plain(cell) == form


def test_many_cells_are_made_plain_as_each_is() -> None:
    cells = ["'1", "2.0", " 三\u200b ", "a\nb", "", "'x.0"]
    assert all_plain(cells) == [plain(cell) for cell in cells]
    assert all_plain(cells[:3]) == [plain(cell) for cell in cells[:3]]
    assert all_plain([]) == []


def test_a_number_that_became_a_fraction_tells_its_digits() -> None:
    assert digits_of_float("4.40301E+17") == 18
    assert digits_of_float("1.38E+10") == 11
    assert digits_of_float("440301") is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1990-03-07", dt.date(1990, 3, 7)), ("19900307", dt.date(1990, 3, 7)),
        ("1990年3月", dt.date(1990, 3, 1)),
        ("07/03/1990", dt.date(1990, 3, 7)), ("03/27/1990", dt.date(1990, 3, 27)),
        ("1990-03-07T08:00:00Z", dt.date(1990, 3, 7)),
        ("1990-02-30", None), ("2026", None), ("32939", None), ("440301", None),
    ],
)  # fmt: skip
def test_a_day_is_read_in_its_usual_forms(cell: str, day: dt.date | None) -> None:
    assert day_of(cell) == day


def test_a_serial_number_is_a_day_where_the_heading_says_so() -> None:
    assert day_of("32939", serial=True) == dt.date(1990, 3, 7)
