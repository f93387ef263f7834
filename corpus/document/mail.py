"""Mails: RFC 5322 with MIME, mbox (RFC 4155), and Outlook messages (MS-OXMSG)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from corpus.document.archive import Member
from corpus.document.compound import Tree, write_compound

_DAY = "Mon, 02 Mar 2026 09:30:00 +0800"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail. `html` is the same or more as markup; attachments go by their names."""

    subject: str
    text: str
    sender: str = "office@bureau.example.org"
    to: str = "service@dept.example.com.cn"
    html: str = ""
    attachments: tuple[Member, ...] = ()


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = letter.sender, letter.to
    message["Subject"], message["Date"] = letter.subject, _DAY
    message["Message-ID"] = "<20260302.1@bureau.example.org>"
    message.set_content(letter.text, charset="utf-8", cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        message.add_attachment(
            one.data, maintype="application", subtype="octet-stream", filename=one.name
        )
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_part_{number}_corpus")
    return message


def write_eml(letter: Letter) -> bytes:
    """Write a mail as it goes over the wire."""
    return _message(letter).as_bytes()


def write_mbox(letters: Sequence[Letter]) -> bytes:
    """Write a mailbox: mails behind lines that begin with `From `."""
    mails = (write_eml(letter).replace(b"\r\n", b"\n") for letter in letters)
    return b"".join(b"From corpus Mon Mar  2 09:30:00 2026\n" + mail + b"\n" for mail in mails)


_UNICODE, _BINARY, _LONG = 0x001F, 0x0102, 0x0003


def _streams(texts: dict[int, str], binaries: dict[int, bytes]) -> dict[str, bytes]:
    made = {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()}
    made |= {f"__substg1.0_{tag:04X}0102": data for tag, data in binaries.items()}
    return made


def _properties(head: bytes, streams: dict[str, bytes], longs: dict[int, int]) -> bytes:
    rows = []
    for name, data in streams.items():
        tag, kind = int(name[12:16], 16), int(name[16:], 16)
        size = len(data) + (2 if kind == _UNICODE else 0)
        rows.append(struct.pack("<HHIII", kind, tag, 6, size, 0))
    rows += [struct.pack("<HHIII", _LONG, tag, 6, value, 0) for tag, value in longs.items()]
    return head + b"".join(rows)


def _attachment(member: Member) -> Tree:
    end = "." + member.name.rsplit(".", 1)[-1]
    streams = _streams(
        {0x3707: member.name, 0x3704: member.name, 0x3703: end}, {0x3701: member.data}
    )
    table = _properties(bytes(8), streams, {0x3705: 1})
    return {**streams, "__properties_version1.0": table}


def write_msg(letter: Letter) -> bytes:
    """Write an Outlook message with its attachments by value."""
    texts = {0x001A: "IPM.Note", 0x0037: letter.subject, 0x1000: letter.text}
    texts |= {0x0C1A: letter.sender, 0x0C1F: letter.sender, 0x0E04: letter.to}
    streams = _streams(texts, {0x1013: letter.html.encode()} if letter.html else {})
    count = len(letter.attachments)
    head = bytes(8) + struct.pack("<IIII", 1, count, 1, count) + bytes(8)
    receiver = _streams({0x3001: letter.to, 0x3003: letter.to}, {})
    names = {f"__substg1.0_000{n}0102": b"" for n in (2, 3, 4)}
    tree: dict[str, bytes | Tree] = {
        **streams,
        "__properties_version1.0": _properties(head, streams, {0x3FDE: 65001}),
        "__nameid_version1.0": names,
        "__recip_version1.0_#00000000": {
            **receiver,
            "__properties_version1.0": _properties(bytes(8), receiver, {0x0C15: 1}),
        },
    }
    for number, member in enumerate(letter.attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = _attachment(member)
    return write_compound(tree)
