import pytest

from corpus.document.draft import Draft, Sheet
from corpus.document.legacy.xls import write_xls
from situation.content.place import Role
from tests.sensors.content.legacy.sample import sample, streams_of, with_streams
from tests.sensors.content.pieced import damaged, grids, passage, pieces_of, reasons, texts

STREAM = ("Workbook",)


def test_cells_come_by_sheet_with_hidden_rows_and_sheets_apart() -> None:
    found = grids(pieces_of(sample("table.xls")))
    assert [(grid.place.sheet, grid.place.role, grid.first_row) for grid in found] == [
        ("人员", "body", 3),
        ("人员", "hidden", 4),
        ("人员", "body", 5),
        ("藏表", "hidden", 2),
    ]
    assert [column[0] for column in found[0].columns] == [
        "甲某",
        "11010519491231002X",
        "13800138000",
    ]


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("header", "表头 秘密★5年"),
        ("footer", "表尾文字"),
        ("comment", "格中批注"),
        ("text_box", "表中框文字"),
        ("property", "title: 名册标题"),
        ("body", "居民名册"),
    ],
)
def test_what_stands_beside_the_cells_is_read(role: Role, text: str) -> None:
    assert text in texts(pieces_of(sample("table.xls")), role)


def test_what_stands_beside_the_cells_has_its_sheet() -> None:
    pieces = pieces_of(sample("table.xls"))
    assert {passage(pieces, text).place.sheet for text in ("格中批注", "表中框文字")} == {"人员"}


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        sheets=(
            Sheet(name="表甲", rows=(("姓名", "号码"), ("甲某", "1")), notes=((1, 0, "格注"),)),
            Sheet(name="表乙", rows=(("列", "项"), ("隐格", "2")), hidden=True),
        ),
        header="秘密★5年",
        text_boxes=("框中字",),
        properties={"keywords": "关键字"},
    )
    pieces = pieces_of(write_xls(draft), "表.et")
    assert texts(pieces, "header") == ["秘密★5年"]
    assert texts(pieces, "text_box") == ["框中字"]
    assert texts(pieces, "comment") == ["格注"]
    assert texts(pieces, "property") == ["keywords: 关键字"]
    assert [(grid.place.sheet, grid.place.role) for grid in grids(pieces)] == [
        ("表甲", "body"),
        ("表乙", "hidden"),
    ]


def test_a_workbook_that_asks_for_a_password_is_encrypted() -> None:
    stream = streams_of(sample("table.xls"))[STREAM]
    begin = 4 + int.from_bytes(stream[2:4], "little")
    locked = stream[:begin] + b"\x2f\x00\x02\x00\x00\x00" + stream[begin:]
    assert reasons(pieces_of(with_streams(sample("table.xls"), {STREAM: locked}))) == ["encrypted"]


def test_damage_never_raises() -> None:
    for hurt in damaged(sample("table.xls"), 300):
        assert pieces_of(hurt)


def test_damage_within_the_stream_never_raises() -> None:
    for hurt in damaged(streams_of(sample("table.xls"))[STREAM], 300):
        assert pieces_of(with_streams(sample("table.xls"), {STREAM: hurt}))
