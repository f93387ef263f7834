"""What a column is called."""

import pytest

from detect.classified.column.title import letter, title


def test_letters_go_on_behind_z() -> None:
    assert [letter(index) for index in (0, 25, 26, 27, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AB",
        "ZZ",
        "AAA",
    ]


@pytest.mark.parametrize(
    "heading", ["姓名", "联系人电话", "Phone No.", "2026年金额", "身份证号（18位）"]
)
def test_a_heading_is_the_title(heading: str) -> None:
    assert title(heading, 2) == heading


@pytest.mark.parametrize(
    "heading",
    [
        "",
        " ",
        "王秀英",
        "440301199003070019",
        "138 0013 8000",
        "a@b.example",
        "深圳市南山区某某路5号",
        "1990-03-07",
        "x" * 60,
    ],
)
def test_what_may_be_a_value_is_not_shown(heading: str) -> None:
    assert title(heading, 2) == "C"
