import struct

import pytest

from corpus.document.draft import Draft
from corpus.document.legacy.ppt import write_ppt
from situation.content.place import Role
from tests.sensors.content.legacy.sample import sample, streams_of, with_streams
from tests.sensors.content.pieced import damaged, passage, pieces_of, reasons, texts

STREAM, USER = ("PowerPoint Document",), ("Current User",)
MARK = "机密★10年"


@pytest.mark.parametrize(
    ("role", "expected", "page"),
    [
        ("body", [MARK, "第一页正文"], 1),
        ("hidden", ["隐藏页文字"], 2),
        ("note", ["备注 秘密★5年"], 1),
        ("comment", ["演示批注"], 1),
    ],
)
def test_slides_notes_and_comments_are_read_with_their_slide(
    role: Role, expected: list[str], page: int
) -> None:
    pieces = pieces_of(sample("slides.ppt"))
    assert texts(pieces, role) == expected
    assert {passage(pieces, text).place.page for text in expected} == {page}


def test_a_master_is_a_template() -> None:
    assert "Second Outline Level" in texts(pieces_of(sample("slides.ppt")), "template")


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK, "Plain text in one octet a character"),
        header="页眉字",
        text_boxes=("框中字",),
        comments=("批注字",),
        notes=("备注字",),
        properties={"keywords": "关键字"},
    )
    pieces = pieces_of(write_ppt(draft), "演示.dps")
    assert {"题名", MARK, "框中字"} <= set(texts(pieces, "body"))
    assert "Plain text in one octet a character" in texts(pieces, "body")
    assert texts(pieces, "header") == ["页眉字"]
    assert texts(pieces, "comment") == ["批注字"]
    assert texts(pieces, "note") == ["备注字"]
    assert texts(pieces, "property") == ["keywords: 关键字"]


def test_a_slide_that_a_later_save_replaced_is_a_revision() -> None:
    held = "旧稿字".encode("utf-16-le")
    atom = struct.pack("<HHI", 0, 4000, len(held)) + held
    old = struct.pack("<HHI", 0xF, 1006, len(atom)) + atom
    stream = streams_of(sample("slides.ppt"))[STREAM] + old
    pieces = pieces_of(with_streams(sample("slides.ppt"), {STREAM: stream}))
    assert texts(pieces, "revision") == ["旧稿字"]
    assert texts(pieces, "body") == [MARK, "第一页正文"]


def test_a_presentation_that_asks_for_a_password_is_encrypted() -> None:
    user = bytearray(streams_of(sample("slides.ppt"))[USER])
    user[12:16] = (0xF3D1C4DF).to_bytes(4, "little")
    assert reasons(pieces_of(with_streams(sample("slides.ppt"), {USER: bytes(user)}))) == [
        "encrypted"
    ]


def test_a_presentation_that_was_cut_gives_what_is_whole_and_says_so() -> None:
    stream = streams_of(sample("slides.ppt"))[STREAM]
    cut = stream[: stream.index("第一页正文".encode("utf-16-le")) + 40]
    pieces = pieces_of(with_streams(sample("slides.ppt"), {STREAM: cut}))
    assert MARK in texts(pieces)
    assert reasons(pieces) == ["truncated"]


def test_damage_never_raises() -> None:
    for hurt in damaged(sample("slides.ppt"), 300):
        assert pieces_of(hurt)


def test_damage_within_the_stream_never_raises() -> None:
    for hurt in damaged(streams_of(sample("slides.ppt"))[STREAM], 300):
        assert pieces_of(with_streams(sample("slides.ppt"), {STREAM: hurt}))
