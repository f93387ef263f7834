"""Tables as text come as grids, whatever divides them and whatever is broken in them."""

import pytest

from situation.content.piece import Block, Grid
from tests.sensors.content.pieced import grids, pieces_of, reasons, texts

HEAD = ["姓名", "证件号码", "备注"]
ROWS = [["甲某", "A001", "无"], ["乙某", "A002", "有，详见"], ["丙某", "A003", ""]]


def table(divider: str) -> str:
    return "".join(divider.join(row) + "\n" for row in [HEAD, *ROWS])


def rows_of(grid: Grid) -> list[list[str]]:
    return [list(row) for row in zip(*grid.columns, strict=True)]


@pytest.mark.parametrize("divider", [",", "\t", ";", "|", "\x01"])
def test_the_divider_is_found_by_content(divider: str) -> None:
    (grid,) = grids(pieces_of(table(divider).encode(), "list.csv"))
    assert list(grid.header) == HEAD
    assert rows_of(grid) == ROWS
    assert grid.first_row == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_table_of_another_encoding_is_read(encoding: str) -> None:
    (grid,) = grids(pieces_of(table(",").encode(encoding), "list.csv"))
    assert list(grid.header) == HEAD


def test_titles_above_the_headings_are_texts() -> None:
    pieces = pieces_of(("2026年人员名单,,\n" + table(",")).encode(), "list.csv")
    assert texts(pieces) == ["2026年人员名单"]
    (grid,) = grids(pieces)
    assert list(grid.header) == HEAD
    assert grid.first_row == 3


def test_a_table_without_headings_has_empty_ones() -> None:
    (grid,) = grids(pieces_of(b"1,2026-01-02,3.5\n2,2026-01-03,4.5\n", "list.csv"))
    assert list(grid.header) == ["", "", ""]
    assert grid.first_row == 1


def test_cells_in_quotation_marks_hold_dividers_and_line_ends() -> None:
    (grid,) = grids(pieces_of(b'a,b\n"x,1","y\nz"\n"p ""q""",r\n', "list.csv"))
    assert rows_of(grid) == [["x,1", "y\nz"], ['p "q"', "r"]]


def test_a_stray_quotation_mark_does_not_swallow_the_rest() -> None:
    data = 'a,b\n"x,1\n' + "y,2\n" * 50_000
    found = grids(pieces_of(data.encode(), "list.csv"))
    assert sum(len(grid.columns[0]) for grid in found) == 50_001


def test_two_stray_marks_far_apart_do_not_make_one_cell_of_what_is_between() -> None:
    data = 'a,b\n"x,1\n' + "y,2\n" * 500 + '"z,3\n'
    (grid,) = grids(pieces_of(data.encode(), "list.csv"))
    assert len(grid.columns[0]) == 502


def test_rows_are_numbered_over_all_grids_of_a_long_table() -> None:
    data = "n,text\n" + "".join(f"{number},row {number}\n" for number in range(2, 50_002))
    found = grids(pieces_of(data.encode(), "list.csv"))
    assert len(found) > 5
    for grid in found:
        assert len(grid.columns[0]) <= 2000
        assert grid.columns[0][0] == str(grid.first_row)


def test_ragged_rows_are_filled_up() -> None:
    (grid,) = grids(pieces_of(b"a,b,c\n1\n2,3,4,5\n", "list.csv"))
    assert list(grid.header) == ["a", "b", "c", ""]
    assert rows_of(grid) == [["1", "", "", ""], ["2", "3", "4", "5"]]


def test_a_table_of_headings_alone_is_told() -> None:
    (grid,) = grids(pieces_of("姓名,电话\n".encode(), "list.csv"))
    assert list(grid.header) == ["姓名", "电话"]
    assert all(not column for column in grid.columns)


def test_a_cell_of_many_megabytes_is_read_without_being_a_cell() -> None:
    pieces = pieces_of(b"a,b\nx," + b"y" * 20_000_000 + b"\nz,1\n", "list.csv")
    assert sum(len(piece.data) for piece in pieces if isinstance(piece, Block)) < 20_000_100
    assert not reasons(pieces)


def test_a_text_whose_lines_are_all_divided_alike_is_a_table_without_such_a_name() -> None:
    data = "姓名\t电话\t单位\n" + "某人\t0755\t某局\n" * 6
    (grid,) = grids(pieces_of(data.encode(), "export.txt"))
    assert list(grid.header) == ["姓名", "电话", "单位"]


def test_prose_with_commas_is_no_table() -> None:
    text = "今天,天气很好\n我们,一起,出发\n没有逗号\n一,二\n三\n四,五,六\n"
    assert not grids(pieces_of(text.encode(), "prose.txt"))
