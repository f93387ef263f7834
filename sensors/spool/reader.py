"""The reading end of the spool: durable records in order, with whatever was lost between."""

import pathlib
from collections import deque
from dataclasses import dataclass, replace

import polars as pl

from sensors.spool.budget import ages
from sensors.spool.cursor import Position
from sensors.spool.disk import Disk, Reading
from sensors.spool.layout import Entry, read_rows
from sensors.spool.segment import Found, entries, opening_of, segment_path
from sensors.spool.writer import Writer

DAMAGED, GAP, AGED = "damaged", "gap", "aged"
"""What may become of rows that were put but can be given to no store."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of one record; `sequence` is that of the first, `end` the position after the last."""

    dataset: str
    name: str
    frame: pl.DataFrame
    sequence: int
    milliseconds: int
    octets: int
    begin: Position
    end: Position

    def position_at(self, row: int) -> Position:
        """Return the position before `row`, counted from the first of these."""
        if row >= self.frame.height:
            return self.end
        return replace(self.begin, sequence=self.sequence + row)

    def rest(self, row: int) -> "Taken":
        """Return the rows from `row` on, which have no name of their own."""
        begin = self.position_at(row)
        return replace(
            self, name="", frame=self.frame.slice(row), sequence=begin.sequence, begin=begin
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows before `sequence` that no store will get, and why."""

    sequence: int
    reason: str
    rows: int


class Reader:
    """Reads on from a position, only what is durable."""

    def __init__(
        self, disk: Disk, folder: pathlib.Path, writer: Writer, position: Position
    ) -> None:
        self.position = position
        """Where the next record is expected."""
        self.losses: deque[Loss] = deque()
        self.cut_at: int | None = None
        """Sequence up to which rows are known to have been where the segments end before."""
        self._disk = disk
        self._folder = folder
        self._writer = writer
        self._file: Reading | None = None
        self._skipped = False

    def read(self, oldest_milliseconds: int) -> Taken | None:
        """Return the next rows, or None where there are no more yet.

        What may be shed and was put before `oldest_milliseconds` is passed over as `AGED`.
        """
        while (found := self._next()) is not None:
            entry, at = found.entry, self.position
            self._note_missing(entry)
            fresh = entry.following - max(entry.sequence, self.position.sequence)
            self.position = Position(
                at.segment, found.end, max(self.position.sequence, entry.following)
            )
            if fresh <= 0:
                continue
            if entry.milliseconds < oldest_milliseconds and ages(entry.priority):
                self._lose(AGED, fresh)
                continue
            taken = self._taken(found, fresh)
            if taken is not None:
                return taken
            self._lose(DAMAGED, fresh)
        return None

    def close(self) -> None:
        """Release the segment."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next(self) -> Found | None:
        while True:
            # Asked in this order: an end is final once a segment follows, and covers `sequence`.
            following, sequence = self._following(), self._writer.durable_sequence
            end = self._writer.durable_end(self.position.segment)
            if self.position.offset < end:
                found = self._found(end)
                if found is not None:
                    return found
            if following is None:
                self._note_end(sequence)
                return None
            self.close()
            self.position = Position(following, 0, self.position.sequence)

    def _found(self, end: int) -> Found | None:
        number, offset = self.position.segment, self.position.offset
        if self._file is None:
            self._file = self._disk.open(segment_path(self._folder, number))
        if offset == 0:
            opening = opening_of(self._file)
            offset = opening.octets if opening else 0
        found = next(entries(self._file, offset, end), None)
        if found is None:
            self._skipped |= offset < end
            self.position = Position(number, end, self.position.sequence)
        else:
            self._skipped |= found.skipped > 0
        return found

    def _following(self) -> int | None:
        numbers = self._writer.sizes.copy()
        return min((number for number in numbers if number > self.position.segment), default=None)

    def _note_missing(self, entry: Entry) -> None:
        missing = entry.sequence - self.position.sequence
        if missing > 0:
            at = self.position
            self.position = Position(at.segment, at.offset, entry.sequence)
            self._lose(DAMAGED if self._skipped else GAP, missing)
        self._skipped = False

    def _note_end(self, sequence: int) -> None:
        # Nothing follows that would show by its sequence what the damage at the end cost.
        missing = sequence - self.position.sequence
        if missing > 0 and (self._skipped or sequence == self.cut_at):
            at = self.position
            self.position = Position(at.segment, at.offset, at.sequence + missing)
            self._lose(DAMAGED, missing)
            self._skipped = False

    def _lose(self, reason: str, rows: int) -> None:
        self.losses.append(Loss(self.position.sequence, reason, rows))

    def _taken(self, found: Found, fresh: int) -> Taken | None:
        entry = found.entry
        try:
            frame = read_rows(entry.payload).tail(fresh)
        except pl.exceptions.PolarsError:
            return None
        if frame.height != fresh:
            return None
        first = entry.following - fresh
        return Taken(
            dataset=entry.dataset,
            name=entry.name if fresh == entry.rows else "",
            frame=frame,
            sequence=first,
            milliseconds=entry.milliseconds,
            octets=len(entry.payload),
            begin=Position(self.position.segment, found.offset, first),
            end=self.position,
        )
