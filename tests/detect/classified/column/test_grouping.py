"""Groups of rows that look alike."""

from detect.classified.column.grouping import Groups


def _smallest(header: list[str], columns: list[list[str]]) -> int | None:
    groups = Groups()
    groups.take(header, columns, [{} for _ in header])
    return groups.smallest()


def test_the_smallest_group_of_quasi_identifiers_counts() -> None:
    columns = [["王*"] * 12, ["男"] * 6 + ["女"] * 6, ["30-39"] * 10 + ["40-49"] * 2]
    assert _smallest(["姓名", "性别", "年龄段"], columns) == 2


def test_without_quasi_identifiers_all_rows_are_one_group() -> None:
    assert _smallest(["姓名", "金额"], [["王*"] * 12, ["1"] * 12]) == 12


def test_where_nothing_is_masked_no_group_is_counted() -> None:
    assert _smallest(["姓名", "性别"], [["王秀英"] * 12, ["女"] * 12]) is None
