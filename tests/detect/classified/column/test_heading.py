"""Headings that stand below a title."""

from detect.classified.column.heading import headings

_ROW = ["王秀英", "女", "440301199003070019"]


def test_the_row_below_a_title_is_taken() -> None:
    assert headings(["人员名册", "", ""], [["姓名", "性别", "身份证号"], _ROW]) == (
        ["姓名", "性别", "身份证号"],
        1,
    )


def test_a_lower_line_leaves_the_heading_above_where_it_says_nothing() -> None:
    found, taken = headings(["基本信息", "", "备注"], [["姓名", "性别", ""], _ROW])
    assert (found, taken) == (["姓名", "性别", "备注"], 1)


def test_headings_that_are_known_stay() -> None:
    header = ["姓名", "性别", "身份证号"]
    assert headings(header, [_ROW, _ROW]) == (header, 0)


def test_rows_of_values_are_no_headings() -> None:
    assert headings(["", "", ""], [_ROW, _ROW]) == (["", "", ""], 0)
