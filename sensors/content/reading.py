"""The way of one file: its format by content, its reader, what is in it by the same way again.

Nothing that a file holds ends the reading with an exception: what cannot be read is a piece that
says why.
"""

import errno
import os
import stat
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.format import Format
from sensors.content.holding import hold
from sensors.content.limits import MIB, Limits
from sensors.content.reader import OverLimit, Undone
from sensors.content.sniff import format_of
from situation.content.piece import (
    BODY,
    Nature,
    Passage,
    Piece,
    Unreadable,
    UnreadableReason,
)
from situation.content.place import Place

FAULTS: tuple[type[Exception], ...] = (
    ValueError,  # with those of Unicode
    LookupError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
"""What readers and their libraries raise on content that is not what its format asks for."""

VERSION = "1"
"""Changes whenever a reader reads more or otherwise, so that files are read again."""

_UNREADABLE = 200
"""Unreadable things that are told of one file."""
_RATIO_FROM = 16 * MIB
"""Octets from which the ratio counts: a small file may be packed very well by chance."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})

Clock = Callable[[], float]


@dataclass(slots=True)
class _Budget:
    """What is left of the limits of one file, over all depths."""

    limits: Limits
    size: int
    clock: Clock
    ends: float
    unpacked: int = 0
    members: int = 0
    held: int = 0
    """Octets of the members that are open now, one within the other."""

    def spend(self, octets: int, place: Place) -> None:
        self.unpacked += octets
        if self.unpacked > self.limits.archive_mib * MIB:
            raise OverLimit("too_large", f"more than {self.limits.archive_mib} MiB", place)
        if self.unpacked > max(_RATIO_FROM, self.limits.archive_ratio * self.size):
            raise OverLimit("ratio", f"more than {self.limits.archive_ratio} : 1", place)
        self.look(place)

    def hold(self, octets: int, place: Place) -> None:
        self.spend(octets, place)
        self.held += octets
        if self.held > self.limits.memory_mib * MIB:
            raise OverLimit("memory", f"more than {self.limits.memory_mib} MiB", place)

    def enter(self, place: Place) -> None:
        self.members += 1
        if self.members > self.limits.archive_members:
            raise OverLimit("too_many", f"more than {self.limits.archive_members}", place)

    def look(self, place: Place) -> None:
        if self.clock() > self.ends:
            raise OverLimit("time", f"more than {self.limits.seconds} s", place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """One content while it is read: the file itself, or something in it (`Reading`)."""

    budget: _Budget
    format: Format
    name: str
    size: int
    place: Place
    depth: int

    @property
    def limits(self) -> Limits:
        return self.budget.limits

    def spend(self, octets: int) -> None:
        self.budget.spend(octets, self.place)

    def enter(self) -> None:
        self.budget.enter(self.place)

    def inner(
        self, content: BinaryIO | bytes, name: str, place: Place, *, counted: bool = True
    ) -> Iterator[Piece]:
        member = f"{place.member}!{name}" if place.member else name
        at = replace(place, member=member)
        if counted:
            self.budget.enter(at)
        yield Passage(text=name, place=replace(at, role="name"))
        if self.depth >= self.limits.archive_depth:
            yield Unreadable(reason="too_deep", detail=f"depth {self.depth + 1}", place=at)
            return
        yield from guarded(self._member(content, name, at), self.format, at)

    def _member(self, content: BinaryIO | bytes, name: str, place: Place) -> Iterator[Piece]:
        before = self.budget.held
        with hold(content, lambda octets: self.budget.hold(octets, place)) as stream:
            yield from _content(stream, name, self.budget, place, self.depth + 1)
        self.budget.held = before


def read(
    stream: BinaryIO, name: str, limits: Limits, clock: Clock = time.process_time
) -> Iterator[Piece]:
    """Yield the pieces of a file, its name first.

    Content never raises: what cannot be read comes as `Unreadable`. `clock` gives seconds; it is
    the processor time of this process, so that whoever waits by order is not taken for slow.
    """
    yield Passage(text=name, place=Place(role="name"))
    budget = _Budget(limits, 0, clock, clock() + limits.seconds)
    try:
        yield from _counted(guarded(_file(stream, name, budget), None, BODY))
    except OverLimit as over:
        yield Unreadable(reason=over.cause, detail=over.detail, place=over.place)


def _counted(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces; of what is unreadable in one file the first ones, and how many more."""
    unreadable = 0
    for piece in pieces:
        unreadable += isinstance(piece, Unreadable)
        if not isinstance(piece, Unreadable) or unreadable <= _UNREADABLE:
            yield piece
    if unreadable > _UNREADABLE:
        yield Unreadable(reason="too_many", detail=f"{unreadable - _UNREADABLE} more")


def _file(stream: BinaryIO, name: str, budget: _Budget) -> Iterator[Piece]:
    if not _regular(stream):
        yield Unreadable(reason="unknown_type", detail="no regular file")
        return
    budget.size = stream.seek(0, os.SEEK_END)
    if budget.size > budget.limits.file_mib * MIB:
        raise OverLimit("too_large", f"{budget.size // MIB} MiB")
    budget.ends += budget.size / MIB
    for piece in _content(stream, name, budget, BODY, 0):
        budget.look(piece.place)
        yield piece


def _regular(stream: BinaryIO) -> bool:
    """Whether the stream is a file that has an end; pipes and devices have none."""
    try:
        descriptor = stream.fileno()
    except (OSError, AttributeError):
        return stream.seekable()
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _content(
    stream: BinaryIO, name: str, budget: _Budget, place: Place, depth: int
) -> Iterator[Piece]:
    size = stream.seek(0, os.SEEK_END)
    if not size:
        return
    found = format_of(stream, name)
    if found is None:
        yield Unreadable(reason="unknown_type", place=place)
    elif found.reader is not None:
        opened = _Opened(
            budget=budget, format=found, name=name, size=size, place=place, depth=depth
        )
        stream.seek(0)
        yield from guarded(found.reader(stream, opened), found, place)
    elif found.trait:
        yield Nature(trait=found.trait, place=place)
    else:
        yield Unreadable(reason="no_reader", detail=found.key, place=place)


def guarded(pieces: Iterator[Piece], found: Format | None, place: Place) -> Iterator[Piece]:
    """Yield pieces; what ends them becomes the last one, but a limit that ends the whole file.

    The text of an exception may quote the content: its type alone is told.
    """
    try:
        yield from pieces
    except OverLimit:
        raise
    except Undone as undone:
        yield Unreadable(reason=undone.cause, detail=undone.detail, place=place)
    except MemoryError:
        yield Unreadable(reason="memory", place=place)
    except RecursionError:
        yield Unreadable(reason="too_deep", place=place)
    except EOFError:
        yield Unreadable(reason="truncated", place=place)
    except OSError as fault:
        reason: UnreadableReason = "too_large" if fault.errno in _NO_ROOM else "broken"
        yield Unreadable(reason=reason, detail=type(fault).__name__, place=place)
    except tuple({*FAULTS, *(found.faults if found else ())}) as fault:
        yield Unreadable(reason="broken", detail=type(fault).__name__, place=place)
