"""A box of mails is read mail by mail."""

import mailbox
import pathlib

from situation.content.piece import Block
from tests.sensors.content.mail.test_message import mail
from tests.sensors.content.pieced import pieces_of, reasons, texts


def box(folder: pathlib.Path, count: int) -> bytes:
    path = folder / "box"
    written = mailbox.mbox(path)
    for number in range(count):
        written.add(mail(f"第{number}封"))
    written.close()
    return path.read_bytes()


def test_each_mail_is_a_member(tmp_path: pathlib.Path) -> None:
    pieces = pieces_of(box(tmp_path, 3), "inbox")
    assert [text for text in texts(pieces, "subject") if text.startswith("第")] == [
        "第0封",
        "第1封",
        "第2封",
    ]
    members = [piece.place.member for piece in pieces if isinstance(piece, Block)]
    assert members == ["1.eml", "2.eml", "3.eml"]


def test_a_line_that_begins_like_a_divider_is_text_again() -> None:
    data = b"From a@b Mon Jan  1 00:00:00 2026\nFrom: a\nTo: b\nSubject: c\n\n>From here\n"
    (block,) = (piece for piece in pieces_of(data, "inbox") if isinstance(piece, Block))
    assert block.data == b"From here\n"


def test_mails_are_none_of_the_members_whose_number_is_limited() -> None:
    one = b"From a@b Mon Jan  1 00:00:00 2026\nFrom: a\nTo: b\nSubject: c\n\nx\n\n"
    assert not reasons(pieces_of(one * 10_050, "inbox"))
