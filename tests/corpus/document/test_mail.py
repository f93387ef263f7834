"""Mails are read by the standard library, Outlook messages by their properties."""

import email
import io
import mailbox
import pathlib
from email.policy import default

import olefile

from corpus.document.archive import Member
from corpus.document.mail import Letter, write_eml, write_mbox, write_msg

LETTER = Letter(
    subject="关于报送名单的通知",
    text="正文文字",
    html="<p>网页文字</p>",
    attachments=(Member(name="名单.csv", data=b"a,b\r\n"),),
)


def test_a_mail_has_its_subject_texts_and_attachment() -> None:
    message = email.message_from_bytes(write_eml(LETTER), policy=default)
    assert message["subject"] == LETTER.subject
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/octet-stream"]
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "名单.csv"
    assert attached.get_content() == b"a,b\r\n"


def test_a_mail_is_the_same_each_time() -> None:
    assert write_eml(LETTER) == write_eml(LETTER)


def test_a_mailbox_holds_its_mails(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(write_mbox([LETTER, Letter(subject="二", text="第二封")]))
    box = mailbox.mbox(path)
    try:
        assert len(box) == 2
    finally:
        box.close()


def test_an_outlook_message_has_its_properties_as_streams() -> None:
    with olefile.OleFileIO(io.BytesIO(write_msg(LETTER))) as file:
        subject = file.openstream("__substg1.0_0037001F").read().decode("utf-16-le")
        name = file.openstream(["__attach_version1.0_#00000000", "__substg1.0_3707001F"]).read()
        data = file.openstream(["__attach_version1.0_#00000000", "__substg1.0_37010102"]).read()
    assert subject == LETTER.subject
    assert name.decode("utf-16-le") == "名单.csv"
    assert data == b"a,b\r\n"
