"""Markdown: its tables are grids, the rest is text."""

from situation.content.piece import Block
from tests.sensors.content.pieced import grids, pieces_of

TEXT = (
    "# 名单\n\n| 姓名 | 电话 |\n|:---|---:|\n| 甲某 | 0755 |\n| 乙某 | a\\|b |\n\n后文 | 不是表\n"
)


def test_a_table_is_a_grid_at_its_lines() -> None:
    (grid,) = grids(pieces_of(TEXT.encode(), "a.md"))
    assert list(grid.header) == ["姓名", "电话"]
    assert [list(column) for column in grid.columns] == [["甲某", "乙某"], ["0755", "a|b"]]
    assert grid.first_row == 5


def test_what_is_around_a_table_is_text() -> None:
    blocks = [piece for piece in pieces_of(TEXT.encode(), "a.md") if isinstance(piece, Block)]
    assert [block.place.line for block in blocks] == [1, 7]
    assert "不是表" in blocks[1].data.decode()
