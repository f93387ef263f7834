"""The files that an input knows: found by patterns, tied to those that were read before."""

import glob
import logging
import os
import pathlib
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sensors.input.counters import Counters
from sensors.input.file.content import Packed, Plain, open_content
from sensors.input.file.fingerprint import TAIL_OCTETS, Fingerprint, fingerprint_of
from sensors.input.file.followed import Followed, Seen, seen
from sensors.input.file.ledger import Ledger
from sensors.input.file.place import Place, new_identity
from sensors.input.file.rotation import Tie, related

_LOG = logging.getLogger("citywatch")
_HEAD_OCTETS = 1024
_LAST_LINE_OCTETS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a file is kept that is gone, in seconds."""

    gone: float = 10.0
    """After its last change, before it is closed."""
    ended: float = 7 * 86_400.0
    """For a copy of it that may turn up, before it is forgotten."""


DEFAULT_KEEPING = Keeping()


class Roll:
    """The files of one input, those that live and those that ended, each with its slot."""

    def __init__(
        self,
        source: str,
        paths: Sequence[str],
        ledger: Ledger,
        counters: Counters,
        keeping: Keeping,
    ) -> None:
        self.unwritten: dict[int, Followed | None] = {}
        """Slots whose place changed without a record; None where the slot was freed."""
        self.is_settled = True
        """Whether the places of all files that were taken up are durable."""
        self.skips_old = False
        """Whether files that are found for the first time are read from their end on."""
        self._source = source
        self._paths = paths
        self._ledger = ledger
        self._counters = counters
        self._keeping = keeping
        self._live: dict[tuple[int, int], Followed] = {}
        self._ended: list[Followed] = []
        self._copies: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
        """Copies that wait: their stamp when they were compared, and with whose slot."""
        self._refused: set[str] = set()
        self._recall()

    def _recall(self) -> None:
        for slot, place in self._ledger.read().items():
            known = Followed(slot, place)
            if place.ended or place.key in self._live:
                self._ended.append(known)
            else:
                self._live[place.key] = known

    @property
    def live(self) -> list[Followed]:
        """Files that are there to be read."""
        return list(self._live.values())

    @property
    def known(self) -> list[Followed]:
        """All files, those that ended included."""
        return [*self.live, *self._ended]

    def look(self, now: float) -> list[Followed]:
        """Look at the folders; return files that ended before, and whose last line had no end.

        No copy turned up that would bring that line: it has to be taken as it is.
        """
        found = self._found()
        parted = [known for known in self._ended if known.is_unfinished]
        for known in self.live:
            self._look_at(known, found, now)
        self._copies = {key: copy for key, copy in self._copies.items() if key in found}
        for file in sorted(found.values(), key=_plain_first):
            self._admit(file, now)
        self.skips_old = False
        self._forget_ended(now)
        self._counters.connections = len(self._live)
        self._counters.copies = len(self._copies)
        return [known for known in parted if known.is_unfinished]

    def _found(self) -> dict[tuple[int, int], Seen]:
        """Return the regular files that the patterns match, by device and inode."""
        found: dict[tuple[int, int], Seen] = {}
        for pattern in self._paths:
            for path in file_paths([pattern]):
                try:
                    status = pathlib.Path(path).stat()
                except OSError as fault:
                    self.refuse(path, "unreadable", fault.strerror or "")
                    continue
                if stat.S_ISREG(status.st_mode):
                    found.setdefault((status.st_dev, status.st_ino), seen(path, status))
        return found

    def _look_at(self, known: Followed, found: dict[tuple[int, int], Seen], now: float) -> None:
        """Take `known` out of `found`, unless the file there is another by now."""
        file = found.get(known.place.key) or self._without_name(known)
        if file is None or not self._is_still(known, file, now):
            self._end(known, now)
            return
        found.pop(known.place.key, None)

    def _is_still(self, known: Followed, file: Seen, now: float) -> bool:
        try:
            same = known.look(file, now)
        except OSError as fault:
            self.refuse(file.path, "unreadable", fault.strerror or "")
            return True
        self._refused.discard(file.path)
        is_gone = known.is_gone and now - known.changed_at >= self._keeping.gone
        return same and not (is_gone and not known.is_unfinished)

    def _without_name(self, known: Followed) -> Seen | None:
        """Return a file that no pattern matches any more: open still, or renamed in its folder."""
        if known.content is not None:
            status = known.content.stat()
            known.rotated, known.is_gone = True, status.st_nlink == 0
            return seen(known.place.path, status)
        try:
            status = pathlib.Path(known.place.path).stat()
            if (status.st_dev, status.st_ino) == known.place.key:
                return seen(known.place.path, status)
        except OSError:
            pass
        try:
            with os.scandir(pathlib.Path(known.place.path).parent) as entries:
                for entry in entries:
                    if entry.inode() == known.place.inode:
                        return seen(entry.path, entry.stat())
        except OSError:
            return None
        return None

    def _end(self, known: Followed, now: float) -> None:
        """Remember a file that is gone, emptied or another, for a copy that may turn up."""
        if self._live.get(known.place.key) is known:
            del self._live[known.place.key]
        known.close()
        known.place = replace(known.place, ended=int(now) or 1)
        if known.read.stops():
            self._ended.append(known)
            self.unwritten[known.slot] = known
        else:
            self._free(known)
        self._copies = {key: copy for key, copy in self._copies.items() if copy[1] != known.slot}

    def _forget_ended(self, now: float) -> None:
        for known in [one for one in self._ended if now - one.place.ended > self._keeping.ended]:
            self._ended.remove(known)
            self._free(known)

    def _free(self, known: Followed) -> None:
        self.unwritten[known.slot] = None
        self._ledger.release(known.slot)

    def _admit(self, file: Seen, now: float) -> None:
        waits = self._copies.get(file.key)
        if not file.stamp[0] or (waits and waits[0] == file.stamp):
            return
        try:
            self._open_and_tie(file, now)
        except OSError as fault:
            self.refuse(file.path, "unreadable", fault.strerror or "")
            return
        self._refused.discard(file.path)

    def _open_and_tie(self, file: Seen, now: float) -> None:
        content = open_content(pathlib.Path(file.path))
        kept = False
        try:
            if content.read(0, 1):
                kept = self._tie(content, file, now)
            elif content.damaged:
                # One that is whole so far but empty may be in the making.
                self.say_damaged(content, file.path)
        finally:
            if not kept:
                content.close()

    def _tie(self, content: Plain | Packed, file: Seen, now: float) -> bool:
        """Take up a file that was opened; return whether it stays open."""
        # What stands in a file now that was emptied is no copy of what stood there before.
        others = [one for one in self._ended if one.place.key != file.key]
        tied = related(content, file.path, self._live.values(), others)
        if tied is not None and tied.tie is Tie.COPY:
            self._copies[file.key] = (file.stamp, tied.known.slot)
            return False
        if tied is not None and tied.tie is Tie.GOES_ON:
            known = tied.known
            known.place = replace(known.place, device=file.device, inode=file.inode)
            self._ended.remove(known)
        else:
            # One that was read has a new identity, too: should it be a file of its own that begins
            # alike, its lines would be taken for those that the old one had at the same octets.
            place = self._first_place(content, file, now)
            if tied is not None:
                place = replace(place, fingerprint=fingerprint_of(content))
            known = Followed(self._ledger.take(), place)
        self._take_up(known)
        plain = content if isinstance(content, Plain) else None
        known.settle_in(plain, file, now)
        return plain is not None

    def _take_up(self, known: Followed) -> None:
        self._live[known.place.key] = known
        self.unwritten[known.slot] = known
        self._counters.accepted += 1
        self.is_settled = False

    def _first_place(self, content: Plain | Packed, file: Seen, now: float) -> Place:
        head = content.read(0, _HEAD_OCTETS)
        identity = new_identity(self._source, file.path, file.device, file.inode, head, repr(now))
        place = Place(identity, file.device, file.inode, file.path, Fingerprint())
        if not self.skips_old:
            return place
        if isinstance(content, Packed):
            return replace(place, stamp=file.stamp)
        end = _last_line_end(content, file.stamp[0])
        tail = content.read(max(0, end - TAIL_OCTETS), min(end, TAIL_OCTETS))
        return replace(place, fingerprint=Fingerprint(since=end, offset=end, tail=tail))

    def refuse(self, path: str, reason: str, why: str) -> None:
        """Count and tell once that a file cannot be read, or not whole."""
        if path not in self._refused:
            self._refused.add(path)
            self._counters.refused[reason] += 1
            _LOG.warning("input %s: %s is %s: %s", self._source, path, reason, why)

    def say_damaged(self, content: Plain | Packed, path: str) -> None:
        """Tell of a packed file that has no proper end."""
        if isinstance(content, Packed) and not content.whole:
            self.refuse(path, "gzip_damaged" if content.damaged else "gzip_cut", "")


def _plain_first(file: Seen) -> tuple[bool, str]:
    return file.path.endswith(".gz"), file.path


def _last_line_end(content: Plain, size: int) -> int:
    """Return where the last line of a file that has an end ends; the file's end without one."""
    began = max(0, size - _LAST_LINE_OCTETS)
    end = content.read(began, size - began).rfind(b"\n")
    return size if end < 0 else began + end + 1


def file_paths(patterns: Iterable[str]) -> list[str]:
    """Return what the patterns match now, in order; * and ** as in a shell."""
    return sorted(
        {
            path
            for pattern in patterns
            for path in glob.iglob(pattern, recursive=True)  # noqa: PTH207 - absolute patterns, too
        }
    )
