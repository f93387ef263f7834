"""Mails: head, bodies, attachments, mails within mails."""

from email.message import EmailMessage

from situation.content.piece import Block, Passage
from tests.sensors.content.pieced import grids, package, pieces_of, reasons, texts


def mail(subject: str = "关于人员名单") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "甲某 <a@example.cn>"
    message["To"] = "乙某 <b@example.cn>"
    message["Cc"] = "c@example.cn"
    message["Subject"] = subject
    message.set_content("正文第一行\n第二行\n")
    return message


def test_the_head_is_read_with_its_encoded_words() -> None:
    found = texts(pieces_of(mail().as_bytes(), "a.eml"), "subject")
    assert found == [
        "关于人员名单",
        "From: 甲某 <a@example.cn>",
        "To: 乙某 <b@example.cn>",
        "Cc: c@example.cn",
    ]


def test_bodies_as_text_and_as_html_are_read() -> None:
    message = mail()
    message.add_alternative("<p>网页<b>正文</b></p>", subtype="html")
    pieces = pieces_of(message.as_bytes(), "a.eml")
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert block.data.decode() == "正文第一行\n第二行\n"
    assert "网页正文" in texts(pieces)


def test_attachments_are_read_by_their_content_under_their_names() -> None:
    message = mail()
    inner = package({"名单.csv": "姓名,电话\n甲某,1\n"})
    message.add_attachment(inner, maintype="application", subtype="x", filename="附件 一.zip")
    (grid,) = grids(pieces_of(message.as_bytes(), "a.eml"))
    assert grid.place.member == "附件 一.zip!名单.csv"


def test_a_mail_within_a_mail_is_read() -> None:
    message = mail()
    message.add_attachment(mail("原邮件"))
    pieces = pieces_of(message.as_bytes(), "a.eml")
    assert "原邮件" in texts(pieces, "subject")


def test_a_body_in_gbk_that_says_gb2312_is_read() -> None:
    head = "From: a\nTo: b\nSubject: c\nContent-Type: text/plain; charset=gb2312\n\n"
    data = head.encode() + "堃\n".encode("gbk")
    (block,) = (piece for piece in pieces_of(data, "a.eml") if isinstance(piece, Block))
    assert block.data.decode() == "堃\n"


def test_a_head_of_raw_octets_is_read() -> None:
    data = "From: a\nTo: b\nSubject: 直接写的主题\n\nx\n".encode("gb18030")
    assert "直接写的主题" in texts(pieces_of(data, "a.eml"), "subject")


def test_a_mail_is_known_without_its_name() -> None:
    assert texts(pieces_of(mail().as_bytes(), "unknown"), "subject")


def test_encrypted_mails_are_said() -> None:
    head = "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    pgp = head + "Content-Type: text/plain\n\nx\n"
    assert not reasons(pieces_of(pgp.encode(), "a.eml"))
    data = head + 'Content-Type: application/pgp-encrypted; name="a"\n\nVersion: 1\n'
    assert reasons(pieces_of(data.encode(), "a.eml")) == ["encrypted"]
    assert reasons(pieces_of(b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "a.txt")) == ["encrypted"]


def test_many_parts_end_in_a_reason() -> None:
    head = b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    head += b"Content-Type: multipart/mixed; boundary=X\n\n"
    assert reasons(pieces_of(head + b"--X\n\nhi\n" * 3000 + b"--X--\n", "a.eml")) == ["too_many"]


def test_parts_within_parts_end_in_a_reason() -> None:
    data = b"x"
    for number in range(2000):
        data = b"Content-Type: multipart/mixed; boundary=X%d\n\n--X%d\n%s\n--X%d--\n" % (
            number,
            number,
            data,
            number,
        )
    head = b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    assert reasons(pieces_of(head + data, "a.eml")) == ["too_deep"]


def test_a_head_of_endless_encoded_words_is_read_as_it_stands() -> None:
    data = b"From: a\nTo: b\nSubject: " + b"=?utf-8?B?5rWL6K+V?= " * 50_000 + b"\n\nx\n"
    pieces = pieces_of(data, "a.eml")
    assert any(isinstance(piece, Passage) and piece.text.startswith("=?") for piece in pieces)
