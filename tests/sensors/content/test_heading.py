"""The row of headings is found under titles, and not where there is none."""

import pytest

from sensors.content.heading import heading_at

HEAD = ["姓名", "证件号码", "电话"]
ROW = ["甲某", "A001", "0755-1"]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([HEAD, ROW], 0),
        ([["2026年人员名单", "", ""], HEAD, ROW], 1),
        ([["", "", ""], ["填表单位", "", ""], HEAD, ROW], 2),
        ([HEAD], 0),
        ([["1", "2026-01-01", "3.5"], ["2", "2026-01-02", "4.5"]], None),
        ([["甲某", "男", "干部"], ["乙某", "男", "干部"], ["丙某", "女", "干部"]], None),
        ([["机密★10年"], ["正文"]], None),
        ([["姓名"], ["甲某"], ["乙某"]], 0),
        ([], None),
        ([["", ""]], None),
    ],
)
def test_headings_are_found(rows: list[list[str]], at: int | None) -> None:
    assert heading_at(rows) == at
