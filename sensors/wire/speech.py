"""What a worker says to the sensor, over a pipe: a short head in JSON, and a frame in Arrow IPC."""

import io
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from sensors.meter.counters import Counters

_LENGTHS = struct.Struct("!II")
_PIECE_OCTETS = 2**20

Kind = Literal["compiles", "ready", "batch", "counts", "level", "fault", "end"]
"""It compiles first; it captures; rows; the totals so far; what is shed has changed; why it ends;
all was said."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a worker said; `frame` where it is a batch."""

    kind: Kind
    values: Mapping[str, object] = field(default_factory=dict)
    frame: pl.DataFrame | None = None


def counts_of(told: Told) -> Counters:
    """Return the totals that were told."""
    return Counters(**told.values)  # type: ignore[arg-type] # plain values of `Counters`, by name


def packed(told: Told) -> list[bytes]:
    """Return the octets of one thing that is said, in pieces that follow each other."""
    head = json.dumps({"kind": told.kind, "values": told.values}).encode()
    body = b""
    if told.frame is not None:
        buffer = io.BytesIO()
        told.frame.write_ipc_stream(buffer)
        body = buffer.getvalue()
    return [_LENGTHS.pack(len(head), len(body)) + head, body]


def say(descriptor: int, pieces: list[bytes]) -> None:
    """Write all of it; raise `BrokenPipeError` where nobody listens."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest[:_PIECE_OCTETS]) :]


def heard(descriptor: int) -> Told | None:
    """Wait for what is said next; None at the end, also where it comes in the middle."""
    lengths = _exactly(descriptor, _LENGTHS.size)
    if lengths is None:
        return None
    head_octets, body_octets = _LENGTHS.unpack(lengths)
    head, body = _exactly(descriptor, head_octets), _exactly(descriptor, body_octets)
    if head is None or body is None:
        return None
    values = json.loads(head)
    frame = pl.read_ipc_stream(io.BytesIO(body)) if body else None
    return Told(values["kind"], values["values"], frame)


def _exactly(descriptor: int, count: int) -> bytes | None:
    pieces, left = list[bytes](), count
    while left:
        piece = os.read(descriptor, min(left, _PIECE_OCTETS))
        if not piece:
            return None
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
