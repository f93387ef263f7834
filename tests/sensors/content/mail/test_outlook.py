"""Mails of Outlook: properties, bodies, attachments, mails within mails."""

import struct

import pytest

from sensors.content.mail.packed_rtf import unpacked_rtf
from sensors.content.reader import Broken
from situation.content.piece import Passage
from tests.sensors.content.mail.ole2 import Tree, compound
from tests.sensors.content.pieced import grids, pieces_of, texts


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def stream(tag: str) -> str:
    return f"__substg1.0_{tag}"


def msg(extra: Tree) -> bytes:
    return compound({"__properties_version1.0": b"", stream("0037001F"): wide("主题"), **extra})


def test_subject_sender_receivers_and_body_are_read() -> None:
    data = msg(
        {
            stream("0C1A001F"): wide("甲某"),
            stream("0E04001F"): wide("乙某"),
            stream("1000001F"): wide("正文一\r\n正文二"),
            "__recip_version1.0_#00000000": {stream("39FE001F"): wide("b@example.cn")},
        }
    )
    pieces = pieces_of(data, "a.msg")
    assert texts(pieces, "subject") == ["主题", "From: 甲某", "To: 乙某", "To: b@example.cn"]
    assert texts(pieces, "body") == ["正文一", "正文二"]


def test_attachments_are_read_by_their_content() -> None:
    attached = {
        stream("3707001F"): wide("名单.csv"),
        stream("37010102"): ("姓名,电话\n" + "甲某,1\n" * 600).encode(),
    }
    (grid,) = grids(pieces_of(msg({"__attach_version1.0_#00000000": attached}), "a.msg"))
    assert list(grid.header) == ["姓名", "电话"]
    assert grid.place.member == "名单.csv"


def test_a_mail_within_a_mail_is_read_as_a_member() -> None:
    inner: Tree = {stream("0037001F"): wide("原邮件"), stream("1000001F"): wide("原文")}
    attached: Tree = {stream("3001001F"): wide("x"), stream("3701000D"): inner}
    pieces = pieces_of(msg({"__attach_version1.0_#00000000": attached}), "a.msg")
    found = {p.text: p.place.member for p in pieces if isinstance(p, Passage)}
    assert found["原邮件"] == "__attach_version1.0_#00000000"
    assert found["原文"] == "__attach_version1.0_#00000000"


def test_a_body_in_the_old_code_page_is_read() -> None:
    data = msg({stream("1000001E"): "旧正文".encode("gb18030")})
    assert texts(pieces_of(data, "a.msg"), "body") == ["旧正文"]


def test_packed_rtf_is_unpacked() -> None:
    """The example of [MS-OXRTFCP] 4.1.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132"
        "3542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert (
        unpacked_rtf(packed, lambda _: None) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )


def test_packed_rtf_of_another_kind_is_broken() -> None:
    with pytest.raises(Broken):
        unpacked_rtf(struct.pack("<IIII", 0, 0, 1, 0), lambda _: None)
