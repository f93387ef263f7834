"""The header section of a mail as ECS fields (RFC 5322, 2 and 3; encoded words: RFC 2047)."""

import email.header
import email.utils
import re

from sensors.protocol.text import cleaned, text_of

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
"""Blanks between encoded words are none of the text (RFC 2047, 6.2)."""
_ADDRESSES = {
    b"from": "email.from.address", b"to": "email.to.address", b"cc": "email.cc.address",
    b"sender": "email.sender.address", b"reply-to": "email.reply_to.address",
}  # fmt: skip
_TEXTS = {
    b"subject": "email.subject", b"x-mailer": "email.x_mailer", b"user-agent": "email.x_mailer",
    b"date": "email.date", b"x-originating-ip": "email.originating_ip",
}  # fmt: skip
_IDS = {b"message-id": "email.message_id", b"in-reply-to": "email.in_reply_to"}
_LINES = 200
_MOST_ADDRESSES = 100

Found = dict[str, object]


def _decoded(value: bytes) -> str:
    """Return a value with its encoded words decoded; one that cannot be stays as it is written."""
    text = text_of(value)
    if "=?" not in text:
        return text
    return cleaned(_WORD.sub(_word, _BETWEEN.sub(r"\1", text)))


def _word(found: re.Match[str]) -> str:
    """Return what an encoded word says, or itself where it cannot be decoded."""
    try:
        return str(email.header.make_header(email.header.decode_header(found[0])))
    except (LookupError, ValueError):
        # An unknown character set, or no base64.
        return found[0]


def _addresses(value: bytes) -> list[str]:
    found = email.utils.getaddresses([text_of(value)])
    return [address for _, address in found if "@" in address][:_MOST_ADDRESSES]


def header_fields(octets: bytes) -> Found:
    """Return what the header section in front of a mail says; the first of several fields holds."""
    section = octets.partition(b"\r\n\r\n")[0]
    found: Found = {}
    for line in _FOLD.sub(b"", section).splitlines()[:_LINES]:
        name, colon, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name in _ADDRESSES and (addresses := _addresses(value)):
            found.setdefault(_ADDRESSES[name], addresses)
        elif name in _TEXTS:
            found.setdefault(_TEXTS[name], _decoded(value))
        elif name == b"content-type":
            found.setdefault("email.content_type", text_of(value.partition(b";")[0].strip()))
        elif name in _IDS:
            found.setdefault(_IDS[name], text_of(value).strip("<>"))
    return found
