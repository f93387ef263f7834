"""The columns of the tables of one resource."""

import datetime as dt
from collections.abc import Sequence

from detect.classified.column.judging import Columns, is_masked
from situation.content.piece import Grid
from situation.content.place import Place

_TODAY = dt.date(2026, 11, 27)
_NAMES = ["王秀英", "李明", "周文涛", "吴桂芝", "赵铁柱", "陈雅琪"]


def _judged(*grids: Grid) -> Columns:
    columns = Columns(_TODAY)
    for grid in grids:
        columns.take(grid, [{} for _ in grid.columns])
    return columns


def _grid(header: Sequence[str], *columns: list[str], rows: int | None = None) -> Grid:
    return Grid(name="t", header=header, columns=columns, total_rows=rows)


def _kinds(columns: Columns) -> list[tuple[str, str]]:
    return [(one.column, one.kind) for one in columns.verdicts() if one.kind]


def test_grids_of_one_table_are_judged_together() -> None:
    header = ["姓名", "性别"]
    columns = _judged(*[_grid(header, _NAMES, ["女", "男"] * 3)] * 3)
    assert _kinds(columns) == [("姓名", "name"), ("性别", "sex")]
    assert {one.rows for one in columns.verdicts()} == {18}
    assert columns.kinds_together() == (frozenset({"name", "sex"}),)


def test_tables_of_two_sheets_are_kept_apart() -> None:
    one = Grid(name="t", header=["姓名"], columns=[_NAMES], place=Place(sheet="一"))
    two = Grid(name="t", header=["性别"], columns=[["男", "女"]], place=Place(sheet="二"))
    assert _judged(one, two).kinds_together() == (frozenset({"name"}), frozenset({"sex"}))


def test_headings_below_a_title_are_found_and_columns_keep_their_letters() -> None:
    columns = _judged(_grid(["", ""], ["姓名", *_NAMES], ["性别", *["男", "女"] * 3]))
    assert _kinds(columns) == [("A", "name"), ("B", "sex")]


def test_children_are_seen_by_their_numbers() -> None:
    ids = ["440304202501010039", "440301199003070019", "440305200002290125"]
    columns = Columns(_TODAY)
    columns.take(_grid(["身份证号"], ids), [{"resident_id": 3}])
    assert _kinds(columns) == [("身份证号", "resident_id"), ("身份证号", "minor")]


def test_children_are_seen_by_their_days_of_birth_and_ages() -> None:
    born = [f"201{year}-03-01" for year in range(4, 9)]
    assert ("出生日期", "minor") in _kinds(_judged(_grid(["出生日期"], born)))
    assert ("年龄", "minor") in _kinds(
        _judged(_grid(["姓名", "年龄"], _NAMES, ["8", "9", "12"] * 2))
    )
    adults = [f"19{year}-03-01" for year in range(60, 90)]
    assert ("出生日期", "minor") not in _kinds(
        _judged(_grid(["出生日期"], [*adults, "2020-01-01"]))
    )
    assert ("年龄", "minor") not in _kinds(_judged(_grid(["年龄"], ["40", "51", "36", "13", "62"])))


def test_a_track_is_said_of_the_column_of_places() -> None:
    places = [f"114.0{at:02}123,22.5{at:02}123" for at in range(12)]
    columns = _judged(_grid(["手机号", "坐标"], ["13800138000"] * 12, places))
    assert ("坐标", "track") in _kinds(columns)


def test_people_of_a_sampled_table_are_reckoned_over_all_its_rows() -> None:
    columns = _judged(_grid(["姓名"], _NAMES, rows=6000))
    assert columns.sampled_persons() == 6000
    assert _judged(_grid(["姓名"], _NAMES)).sampled_persons() == 0
    assert _judged(_grid(["状态"], ["正常"] * 6, rows=6000)).sampled_persons() == 0


def test_masked_columns_do_not_stand_together_with_others() -> None:
    columns = _judged(_grid(["姓名", "性别"], ["王*", "李**"] * 3, ["男", "女"] * 3))
    assert columns.kinds_together() == (frozenset({"sex"}),)
    assert [one.kind for one in columns.verdicts() if is_masked(one)] == ["name"]
    assert columns.smallest_group() == 3


def test_a_first_row_taken_for_headings_is_not_shown() -> None:
    columns = _judged(_grid(["王秀英", "13800138000"], _NAMES, ["13900139000"] * 6))
    assert [one.column for one in columns.verdicts()] == ["A", "B"]


def test_a_table_without_rows_is_judged_by_its_headings() -> None:
    columns = _judged(_grid(["姓名", "身份证号"], [], []))
    assert _kinds(columns) == [("姓名", "name"), ("身份证号", "resident_id")]


def test_tables_whose_header_is_longer_or_shorter_than_their_rows_are_judged() -> None:
    assert _kinds(_judged(Grid(name="t", header=["姓名", "手机号"], columns=[]))) == [
        ("姓名", "name"),
        ("手机号", "mobile"),
    ]
    assert _kinds(_judged(_grid(["姓名", "性别", "民族"], _NAMES))) == [("姓名", "name")]
    assert _kinds(_judged(_grid(["姓名"], _NAMES, ["男", "女"] * 3))) == [
        ("姓名", "name"),
        ("B", "sex"),
    ]
    assert _kinds(_judged(Grid(name="t", header=[], columns=[]))) == []
