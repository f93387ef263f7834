"""Single files that were packed: gzip, bzip2, xz, zstd. What is in them goes on as a member."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from sensors.content.reader import Reading
from situation.content.piece import Piece

Opening = Callable[[BinaryIO], BinaryIO]

_SHORT_TAR = {"tgz": "tar", "tbz": "tar", "tbz2": "tar", "txz": "tar", "tzst": "tar"}
PACKED_FAULTS: tuple[type[Exception], ...] = (lzma.LZMAError,)
"""What the libraries raise on packed files that are broken, beyond those of every format."""


def _gzip(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))


def _bzip2(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, bz2.BZ2File(stream))


def _xz(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, lzma.LZMAFile(stream))


def _zstd(stream: BinaryIO) -> BinaryIO:
    import pyarrow as pa  # noqa: PLC0415 - starts a thread, before which a process confines itself

    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"))


def inner_name(name: str) -> str:
    """Return the name that the content had before: without the ending, `tgz` as `tar`."""
    stem, _, ending = name.rpartition(".")
    if ending.lower() in _SHORT_TAR:
        return f"{stem}.{_SHORT_TAR[ending.lower()]}"
    return stem or name


def _reader(opening: Opening) -> Callable[[BinaryIO, Reading], Iterator[Piece]]:
    def read(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
        with opening(stream) as unpacked:
            yield from reading.inner(unpacked, inner_name(reading.name), reading.place)

    return read


read_gzip = _reader(_gzip)
read_bzip2 = _reader(_bzip2)
read_xz = _reader(_xz)
read_zstd = _reader(_zstd)
