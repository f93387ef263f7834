"""The anchor of the audit: where the chain ended, kept outside of the database and signed.

A cut tail and a chain that was rebuilt as a whole look sound from inside; the anchor tells.
Whoever can read the key can forge it, so a copy of the file belongs on another machine.
"""

import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import pathlib
import secrets
import threading
from dataclasses import dataclass

from situation.clock import Clock
from situation.faults import Malformed
from situation.state.chain import End, Sealed

CHECKPOINT_LINES = 1000
"""So many lines apart stand the marks that are never written over."""

_SLOT = 512
_SLOTS = 2
_KEY_OCTETS = 32
_LOG = logging.getLogger("citywatch")


@dataclass(frozen=True, slots=True)
class Mark:
    """An end of the chain that was seen at a time."""

    end: End
    at: str
    """ISO time in UTC."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What an anchor holds: the newest mark, and those that are never written over."""

    newest: Mark | None
    checkpoints: tuple[Mark, ...]


class Anchor:
    """The file of the marks. Its key lies beside it, readable for its owner alone.

    The first two lines take turns in holding the newest mark, so that one of them is whole
    whenever the machine stops; each further line is a checkpoint. A mark is written after its
    transaction is durable, so the anchor may be behind the database (by some seconds after a power
    cut), never before it. Several processes may write; the mark that is further on stays.
    """

    def __init__(self, path: pathlib.Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._file: int | None = None
        self._key = b""
        self._frozen = ""

    @property
    def path(self) -> pathlib.Path:
        """Where the file is."""
        return self._path

    def read(self) -> Marks | None:
        """Return what the file holds, None where there is none.

        Raises `Malformed` for a file or a key that was damaged or forged.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return _marks(content, _read_key(self._key_path), str(self._path))

    def freeze(self, reason: str) -> None:
        """Write no more: the database is not the one that was anchored, and this file proves it."""
        self._frozen = reason
        _LOG.error("the audit is not anchored any more: %s; see citywatch audit verify", reason)

    def advance(self, sealed: Sealed) -> None:
        """Mark where the chain ends now. A database that was exchanged freezes the anchor.

        A file that cannot be written is told of and stops nobody's work: the change is committed.
        """
        if self._frozen:
            return
        try:
            with self._lock:
                self._advance(sealed)
        except OSError as error:
            _LOG.error("the audit cannot be anchored in %s: %s", self._path, error.strerror)
        except Malformed as fault:
            self.freeze(str(fault))

    def renew(self) -> pathlib.Path | None:
        """Put the file aside, so that the next change begins another; return where it is now."""
        with self._lock:
            self._close()
            if not self._path.exists():
                return None
            aside = self._path.with_name(f"{self._path.name}.{self._clock.now():%Y%m%d-%H%M%S}")
            self._path.rename(aside)
            self._frozen = ""
            return aside

    def _advance(self, sealed: Sealed) -> None:
        file = self._open()
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            slots = _slots(os.pread(file, _SLOT * _SLOTS, 0), self._key, str(self._path))
            newest = _newest(slots)
            if newest is not None and not _follows(sealed, newest.end):
                self.freeze(f"another history stands before line {sealed.after.number}")
                return
            self._write(file, slots, sealed)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _write(self, file: int, slots: list[Mark | None], sealed: Sealed) -> None:
        mark, newest = Mark(sealed.after, self._clock.now().isoformat()), _newest(slots)
        if newest is None or newest.end.number < mark.end.number:
            place = 1 if newest is not None and newest is slots[0] else 0
            os.pwrite(file, _line(mark, self._key, _SLOT), place * _SLOT)
        if mark.end.number // CHECKPOINT_LINES > sealed.before.number // CHECKPOINT_LINES:
            os.pwrite(file, _line(mark, self._key), _end_of_lines(file))
            os.fsync(file)

    def _open(self) -> int:
        if self._file is not None and not self._is_there(self._file):
            self._close()
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._key = _make_key(self._key_path)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size < _SLOT * _SLOTS:
                os.pwrite(file, (b" " * (_SLOT - 1) + b"\n") * _SLOTS, 0)
            self._file = file
        return self._file

    def _is_there(self, file: int) -> bool:
        # Somebody may have put the file aside for another to begin.
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None

    @property
    def _key_path(self) -> pathlib.Path:
        return self._path.with_name(f"{self._path.name}.key")


def _end_of_lines(file: int) -> int:
    """Return where the next line begins: over one that was torn, if the machine stopped in it."""
    size = os.fstat(file).st_size
    start = max(size - _SLOT, 0)
    return start + os.pread(file, _SLOT, start).rfind(b"\n") + 1


def _follows(sealed: Sealed, newest: End) -> bool:
    """Tell whether what was sealed can be a later part of the history that the mark is of."""
    if sealed.after.chain != newest.chain:
        return False
    known = {end.number: end.digest for end in (sealed.before, sealed.after)}
    return known.get(newest.number, newest.digest) == newest.digest


def _newest(slots: list[Mark | None]) -> Mark | None:
    there = [mark for mark in slots if mark is not None]
    return max(there, key=lambda mark: mark.end.number, default=None)


def _slots(content: bytes, key: bytes, where: str) -> list[Mark | None]:
    """Return the marks of the two slots; a torn one is None, two broken ones are a fault."""
    lines = [content[place * _SLOT : (place + 1) * _SLOT].strip() for place in range(_SLOTS)]
    marks = [_mark(line, key) for line in lines]
    if any(lines) and not any(marks):
        raise Malformed("neither of its newest marks bears our signature", where=where)
    return marks


def _marks(content: bytes, key: bytes, where: str) -> Marks:
    slots = _slots(content[: _SLOT * _SLOTS], key, where)
    checkpoints = []
    # What comes after the last line end was torn when the machine stopped.
    lines = content[_SLOT * _SLOTS :].split(b"\n")[:-1]
    for place, line in enumerate(lines, start=_SLOTS + 1):
        mark = _mark(line, key)
        if mark is None:
            raise Malformed(f"line {place} does not bear our signature", where=where)
        checkpoints.append(mark)
    return Marks(_newest([*slots, *checkpoints]), tuple(checkpoints))


def _mark(line: bytes, key: bytes) -> Mark | None:
    try:
        said, signature = json.loads(line)
        mark = Mark(End(str(said[0]), int(said[1]), str(said[2])), str(said[3]))
    except (ValueError, TypeError, IndexError, KeyError):
        return None
    return mark if hmac.compare_digest(str(signature), _signature(mark, key)) else None


def _line(mark: Mark, key: bytes, length: int = 0) -> bytes:
    end = mark.end
    line = json.dumps([[end.chain, end.number, end.digest, mark.at], _signature(mark, key)])
    return line.ljust(length - 1).encode() + b"\n"


def _signature(mark: Mark, key: bytes) -> str:
    end = mark.end
    said = "\n".join((end.chain, str(end.number), end.digest, mark.at))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _read_key(path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Malformed(f"its key cannot be read: {error.strerror}", where=str(path)) from error


def _make_key(path: pathlib.Path) -> bytes:
    """Return the key, made once whoever asks first; `link` lets one of several makers win."""
    if not path.exists():
        mine = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        file = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(file, "wb") as made:  # noqa: PTH123 - a descriptor, not a path
            made.write(secrets.token_bytes(_KEY_OCTETS))
            made.flush()
            os.fsync(made.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(mine)
        mine.unlink()
    return _read_key(path)
