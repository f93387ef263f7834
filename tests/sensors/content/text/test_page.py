"""HTML: blocks of text, tables, attributes, comments, scripts."""

from situation.content.piece import Block
from tests.sensors.content.pieced import grids, pieces_of, reasons, texts

PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>办事公开</title></head><body>
<p>第一<b>段</b>文字<br>换行</p><a href="mailto:office@example.cn">联系</a>
<table><tr><th>姓名</th><th>电话</th></tr><tr><td>甲某</td><td>0755</td></tr></table>
<img alt="示意图"><!-- 待删 --><script>var password = "示例";</script>
<input name="idcard" value="A001"></body></html>"""


def test_blocks_are_texts_and_what_is_set_within_a_line_is_joined() -> None:
    found = texts(pieces_of(PAGE.encode("gb18030"), "a.html"), "body")
    assert "办事公开" in found
    assert "第一段文字" in found
    assert "换行" in found


def test_tables_are_grids() -> None:
    (grid,) = grids(pieces_of(PAGE.encode(), "a.html"))
    assert list(grid.header) == ["姓名", "电话"]
    assert [list(column) for column in grid.columns] == [["甲某"], ["0755"]]


def test_attributes_comments_and_scripts_are_read() -> None:
    pieces = pieces_of(PAGE.encode(), "a.html")
    assert "href: mailto:office@example.cn" in texts(pieces)
    assert "idcard: A001" in texts(pieces)
    assert texts(pieces, "alt_text") == ["alt: 示意图"]
    assert texts(pieces, "comment") == ["待删"]
    assert 'var password = "示例";' in texts(pieces)


def test_a_table_that_lays_out_a_page_is_no_grid() -> None:
    data = "<html><table><tr><td><table><tr><td>内</td></tr></table></td></tr></table></html>"
    pieces = pieces_of(data.encode(), "a.html")
    assert not grids(pieces)
    assert texts(pieces) == ["内"]


def test_many_tables_are_no_depth() -> None:
    data = (
        "<html>" + "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>" * 400
    )
    pieces = pieces_of(data.encode(), "a.html")
    assert len(grids(pieces)) == 400
    assert not reasons(pieces)


def test_a_page_that_is_nested_too_deep_is_read_as_text_and_said() -> None:
    pieces = pieces_of(b"<html><body>" + b"<div>" * 5000 + b"inmost", "a.html")
    assert reasons(pieces) == ["too_deep"]
    assert any(isinstance(piece, Block) and b"inmost" in piece.data for piece in pieces)
