import pytest

from corpus.document.draft import Draft
from corpus.document.legacy.doc import write_doc
from situation.content.place import Role
from tests.sensors.content.legacy.sample import sample, streams_of, with_streams
from tests.sensors.content.pieced import damaged, grids, pieces_of, reasons, texts

MARK = "机密★10年"
REST = ["改过的段落", "锚段", "尾注处", "尾段"]
HEAD = ("WordDocument",)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            "body",
            [MARK, "正文第二段，其后有脚注以及批注。", "改过的段落", "锚段", "尾注处", "尾段"],
        ),
        ("revision", ["改过被删的话的段落"]),
        ("footnote", ["\t脚注文字", "\t尾注文字"]),
        ("header", ["页眉 秘密★5年"]),
        ("footer", ["页脚文字"]),
        ("comment", ["批注文字"]),
        ("text_box", ["文本框文字"]),
        ("property", ["title: 文档标题", "author: 作者甲", "密级: 内部"]),
    ],
)
def test_every_story_of_a_document_is_read(role: Role, expected: list[str]) -> None:
    assert texts(pieces_of(sample("text.doc")), role) == expected


def test_a_table_of_data_is_a_grid_with_its_empty_cells() -> None:
    (grid,) = grids(pieces_of(sample("text.doc")))
    assert grid.header == ["姓名", "证件号码", "电话"]
    assert [list(column) for column in grid.columns] == [
        ["甲某", "乙某"],
        ["11010519491231002X", ""],
        ["13800138000", "13800138001"],
    ]


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK, "Plain text in one octet a character"),
        header="页眉字",
        footnotes=("脚注字",),
        comments=("批注字",),
        text_boxes=("框中字",),
        properties={"keywords": "关键字"},
        attachments=(("附件.txt", "附件字".encode()),),
    )
    pieces = pieces_of(write_doc(draft))
    assert {"题名", MARK, "Plain text in one octet a character"} <= set(texts(pieces, "body"))
    assert "页眉字" in texts(pieces, "header")
    assert texts(pieces, "footnote") == ["脚注字"]
    assert texts(pieces, "comment") == ["批注字"]
    assert texts(pieces, "text_box") == ["框中字"]
    assert "keywords: 关键字" in texts(pieces, "property")
    assert "附件.txt" in texts(pieces, "name")


@pytest.mark.parametrize("name", ["公文.doc", "公文.wps", "公文.docx", "公文"])
def test_a_document_is_known_by_its_content_and_not_by_its_name(name: str) -> None:
    assert MARK in texts(pieces_of(sample("text.doc"), name), "body")


def test_a_document_that_asks_for_a_password_is_encrypted() -> None:
    head = bytearray(streams_of(sample("text.doc"))[HEAD])
    head[0x0B] |= 0x01
    assert reasons(pieces_of(with_streams(sample("text.doc"), {HEAD: bytes(head)}))) == [
        "encrypted"
    ]


def test_a_document_from_before_word_97_has_no_reader() -> None:
    old = (0xA5DC).to_bytes(2, "little") + bytes(600)
    assert reasons(pieces_of(with_streams(sample("text.doc"), {HEAD: old}))) == ["no_reader"]


def test_a_document_that_was_cut_gives_what_is_whole_and_says_so() -> None:
    head = streams_of(sample("text.doc"))[HEAD]
    start = head.index("机密".encode("utf-16-le"))
    cut = with_streams(sample("text.doc"), {HEAD: head[: start + 40]})
    pieces = pieces_of(cut)
    assert MARK in texts(pieces, "body")
    assert reasons(pieces) == ["truncated"]


def test_damage_never_raises() -> None:
    for hurt in damaged(sample("text.doc"), 300):
        assert pieces_of(hurt)


def test_damage_within_the_streams_never_raises() -> None:
    for stream in (HEAD, ("1Table",)):
        for hurt in damaged(streams_of(sample("text.doc"))[stream], 150):
            assert pieces_of(with_streams(sample("text.doc"), {stream: hurt}))
