"""The octets of a segment: a header, then records that each prove themselves.

A record is a head of fixed size, its metadata as JSON (dataset, name, places) and its rows as an
Arrow IPC stream. The checksum (CRC-32 as in zlib) covers all but the magic and itself. The magic
holds octets that never stand in UTF-8, so no line of a log can play one after damage.
"""

import io
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from sensors.record import Priority
from situation.faults import Malformed

VERSION = 1
RECORD_MAGIC = b"\xffCW\xfe"
ALL_PLACES = 1
"""Flag of the record that a segment begins with: its places are all there are."""

_SEGMENT_MAGIC = b"\xffCWSPOOL"
_SEGMENT = struct.Struct("<8sHHQQ")
_CHECK = struct.Struct("<I")
_HEAD = struct.Struct("<4sIIIQQIBB2x")
HEAD_OCTETS = _HEAD.size
OPENING_OCTETS = 4096
"""Octets that are more than any header has."""
_NAME_OCTETS = 2048


@dataclass(frozen=True, slots=True)
class Opening:
    """What a segment's header tells; `octets` is the header's own length."""

    sensor: str
    epoch: int
    sequence: int
    octets: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it lies in a segment.

    `sequence` numbers its first row, counted from the first row that the spool ever took.
    `milliseconds` is when it was put, since 1970. `payload` is empty where there are no rows.
    """

    sequence: int
    rows: int
    milliseconds: int
    priority: Priority
    dataset: str = ""
    name: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    flags: int = 0

    @property
    def following(self) -> int:
        """The sequence of the row after its last."""
        return self.sequence + self.rows


def written_opening(sensor: str, epoch: int, sequence: int) -> bytes:
    """Return the header of a segment whose first row has `sequence`."""
    name = sensor.encode()[:_NAME_OCTETS]
    fixed = _SEGMENT.pack(_SEGMENT_MAGIC, VERSION, len(name), epoch, sequence)
    return fixed + name + _CHECK.pack(zlib.crc32(fixed + name))


def read_opening(octets: bytes) -> Opening | None:
    """Return what a segment that begins with `octets` says of itself; None where damaged.

    Raises `Malformed` where a later release wrote it.
    """
    if len(octets) < _SEGMENT.size:
        return None
    magic, version, length, epoch, sequence = _SEGMENT.unpack_from(octets)
    end = _SEGMENT.size + length
    checked = octets[:end]
    if magic != _SEGMENT_MAGIC or len(octets) < end + _CHECK.size:
        return None
    if _CHECK.unpack_from(octets, end)[0] != zlib.crc32(checked):
        return None
    if version != VERSION:
        raise Malformed(f"format {version} of the spool is not known to this release")
    name = checked[_SEGMENT.size :].decode(errors="replace")
    return Opening(name, epoch, sequence, end + _CHECK.size)


def written_entry(entry: Entry) -> bytes:
    """Return the octets of a record."""
    told = {"d": entry.dataset, "n": entry.name, "p": dict(entry.places)}
    metadata = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
    body = metadata + entry.payload
    head = _HEAD.pack(
        RECORD_MAGIC,
        0,
        len(body),
        len(metadata),
        entry.sequence,
        entry.milliseconds,
        entry.rows,
        entry.priority,
        entry.flags,
    )
    check = _CHECK.pack(_checksum(head, body))
    return b"".join((RECORD_MAGIC, check, head[8:], body))


def entry_octets(head: bytes) -> int | None:
    """Return how long the record is that begins with `head`; None where none begins."""
    if len(head) < HEAD_OCTETS or not head.startswith(RECORD_MAGIC):
        return None
    return HEAD_OCTETS + int(_HEAD.unpack_from(head)[2])


def read_entry(octets: bytes) -> Entry | None:
    """Return the record of exactly these `octets`; None where they are damaged."""
    if entry_octets(octets[:HEAD_OCTETS]) != len(octets):
        return None
    _, check, _, length, *figures, priority, flags = _HEAD.unpack_from(octets)
    body = memoryview(octets)[HEAD_OCTETS:]
    if check != _checksum(octets, body):
        return None
    told = json.loads(bytes(body[:length]).decode(errors="surrogatepass"))
    sequence, milliseconds, rows = figures
    return Entry(
        sequence=sequence,
        rows=rows,
        milliseconds=milliseconds,
        priority=Priority(priority),
        dataset=told["d"],
        name=told["n"],
        places=told["p"],
        payload=bytes(body[length:]),
        flags=flags,
    )


def written_rows(frame: pl.DataFrame) -> bytes:
    """Return the rows as a payload, columns packed by LZ4."""
    if frame.is_empty():
        return b""
    into = io.BytesIO()
    frame.write_ipc_stream(into, compression="lz4")
    return into.getvalue()


def read_rows(payload: bytes) -> pl.DataFrame:
    """Return the rows of a payload."""
    return pl.read_ipc_stream(payload) if payload else pl.DataFrame()


def _checksum(head: bytes, body: bytes | memoryview) -> int:
    return zlib.crc32(body, zlib.crc32(head[8:HEAD_OCTETS]))
