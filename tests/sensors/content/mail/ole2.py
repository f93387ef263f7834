"""A writer of OLE2 files ([MS-CFB]) with small streams, to give readers of them something to read.

All streams lie in whole sectors of 4096 octets and more, so that no small sectors are needed.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

Tree = Mapping[str, "bytes | Tree"]

_SECTOR = 512
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_LEAST = 4096
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class Entry(NamedTuple):
    """One entry of the directory."""

    name: str
    kind: int
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0


class _Writer:
    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.entries: list[Entry] = []

    def put(self, data: bytes) -> int:
        count = -(-len(data) // _SECTOR)
        first = len(self.sectors)
        for number in range(count):
            self.sectors.append(data[number * _SECTOR :][:_SECTOR].ljust(_SECTOR, b"\0"))
            self.fat.append(first + number + 1 if number + 1 < count else _END)
        return first

    def add(self, name: str, content: "bytes | Tree") -> int:
        at = len(self.entries)
        kind = _STREAM if isinstance(content, bytes) else _STORAGE
        self.entries.append(Entry(name, kind))
        if isinstance(content, bytes):
            padded = content.ljust(_LEAST, b"\0")
            self.entries[at] = Entry(name, kind, start=self.put(padded), size=len(padded))
        else:
            self.children(at, content)
        return at

    def children(self, at: int, tree: "Tree") -> None:
        """Chain the children to the right; the library does not ask that the tree is balanced."""
        before = None
        for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            child = self.add(name, content)
            if before is None:
                self.entries[at] = self.entries[at]._replace(child=child)
            else:
                self.entries[before] = self.entries[before]._replace(right=child)
            before = child


def compound(tree: Tree) -> bytes:
    """Return a file with the streams and storages of `tree`; streams are padded with NUL."""
    writer = _Writer()
    writer.entries.append(Entry("Root Entry", _ROOT, start=_END))
    writer.children(0, tree)
    directory = b"".join(_entry(entry) for entry in writer.entries)
    at = writer.put(directory)
    tables = 1
    while (len(writer.fat) + tables) * 4 > tables * _SECTOR:
        tables += 1
    first = len(writer.sectors)
    fat = [*writer.fat, *[_FAT] * tables]
    packed = struct.pack(f"<{len(fat)}I", *fat).ljust(tables * _SECTOR, b"\xff")
    listed = [*range(first, first + tables), *[_FREE] * (109 - tables)]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        tables,
        at,
        0,
        _LEAST,
        _END,
        0,
        _END,
        0,
        *listed,
    )
    return head + b"".join(writer.sectors) + packed


def _entry(entry: Entry) -> bytes:
    name, kind, left, right, child, start, size = entry
    raw = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", raw, len(raw), kind, 1, left, right, child, 0, start, size
    )
