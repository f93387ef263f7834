"""What the binary formats share: the summary stream (MS-OLEPS) and embedded files (MS-OLEDS)."""

import struct
from collections.abc import Mapping, Sequence

from corpus.document.compound import Tree
from corpus.document.draft import Attachment

_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
"""FMTID_SummaryInformation as it lies in a file."""
_CODES = {"title": 2, "subject": 3, "creator": 4, "keywords": 5, "description": 6}


def _value(text: str) -> bytes:
    data = text.encode("gbk", "ignore") + b"\0"
    return struct.pack("<II", 30, len(data)) + data + bytes(-len(data) % 4)


def summary(properties: Mapping[str, str]) -> bytes:
    """Write the summary stream: strings in code page 936."""
    values = {1: struct.pack("<II", 2, 936)}
    values |= {_CODES[key]: _value(text) for key, text in properties.items() if key in _CODES}
    at = 8 + 8 * len(values)
    table, body = b"", b""
    for code, data in values.items():
        table += struct.pack("<II", code, at + len(body))
        body += data
    section = struct.pack("<II", at + len(body), len(values)) + table + body
    head = struct.pack("<HHI", 0xFFFE, 0, 0x00020006) + bytes(16) + struct.pack("<I", 1)
    return head + _SUMMARY + struct.pack("<I", 48) + section


def native(name: str, data: bytes) -> bytes:
    """Write a native stream: an embedded file with its name."""
    label = name.encode("gbk", "ignore") + b"\0"
    temporary = b"C:\\" + label
    body = struct.pack("<H", 2) + label + temporary + struct.pack("<HHI", 0, 3, len(temporary))
    body += temporary + struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


def pool(attachments: Sequence[Attachment]) -> Tree:
    """Write an object pool: a storage for each embedded file."""
    return {
        f"_{1_500_000_000 + number}": {"\x01Ole10Native": native(name, data)}
        for number, (name, data) in enumerate(attachments)
    }
