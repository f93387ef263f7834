"""Mails (RFC 5322, MIME): head, bodies as text and as HTML, attachments by the same way again."""

import email
import email.errors
import email.header
import io
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from typing import BinaryIO

from sensors.content.decoding import blocks, decoded
from sensors.content.limits import MIB
from sensors.content.reader import OverLimit, Reading
from sensors.content.text.plain import as_block
from situation.content.piece import Passage, Piece, Unreadable

MAIL_FAULTS: tuple[type[Exception], ...] = (
    email.errors.MessageError,
    TypeError,
    AttributeError,
    AssertionError,
)
"""What `email` raises on mails that are broken."""

_HEADS = (
    "subject",
    "from",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "sender",
    "date",
    "comments",
    "keywords",
)
_WHOLE_OCTETS = 256 * MIB
"""Octets of a mail that is taken apart, which is done in memory."""
_PARTS = 1000
_HEAD_CHARACTERS = 16 * 1024
"""Characters of a value of the head whose encoded words are decoded; no program writes more."""
_ENCRYPTED = frozenset({"application/pgp-encrypted", "multipart/encrypted"})


def read_mail(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the head as subject, each body as its format, and the attachments."""
    if reading.size > _WHOLE_OCTETS:
        raise OverLimit("too_large", f"a mail of {reading.size // MIB} MiB", reading.place)
    yield from read_message(_unfolded(stream.read(reading.size)), reading)


def _unfolded(octets: bytes) -> bytes:
    return octets.lstrip(b"\r\n \xef\xbb\xbf")


def read_message(octets: bytes, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of one mail."""
    message = email.message_from_bytes(octets)
    yield from _heads(message, reading)
    for number, part in enumerate(_parts(message), start=1):
        yield from _part(part, number, reading)


def _heads(message: Message, reading: Reading) -> Iterator[Piece]:
    place = replace(reading.place, role="subject")
    for name in _HEADS:
        for key, value in message.raw_items():
            text = head_text(str(value)) if key.lower() == name else ""
            if text:
                shown = text if name == "subject" else f"{name.title()}: {text}"
                yield Passage(text=shown, place=place)


def head_text(value: str) -> str:
    """Return a value of the head with its encoded words (RFC 2047) as text.

    Raw octets, which old programs write, are taken for what they look like.
    """
    if len(value) > _HEAD_CHARACTERS:
        return _raw(value)
    try:
        pairs = email.header.decode_header(value.replace("\n", "").replace("\r", ""))
    except (email.errors.MessageError, ValueError):
        return _raw(value)
    return "".join(_word(word, charset) for word, charset in pairs).strip()


def _word(word: str | bytes, charset: str | None) -> str:
    if isinstance(word, str):
        return _raw(word)
    try:
        return word.decode(_known(charset))
    except (UnicodeDecodeError, LookupError):
        return decoded(word)


def _raw(value: str) -> str:
    return decoded(value.encode("utf-8", errors="surrogateescape"))


def _known(charset: str | None) -> str:
    """Return the wider set that holds the one that is named: GB2312 mails are GB18030."""
    name = (charset or "ascii").lower()
    return "gb18030" if name in {"gb2312", "gbk", "gb_2312-80", "cp936"} else name


def _parts(message: Message) -> Iterator[Message]:
    """Yield what is not a mere bracket of parts; a mail within the mail is one part."""
    waiting, told = [message], 0
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting += [inner for inner in part.get_payload() if isinstance(inner, Message)][::-1]
            continue
        told += 1
        if told > _PARTS:
            raise OverLimit("too_many", f"more than {_PARTS} parts")
        yield part


def _part(part: Message, number: int, reading: Reading) -> Iterator[Piece]:
    media, name = part.get_content_type(), file_name(part)
    if media in _ENCRYPTED:
        yield Unreadable(reason="encrypted", detail=media, place=reading.place)
    elif media == "message/rfc822":
        yield from _enclosed(part, name or f"{number}.eml", reading)
    else:
        octets = _octets(part)
        if not octets:
            return
        if name or not media.startswith("text/"):
            yield from reading.inner(octets, name or f"part-{number}", reading.place)
        elif media == "text/html":
            yield from reading.inner(_as_utf8(part, octets), "body.html", reading.place)
        else:
            yield from _body(_as_utf8(part, octets), reading)


def _body(octets: bytes, reading: Reading) -> Iterator[Piece]:
    reading.spend(len(octets))
    for block in blocks(io.BytesIO(octets), len(octets), "utf-8"):
        yield as_block(block, reading.place)


def _enclosed(part: Message, name: str, reading: Reading) -> Iterator[Piece]:
    for message in part.get_payload():
        if isinstance(message, Message):
            yield from reading.inner(message.as_bytes(), name, reading.place)


def file_name(part: Message) -> str:
    """Return the name of an attachment; empty where it has none."""
    name = part.get_filename("")
    return head_text(name).replace("\\", "/").rpartition("/")[2] if name else ""


def _octets(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _as_utf8(part: Message, octets: bytes) -> bytes:
    charset = part.get_param("charset", "")
    if not isinstance(charset, str) or not charset:
        return octets
    return _word(octets, charset).encode("utf-8", errors="replace")
