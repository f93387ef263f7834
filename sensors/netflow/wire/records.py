"""Records of one template, many sets together, as arrays of their fields."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import Rows
from sensors.frame.column import Buffer, Flags, Integers
from sensors.frame.text import Words
from sensors.netflow.wire.element import REVERSE_ENTERPRISE, Element
from sensors.netflow.wire.template import VARIABLE, Template

LIMIT = 1 << 62
"""What a number is cut to; no traffic counts as far, and two of them can still be added."""

_LONG_FORM = 255
_SHORT_OCTETS, _LONG_OCTETS = 1, 3
_INTEGER_OCTETS = 8


class Chunk(NamedTuple):
    """The body of a data set.

    `message` is the position of its message among the origins, `place` that of the set in it.
    """

    body: bytes
    message: int
    place: int


class Pieces(NamedTuple):
    """Octets of varying length, one piece a record: where each begins and how long it is."""

    buffer: Buffer
    begins: Integers
    lengths: Integers


class Records:
    """Records of one template; they note which fields were asked for, and so have a column."""

    def __init__(
        self, template: Template, fixed: Rows, pieces: dict[int, Pieces], chunk: Integers
    ) -> None:
        self.template = template
        self.chunk = chunk
        """Position of each record's set among the chunks."""
        self._fixed = fixed
        self._pieces = pieces
        self._positions: dict[Element, int] = {}
        for position in reversed(range(len(template.fields))):
            self._positions[template.fields[position].element] = position
        self.taken: set[int] = set()
        """Positions of the fields that were asked for by their element."""

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self._fixed)

    def find(self, number: int, *, octets: int | None = None, back: bool = False) -> int | None:
        """Return where the first field of an IANA element stands.

        None where there is none, or none of `octets` where these are given. `back` asks for the
        element of the other direction (RFC 5103).
        """
        position = self._positions.get(Element(REVERSE_ENTERPRISE if back else 0, number))
        if position is None:
            return None
        length = self.template.fields[position].octets
        return position if octets in (None, length) else None

    def position(self, number: int, *, octets: int | None = None, back: bool = False) -> int | None:
        """Return where an element stands that is an integer or has `octets`; note it as taken."""
        position = self.find(number, octets=octets, back=back)
        if position is None or not (octets or self._is_integer(position)):
            return None
        self.taken.add(position)
        return position

    def peek(self, number: int) -> Integers | None:
        """Return the integers of an element without noting it as taken."""
        position = self.find(number)
        if position is None or not self._is_integer(position):
            return None
        return self.integers(position)

    def _is_integer(self, position: int) -> bool:
        return 0 < self.template.fields[position].octets <= _INTEGER_OCTETS

    def number(self, number: int, *, back: bool = False) -> Integers | None:
        """Return the integers of an element, cut to LIMIT, or None where it is absent."""
        position = self.position(number, back=back)
        return None if position is None else self.integers(position)

    def first_of(self, numbers: Sequence[int], *, back: bool = False) -> Integers | None:
        """Return the integers of the first of several elements that there is."""
        for number in numbers:
            found = self.number(number, back=back)
            if found is not None:
                return found
        return None

    def address(self, number: int, octets: int) -> tuple[Words, Words] | None:
        """Return the words of an address of 4 or 16 octets."""
        position = self.position(number, octets=octets)
        if position is None:
            return None
        return self.words(position)

    def words(self, position: int) -> tuple[Words, Words]:
        """Return high and low word of a field of 4 or 16 octets that is an address."""
        column = self._fixed[f"f{position}"]
        if column.ndim == 1:
            return np.zeros(len(column), np.uint64), column.astype(np.uint64)
        return column[:, 0].astype(np.uint64), column[:, 1].astype(np.uint64)

    def integers(self, position: int) -> Integers:
        """Return the integers of a field, cut to LIMIT."""
        column = self._fixed[f"f{position}"]
        if column.ndim == 1 and column.dtype.itemsize < _INTEGER_OCTETS:
            return column.astype(np.int64)
        return np.minimum(self.unsigned(position), np.uint64(LIMIT)).astype(np.int64)

    def unsigned(self, position: int) -> Words:
        """Return the integers of a field of at most eight octets as they are."""
        column = self._fixed[f"f{position}"]
        if column.ndim == 1:
            return column.astype(np.uint64)
        value = np.zeros(len(column), np.uint64)
        for place in range(column.shape[1]):
            value = (value << np.uint64(8)) | column[:, place]
        return value

    def octets(self, position: int) -> pl.Series:
        """Return the octets of a field, whatever its length (Binary)."""
        if position in self._pieces:
            return _binary(self._pieces[position])
        column = np.ascontiguousarray(self._fixed[f"f{position}"])
        length = self.template.fields[position].octets
        count = len(column)
        buffer = np.frombuffer(column.tobytes(), np.uint8)
        begins = np.arange(count, dtype=np.int64) * length
        return _binary(Pieces(buffer, begins, np.full(count, length, np.int64)))


def _binary(pieces: Pieces) -> pl.Series:
    """Return pieces as a column; they need not lie side by side."""
    ends = np.zeros(len(pieces.begins) + 1, np.int64)
    np.cumsum(pieces.lengths, out=ends[1:])
    shifts = np.repeat(pieces.begins - ends[:-1], pieces.lengths)
    joined = pieces.buffer[shifts + np.arange(ends[-1])]
    array = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(pieces.begins), [None, pa.py_buffer(ends), pa.py_buffer(joined)]
    )
    return pl.Series(array)


class _Shape(NamedTuple):
    """What the walk over variable-length records reads and writes."""

    lengths: Integers
    least: int
    fixed: npt.NDArray[np.uint8]
    places: npt.NDArray[np.int64]
    """Begin and length of each variable field of each record."""


class Straightened(NamedTuple):
    """Records of some sets, how many each set held, and which of the sets broke off."""

    records: Records
    counts: Integers
    broken: Flags


def straighten(template: Template, chunks: Sequence[Chunk]) -> Straightened:
    """Return the records of `chunks`, all of one template, in their order.

    What is left of a set and shorter than a record is padding. A set of variable-length records
    is broken where a length leads beyond its end; the records before that are kept.
    """
    return _fixed(template, chunks) if template.is_fixed else _variable(template, chunks)


def _fixed(template: Template, chunks: Sequence[Chunk]) -> Straightened:
    octets = template.least
    counts = np.array([len(chunk.body) // octets for chunk in chunks], np.int64)
    joined = b"".join(
        [chunk.body[: len(chunk.body) - len(chunk.body) % octets] for chunk in chunks]
    )
    fixed = np.frombuffer(joined, template.layout)
    owners = np.repeat(np.arange(len(chunks)), counts)
    return Straightened(Records(template, fixed, {}, owners), counts, counts == 0)


def _variable(template: Template, chunks: Sequence[Chunk]) -> Straightened:
    buffer = np.frombuffer(b"".join([chunk.body for chunk in chunks]), np.uint8)
    sizes = np.array([len(chunk.body) for chunk in chunks], np.int64)
    sets = np.stack([np.cumsum(sizes) - sizes, np.cumsum(sizes)], axis=1)
    room = int((sizes // template.least).sum())
    lengths = np.array([field.octets for field in template.fields], np.int64)
    variable = np.flatnonzero(lengths == VARIABLE)
    octets = np.zeros((room, template.layout.itemsize), np.uint8)
    places = np.zeros((2, len(variable), room), np.int64)
    counts, broken = np.zeros(len(chunks), np.int64), np.zeros(len(chunks), np.bool_)
    shape = _Shape(lengths, template.least, octets, places)
    count = _straighten(buffer, sets, shape, counts, broken)
    fixed = np.zeros(count, template.layout)
    if octets.shape[1]:
        fixed = octets[:count].reshape(-1).view(template.layout)
    pieces = {
        int(position): Pieces(buffer, places[0, number, :count], places[1, number, :count])
        for number, position in enumerate(variable)
    }
    owners = np.repeat(np.arange(len(chunks)), counts)
    return Straightened(Records(template, fixed, pieces, owners), counts, broken | (counts == 0))


@compiled
def _piece(buffer: Buffer, at: int, end: int) -> tuple[int, int]:
    """Return begin and length of a variable field (RFC 7011, 7); behind `end` if it breaks off."""
    begin, length = at + _SHORT_OCTETS, 0
    if begin <= end:
        length = integer(buffer[at])
        if length == _LONG_FORM:
            begin = at + _LONG_OCTETS
            if begin <= end:
                length = (integer(buffer[at + 1]) << 8) | integer(buffer[at + 2])
    return begin, length


@compiled
def _record(buffer: Buffer, at: int, end: int, row: int, shape: _Shape) -> int:
    """Write a record: fixed fields side by side, of the others where they lie; return its end."""
    written, pieces = 0, 0
    for length in shape.lengths:
        begin, octets = at, integer(length)
        if octets == VARIABLE:
            begin, octets = _piece(buffer, at, end)
            shape.places[0, pieces, row] = begin
            shape.places[1, pieces, row] = octets
            pieces += 1
        at = begin + octets
        if at > end:
            return at
        if length != VARIABLE:
            for place in range(octets):
                shape.fixed[row, written + place] = buffer[begin + place]
            written += octets
    return at


@stage
def _straighten(
    buffer: Buffer, sets: npt.NDArray[np.int64], shape: _Shape, counts: Integers, broken: Flags
) -> int:
    """Walk the sets and write their records; return how many there are."""
    row = 0
    for number in range(len(sets)):
        at, end = sets[number, 0], sets[number, 1]
        while end - at >= shape.least:
            at = _record(buffer, at, end, row, shape)
            if at > end:
                broken[number] = True
            else:
                row += 1
                counts[number] += 1
    return row
