"""Compound files (MS-CFB 3.0): the container of doc, xls, ppt and msg."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ENTRIES = SECTOR // 4

Tree = Mapping[str, "bytes | Tree"]
"""Streams and storages by name."""


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    left: int = FREE
    right: int = FREE
    child: int = FREE
    start: int = END
    size: int = 0


def _order(entry: _Entry) -> tuple[int, str]:
    return len(entry.name.encode("utf-16-le")), entry.name.upper()


class _Directory:
    """Entries of the directory; siblings hang together as balanced trees."""

    def __init__(self, tree: Tree) -> None:
        self.entries = [_Entry("Root Entry", 5)]
        self._add(0, tree)

    def _add(self, parent: int, tree: Tree) -> None:
        numbers = []
        for name, content in tree.items():
            number = len(self.entries)
            numbers.append(number)
            if isinstance(content, bytes):
                self.entries.append(_Entry(name, 2, content, size=len(content)))
            else:
                self.entries.append(_Entry(name, 1))
                self._add(number, content)
        numbers.sort(key=lambda number: _order(self.entries[number]))
        self.entries[parent].child = self._balanced(numbers)

    def _balanced(self, numbers: Sequence[int]) -> int:
        if not numbers:
            return FREE
        middle = len(numbers) // 2
        entry = self.entries[numbers[middle]]
        entry.left = self._balanced(numbers[:middle])
        entry.right = self._balanced(numbers[middle + 1 :])
        return numbers[middle]

    def written(self) -> bytes:
        """Return the directory's octets."""
        return b"".join(_written(entry) for entry in self.entries)


def _written(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    start = 0 if entry.kind == 1 else entry.start
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBB", len(name), entry.kind, 1)
        + struct.pack("<III", entry.left, entry.right, entry.child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, entry.size)
    )


class _Table:
    """Sectors of one size and the chains that run through them."""

    def __init__(self, sector: int) -> None:
        self.sector = sector
        self.data = bytearray()
        self.chain: list[int] = []

    def put(self, content: bytes) -> int:
        """Append a stream and return its first sector."""
        if not content:
            return END
        first = len(self.chain)
        count = -(-len(content) // self.sector)
        self.data += content.ljust(count * self.sector, b"\0")
        self.chain += [*range(first + 1, first + count), END]
        return first


def _longs(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def write_compound(tree: Tree) -> bytes:
    """Write a compound file of version 3 with 512-octet sectors.

    Holds at most 109 sectors of allocation table (about 7 MB), which is enough for samples.
    """
    directory = _Directory(tree)
    small, large = _Table(MINI), _Table(SECTOR)
    for entry in directory.entries:
        if entry.kind == 2:
            entry.start = (small if entry.size < CUTOFF else large).put(entry.data)
    root = directory.entries[0]
    root.start, root.size = large.put(bytes(small.data)), len(small.data)
    mini_start = large.put(_longs(small.chain)) if small.chain else END
    mini_count = -(-len(small.chain) // _ENTRIES)
    _pad_mini(large, mini_start, len(small.chain))
    directory_start = large.put(directory.written())
    return _assembled(large, directory_start, mini_start, mini_count)


def _pad_mini(large: _Table, start: int, used: int) -> None:
    """Fill the rest of the mini table's last sector with free entries."""
    if start != END:
        rest = -used % _ENTRIES
        large.data[len(large.data) - rest * 4 :] = _longs([FREE] * rest) if rest else b""


def _assembled(large: _Table, directory: int, mini: int, mini_count: int) -> bytes:
    used = len(large.chain)
    fats = 1
    while fats * _ENTRIES < used + fats:
        fats += 1
    chain = large.chain + [FAT_SECTOR] * fats
    chain += [FREE] * (fats * _ENTRIES - len(chain))
    places = [*range(used, used + fats)] + [FREE] * (109 - fats)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<IIIII", 0, fats, directory, 0, CUTOFF)
        + struct.pack("<IIII", mini, mini_count, END, 0)
        + _longs(places)
    )
    return head + bytes(large.data) + _longs(chain)
