"""Compound files written anew, out of the streams of a storage (MS-CFB, version 3)."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from sensors.content.legacy.compound import Path

_SECTOR, _SMALL_SECTOR = 512, 64
_CUTOFF = 4096
"""Octets from which a stream lies in sectors of its own."""
_END, _FREE, _TABLE, _LIST = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
_NONE = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_BLACK = 1
_IN_HEAD = 109
"""Sectors of the table that the head lists."""
_PER_SECTOR = _SECTOR // 4
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_HEAD = struct.Struct("<8s16sHHHHH6s9I")
_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")

Tree = dict[str, "Tree | bytes"]


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END
    size: int = 0


@dataclass(slots=True)
class _Sectors:
    """Sectors of one size with the chains that they form."""

    octets: int
    data: bytearray = field(default_factory=bytearray)
    chains: list[int] = field(default_factory=list)

    def put(self, data: bytes) -> int:
        """Put a stream; return its first sector."""
        if not data:
            return _END
        first = len(self.chains)
        sectors = -(-len(data) // self.octets)
        self.data += data.ljust(sectors * self.octets, b"\0")
        self.chains += [*range(first + 1, first + sectors), _END]
        return first


def wrapped(streams: Sequence[tuple[Path, bytes]]) -> bytes:
    """Return a compound file of the streams, each with the storages that lead to it."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _branch(_tree(streams), entries)
    large, small = _Sectors(_SECTOR), _Sectors(_SMALL_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (large if entry.size >= _CUTOFF else small).put(entry.data)
    entries[0].size = len(small.data)
    entries[0].start = large.put(bytes(small.data))
    chained = struct.pack(f"<{len(small.chains)}I", *small.chains)
    small_table = large.put(_filled(chained))
    directory = large.put(_directory(entries))
    return _file(large, directory, small_table, len(chained))


def _tree(streams: Sequence[tuple[Path, bytes]]) -> Tree:
    root: Tree = {}
    for path, data in streams:
        at = root
        for name in path[:-1]:
            below = at.setdefault(name, {})
            at = below if isinstance(below, dict) else {}
        at[path[-1]] = data
    return root


def _branch(tree: Mapping[str, "Tree | bytes"], entries: list[_Entry]) -> int:
    """Add the entries of a storage as a balanced tree of siblings; return its top."""
    names = sorted(tree, key=lambda name: (len(name), name.upper()))
    return _siblings(tree, names, entries)


def _siblings(tree: Mapping[str, "Tree | bytes"], names: list[str], entries: list[_Entry]) -> int:
    if not names:
        return _NONE
    middle = len(names) // 2
    below = tree[names[middle]]
    entry = _Entry(names[middle], _STREAM if isinstance(below, bytes) else _STORAGE)
    at = len(entries)
    entries.append(entry)
    if isinstance(below, bytes):
        entry.data = below
    else:
        entry.child = _branch(below, entries)
    entry.left = _siblings(tree, names[:middle], entries)
    entry.right = _siblings(tree, names[middle + 1 :], entries)
    return at


def _directory(entries: Sequence[_Entry]) -> bytes:
    packed = b"".join(map(_packed, entries))
    empty = _packed(_Entry("", 0, start=0))
    missing = -len(packed) % _SECTOR // len(empty)
    return packed + empty * missing


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")[:62]
    return _ENTRY.pack(
        name,
        len(name) + 2 if name else 0,
        entry.kind,
        _BLACK,
        entry.left,
        entry.right,
        entry.child,
        b"",
        0,
        0,
        0,
        entry.start,
        entry.size,
    )


def _filled(table: bytes) -> bytes:
    """Fill the last sector of a table with what means that a sector is free."""
    return table + struct.pack("<I", _FREE) * (-len(table) % _SECTOR // 4)


def _file(large: _Sectors, directory: int, small_table: int, small_octets: int) -> bytes:
    used = len(large.chains)
    tables, lists = _table_sectors(used)
    chains = large.chains + [_TABLE] * tables + [_LIST] * lists
    places = list(range(used, used + tables))
    beyond = places[_IN_HEAD:]
    first_list = used + tables if lists else _END
    head = _HEAD.pack(
        *(_MAGIC, b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, tables, directory, 0, _CUTOFF),
        *(small_table, -(-small_octets // _SECTOR), first_list, lists),
    )
    listed = places[:_IN_HEAD] + [_FREE] * (_IN_HEAD - len(places[:_IN_HEAD]))
    return b"".join(
        (
            head,
            struct.pack(f"<{_IN_HEAD}I", *listed),
            bytes(large.data),
            _filled(struct.pack(f"<{len(chains)}I", *chains)),
            _lists(beyond, first_list),
        )
    )


def _table_sectors(used: int) -> tuple[int, int]:
    """Return how many sectors the table takes that lists all sectors, and the list of those."""
    for tables in count(1):
        lists = -(-max(tables - _IN_HEAD, 0) // (_PER_SECTOR - 1))
        if used + tables + lists <= tables * _PER_SECTOR:
            break
    return tables, lists


def _lists(beyond: list[int], first: int) -> bytes:
    """Pack the sectors that list what the head has no room for, each with the next at its end."""
    step = _PER_SECTOR - 1
    packed = b""
    for at in range(0, len(beyond), step):
        part = beyond[at : at + step]
        following = first + at // step + 1 if at + step < len(beyond) else _END
        filled = part + [_FREE] * (step - len(part))
        packed += struct.pack(f"<{_PER_SECTOR}I", *filled, following)
    return packed
