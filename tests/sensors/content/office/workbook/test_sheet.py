import datetime as dt
import io
import pathlib

import pytest
import xlsxwriter

from corpus.document.draft import Draft, Sheet
from corpus.document.workbook import write_xlsx
from situation.content.piece import Grid
from tests.sensors.content.pieced import damaged, grids, package, passage, pieces_of, reasons, texts


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """A workbook with something beside the cells in every way."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held)
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, ["居民名册"])
    sheet.write_row(2, 0, ["姓名", "证件号码", "电话", "登记日期"])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row in range(3, 8):
        sheet.write_row(row, 0, [f"甲某{row}", "11010519491231002X", 13800138000 + row])
        sheet.write_datetime(row, 3, dt.datetime(2026, 1, 2), day)  # noqa: DTZ001 - cells have none
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_header("&L&14机密★10年&R第&P页")
    sheet.set_footer("&C表尾字")
    sheet.write_comment("A4", "批注字")
    sheet.insert_textbox("F2", "框中字", {"font": {"size": 16}})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=人员!$C$4:$C$8", "name": "图例字"})
    chart.set_title({"name": "图题字"})
    sheet.insert_chart("H5", chart, {"description": "图的说明"})
    other = book.add_worksheet("列藏")
    other.write_column(0, 0, ["项目", "甲", "乙", "丙"])
    other.set_column(1, 1, None, None, {"hidden": True})
    hidden = book.add_worksheet("藏")
    hidden.write("A1", "隐藏表字")
    hidden.hide()
    book.define_name("常量", '="名称字"')
    book.set_properties({"keywords": "关键字"})
    book.set_custom_property("密级", "内部")
    book.close()
    return held.getvalue()


def of_sheet(pieces: list[Grid], name: str) -> list[Grid]:
    return [grid for grid in pieces if grid.place.sheet == name]


def test_cells_come_under_the_headings_that_stand_below_a_title(workbook: bytes) -> None:
    pieces = pieces_of(workbook)
    assert passage(pieces, "居民名册").place.row == 1
    first = of_sheet(grids(pieces), "人员")[0]
    assert first.header == ["姓名", "证件号码", "电话", "登记日期"]
    assert [column[0] for column in first.columns] == [
        "甲某3",
        "11010519491231002X",
        "13800138003",
        "2026-01-02",
    ]
    assert first.first_row == 4


def test_hidden_rows_are_told_apart_with_their_own_numbers(workbook: bytes) -> None:
    found = of_sheet(grids(pieces_of(workbook)), "人员")
    assert [(grid.place.role, grid.first_row, len(grid.columns[0])) for grid in found] == [
        ("body", 4, 2),
        ("hidden", 6, 1),
        ("body", 7, 2),
    ]


def test_a_hidden_column_hides_the_rows_without_tearing_them_apart(workbook: bytes) -> None:
    (grid,) = of_sheet(grids(pieces_of(workbook)), "列藏")
    assert grid.place.role == "hidden"


def test_a_hidden_sheet_is_hidden(workbook: bytes) -> None:
    (grid,) = of_sheet(grids(pieces_of(workbook)), "藏")
    assert (grid.place.role, grid.header) == ("hidden", ["隐藏表字"])


def test_what_stands_beside_the_cells_is_read_with_its_sheet(workbook: bytes) -> None:
    pieces = pieces_of(workbook)
    assert texts(pieces, "header") == ["机密★10年", "第页"]
    assert texts(pieces, "footer") == ["表尾字"]
    assert texts(pieces, "comment") == ["批注字"]
    assert texts(pieces, "alt_text") == ["图的说明"]
    assert texts(pieces, "text_box") == ["图题字", "图例字", "框中字"]
    assert {passage(pieces, text).place.sheet for text in ("表尾字", "图题字", "框中字")} == {
        "人员"
    }
    assert passage(pieces, "框中字").points == 16.0
    comment = passage(pieces, "批注字").place
    assert (comment.row, comment.column) == (4, "A")


def test_names_and_properties_are_read(workbook: bytes) -> None:
    found = texts(pieces_of(workbook), "property")
    assert {'常量: "名称字"', "keywords: 关键字", "密级: 内部"} <= set(found)


def test_copies_behind_pivot_tables_and_links_are_hidden() -> None:
    parts = {
        "xl/pivotCache/pivotCacheRecords1.xml": "<pivotCacheRecords><r>"
        '<s v="旧数据"/></r></pivotCacheRecords>',
        "xl/externalLinks/externalLink1.xml": "<externalLink><cell><v>别处数据</v></cell>"
        "</externalLink>",
        "xl/connections.xml": '<connections><connection><dbPr connection="Server=x"/>'
        "</connection></connections>",
        "xl/threadedComments/t1.xml": '<ThreadedComments><threadedComment ref="B2">'
        "<text>长谈</text></threadedComment></ThreadedComments>",
    }
    pieces = pieces_of(package(parts))
    assert texts(pieces, "hidden") == ["别处数据", "旧数据"]
    assert texts(pieces, "property") == ["connection: Server=x"]
    assert texts(pieces, "comment") == ["长谈"]


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        sheets=(
            Sheet(name="表甲", rows=(("姓名", "号码"), ("甲某", "1")), notes=((1, 0, "格注"),)),
            Sheet(name="表乙", rows=(("列", "项"), ("隐格", "2")), hidden=True),
        ),
        header="秘密★5年",
        text_boxes=("框中字",),
        comments=("批注字",),
        hidden=("隐藏字",),
        alternatives=("替代字",),
    )
    pieces = pieces_of(write_xlsx(draft))
    assert texts(pieces, "header") == ["秘密★5年"]
    assert texts(pieces, "text_box") == ["框中字"]
    assert texts(pieces, "alt_text") == ["替代字"]
    assert set(texts(pieces, "comment")) == {"格注", "批注字"}
    assert of_sheet(grids(pieces), "表乙")[0].place.role == "hidden"


def test_cells_far_apart_are_named_and_fill_no_memory() -> None:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held)
    far = book.add_worksheet("远")
    far.write(0, 0, "近")
    far.write(1048575, 16383, "远")
    book.add_worksheet("近").write_column(0, 0, ["项目", "甲", "乙", "丙"])
    book.close()
    pieces = pieces_of(held.getvalue())
    assert reasons(pieces) == ["too_large"]
    assert [grid.place.sheet for grid in grids(pieces)] == ["近"]


def test_a_long_sheet_comes_in_grids_of_one_name_with_rows_that_go_on() -> None:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    sheet = book.add_worksheet("长表")
    sheet.write_row(0, 0, ["编号", "说明"])
    for row in range(1, 5001):
        sheet.write_row(row, 0, [f"编{row}", f"说明第{row}行"])
    book.close()
    found = grids(pieces_of(held.getvalue()))
    assert sum(len(grid.columns[0]) for grid in found) == 5000
    assert all(len(grid.columns[0]) <= 2000 for grid in found)
    assert {grid.columns[0][0] for grid in found} == {f"编{grid.first_row - 1}" for grid in found}


def test_damage_never_raises(workbook: bytes) -> None:
    for hurt in damaged(workbook, 300):
        assert pieces_of(hurt)


def test_a_workbook_without_its_sheet_says_so(tmp_path: pathlib.Path, workbook: bytes) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheetX.xml"))
    pieces = pieces_of(path.read_bytes())
    assert "broken" in reasons(pieces)
    assert of_sheet(grids(pieces), "藏")
