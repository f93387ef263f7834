"""Files and objects that lie in a compound file: each storage is a document of its own.

A storage is wrapped into a compound file again, so that it is read by the way of any other file.
Objects that only wrap a file are unwrapped. Source: MS-OLEDS, 2.3.6.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.decoding import decoded
from sensors.content.legacy.compound import Compound, Path
from sensors.content.legacy.octets import little
from sensors.content.legacy.wrapping import wrapped
from sensors.content.reader import NoReader, Reading
from situation.content.piece import Piece

_NATIVE = "\x01ole10native"
_WHOLE = frozenset({"package", "contents", "embeddedodf"})
"""Streams that are a file as they are, in lower case."""
_DOCUMENTS = frozenset({"worddocument", "workbook", "book", "powerpoint document"})
_NO_DOCUMENTS = frozenset({"msodatastore", "macros", "_vba_project_cur", "vba"})
"""Storages of programs and of data that is bound to fields, which hold no objects."""
_LONGEST_NAME = 1024
_LABEL_AT, _NUMBERS = 6, 8
"""Where the label begins; octets of numbers before the temporary path."""


def stored_files(compound: Compound, reading: Reading) -> Iterator[Piece]:
    """Yield what stands in the objects of a document."""
    told: list[Path] = []
    for path in sorted(compound.paths, key=len):
        storage = path[:-1]
        is_told = any(storage[: len(other)] == other for other in told)
        if not storage or is_told or storage[0].lower() in _NO_DOCUMENTS:
            continue
        if path[-1].lower() in _DOCUMENTS:
            told.append(storage)
            yield from _object(compound, storage, reading)
        elif path[-1].lower() in _WHOLE | {_NATIVE}:
            yield from _stream(compound, path, reading)


def read_package(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield what stands in a compound file that is no document: it may wrap files."""
    compound = Compound(stream)
    found = [path for path in compound.paths if path[-1].lower() in _WHOLE | {_NATIVE}]
    if not found:
        raise NoReader("a compound file of an unknown kind")
    for path in found:
        yield from _stream(compound, path, reading)


def _object(compound: Compound, storage: Path, reading: Reading) -> Iterator[Piece]:
    depth = len(storage)
    streams = [(path[depth:], compound.read(path)) for path in compound.below(storage)]
    place = replace(reading.place, role="body")
    yield from reading.inner(wrapped(streams), "/".join(storage), place)


def _stream(compound: Compound, path: Path, reading: Reading) -> Iterator[Piece]:
    data, name = compound.read(path), "/".join(path[:-1]) or path[-1].lower()
    if path[-1].lower() == _NATIVE:
        name, data = native_file(data, name)
    if data:
        yield from reading.inner(data, name, replace(reading.place, role="body"))


def native_file(data: bytes, name: str) -> tuple[str, bytes]:
    """Return name and octets of the file that an Ole10Native stream wraps.

    Behind length and kind stand label, path and temporary path, each ended by zero, then the
    length of the file. A stream without these is a file by itself.
    """
    try:
        label, at = _ended(data, _LABEL_AT)
        _, at = _ended(data, at)
        _, at = _ended(data, at + _NUMBERS)
    except ValueError:
        return name, data[4:]
    size = little(data, at, 4)
    if not 0 < size <= len(data) - at - 4:
        return name, data[4:]
    return decoded(label) or name, data[at + 4 : at + 4 + size]


def _ended(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.index(b"\0", at, at + _LONGEST_NAME)
    return data[at:end], end + 1
