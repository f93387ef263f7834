"""One file that is followed: what is open of it, and how far its octets have been read."""

import os
import pathlib
from dataclasses import dataclass, replace

from sensors.input.file.content import Packed, Plain, open_content
from sensors.input.file.fingerprint import Fingerprint, Likeness, likeness, still_same
from sensors.input.file.place import Place
from sensors.input.reading import HEAD_LINES, Stream
from sensors.log.line import Encoding, LineReader, Lines

BLOCK_OCTETS = 1024 * 1024
"""Octets of a file that are read at once, before it is the turn of the next."""

_HEAD_OCTETS = 64 * 1024

Stamp = tuple[int, int]
"""Size and mtime (ns)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a look at the folders found it."""

    path: str
    device: int
    inode: int
    stamp: Stamp

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""
        return self.device, self.inode


def seen(path: str, status: os.stat_result) -> Seen:
    """Return what `status` tells of the file at `path`."""
    return Seen(path, status.st_dev, status.st_ino, (status.st_size, status.st_mtime_ns))


class Followed:
    """A file on its way: its place moves with the lines that were handed over."""

    def __init__(self, slot: int, place: Place) -> None:
        self.slot = slot
        self.place = place
        self.stream: Stream | None = None
        self.changed_at = 0.0
        """When it last grew, in seconds since 1970."""
        self.rotated = False
        """Whether its name changed or went, so that nobody is expected to write on."""
        self.is_gone = False
        """Whether it was deleted and can be read only as long as it is open."""
        self.content: Plain | Packed | None = None
        self._stamp: Stamp | None = None
        self._read: Fingerprint = place.fingerprint
        self._lines: LineReader | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether its last line was read but has no end yet."""
        return self._read.offset > self.place.fingerprint.offset

    @property
    def read(self) -> Fingerprint:
        """What was read of it, the beginning of an unfinished last line included."""
        return self._read

    @property
    def is_done(self) -> bool:
        """Whether all of it was read the last time that it changed."""
        return self._stamp is not None and self._stamp == self.place.stamp

    @property
    def lag(self) -> int:
        """Octets, plain or packed, that are still to be read; 0 where that is not known."""
        known = self._stamp[0] if self._stamp and not self.is_done else 0
        return max(0, known - self._read.offset) if isinstance(self.content, Plain) else 0

    def look(self, found: Seen, now: float) -> bool:
        """Take note of how the file is; return False if it is another than was read.

        Raises `OSError` where it cannot be opened.
        """
        if found.path != self.place.path:
            if self.content is None and not self._read.stops():
                # Nothing tells whether it is the same file or another that got its inode.
                return False
            self.rotated = True
            self.place = replace(self.place, path=found.path)
        if found.stamp == self._stamp:
            return True
        if self.content is None and found.stamp == self.place.stamp:
            self._stamp = found.stamp
            return True
        if not self._is_as_read(found):
            return False
        self._stamp = found.stamp
        self.changed_at = now
        return True

    def _is_as_read(self, found: Seen) -> bool:
        if self.content is None:
            self.content = open_content(pathlib.Path(found.path))
        if isinstance(self.content, Packed):
            read = self._read.offset > self._read.since
            same = not read or likeness(self.content, self._read)[0] is Likeness.SAME
            self.close()
            return same
        return found.stamp[0] >= self._read.offset and still_same(self.content, self._read)

    def settle_in(self, content: Plain | None, found: Seen, now: float) -> None:
        """Take up reading in a file that was found to be the right one; None opens it later."""
        self.close()
        self.content, self._stamp, self.changed_at = content, found.stamp, now
        self.is_gone = False
        self.place = replace(
            self.place, path=found.path, device=found.device, inode=found.inode, ended=0
        )
        self._read = self.place.fingerprint
        self._lines = None

    def block(self) -> bytes:
        """Return the next octets; empty at the end, or where they are no longer what they were."""
        content, at = self.content, self._read.offset
        if content is None:
            return b""
        if isinstance(content, Plain):
            tail = self._read.tail
            octets = content.read(at - len(tail), len(tail) + BLOCK_OCTETS)
            if octets.startswith(tail):
                return octets[len(tail) :]
            self._stamp = None
            return b""
        return content.read(at, BLOCK_OCTETS)

    def feed(self, block: bytes, encoding: Encoding) -> Lines:
        """Return the lines that `block`, read from the file, completes."""
        if self._lines is None:
            self._lines = LineReader(encoding=encoding, offset=self._read.offset)
        lines = self._lines.feed(block)
        cut = block.rfind(b"\n") + 1
        if cut:
            self.place = replace(self.place, fingerprint=self._read.grown(block[:cut]))
            self._read = self.place.fingerprint
        self._read = self._read.grown(block[cut:])
        return lines

    def finish(self) -> Lines | None:
        """Return the last line, which has no end; None where nothing waits."""
        if self._lines is None or not self.is_unfinished:
            return None
        self.place = replace(self.place, fingerprint=self._read)
        return self._lines.finish()

    def close(self, *, is_read: bool = False) -> None:
        """Let go of the file, until it changes if it was read to its end; it stays known."""
        if self.content is not None:
            self.content.close()
            self.content = None
        if is_read:
            self._lines = None
            self.place = replace(self.place, stamp=self._stamp or (0, 0))


def head_of(content: Plain | Packed | None, encoding: Encoding) -> list[str]:
    """Return the first lines of a file, as far as it can be read; none of one that is closed."""
    if content is None:
        return []
    reader = LineReader(encoding=encoding)
    lines = reader.feed(content.read(0, _HEAD_OCTETS))
    return [*(lines if lines.count else reader.finish()).text.head(HEAD_LINES)]
