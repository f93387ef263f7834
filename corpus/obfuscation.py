"""Six ways in which a value is written so that a plain search does not find it."""

import base64
from collections.abc import Callable

from corpus.document.archive import Member, write_zip
from corpus.document.draft import Draft
from corpus.document.office import write_docx

_FULL_WIDTH = {**{code: code + 0xFEE0 for code in range(0x21, 0x7F)}}
_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff"


def full_width(text: str) -> str:
    """Write ASCII signs in their full width (U+FF01 to U+FF5E)."""
    return text.translate(_FULL_WIDTH)


def spaced(text: str) -> str:
    """Group a run of digits as people do: 6-8-4 of 18, 3-4-4 of 11, else fours."""
    sizes = {18: (6, 8, 4), 11: (3, 4, 4)}.get(len(text), (4,) * (len(text) // 4 + 1))
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return " ".join(part for part in parts if part)


def zero_width(text: str) -> str:
    """Put signs without width between the characters, each kind in turn."""
    signs = (_HIDDEN[at % len(_HIDDEN)] + sign for at, sign in enumerate(text))
    return "".join(signs)[1:]


def base64_text(text: str) -> bytes:
    """Write a text as base64 (RFC 4648) in lines of 76 signs, as mails carry it."""
    return base64.encodebytes(text.encode())


def split_runs(text: str) -> bytes:
    """Write a document whose every character is a run of its own."""
    marked = Draft(paragraphs=(f"{text}★",))
    return write_docx(marked)


def nested_zip(name: str, data: bytes, depth: int = 3) -> bytes:
    """Pack a file into archives inside archives."""
    for level in range(depth):
        data = write_zip([Member(name=name, data=data)])
        name = f"inner{level}.zip"
    return data


TEXTS: dict[str, Callable[[str], str]] = {
    "full_width": full_width,
    "spaced": spaced,
    "zero_width": zero_width,
}
"""The ways that leave a text a text."""
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16-le-bom", "utf-16-be-bom")
"""Encodings of plain files."""


def encoded(text: str, encoding: str) -> bytes:
    """Encode a text by one of `ENCODINGS`."""
    if encoding == "utf-16-le-bom":
        return b"\xff\xfe" + text.encode("utf-16-le")
    if encoding == "utf-16-be-bom":
        return b"\xfe\xff" + text.encode("utf-16-be")
    return text.encode(encoding)
