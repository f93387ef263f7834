"""Points that are files: a block list that a firewall reads, a zone that a name server loads."""

import os
import pathlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.measure.form.listing import FORMS
from playbooks.measure.form.zone import next_serial, serial_of, zone_text
from playbooks.measure.point.point import Task
from situation.faults import Unavailable
from situation.settings import PointSettings

RELOAD_SECONDS = 20
"""How long the command may last that tells a server to read its file anew."""
_READABLE = 0o644
"""Whoever enforces reads it under another account; nothing in it is secret."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A block list. Its file is there from the first look, also when nothing is blocked."""

    path: pathlib.Path
    settings: PointSettings

    def hold(self, task: Task) -> bool:
        """Write the list where it is another one; see `Point.hold`."""
        wanted = FORMS[self.settings.format].whole(task.entries)
        is_changed = read_or_none(self.path) != wanted
        if is_changed:
            replace(self.path, wanted)
        _tell(self.settings.reload, is_due=is_changed or task.is_new)
        return is_changed


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """A response policy zone. Its serial grows with each change of the records, and only then."""

    path: pathlib.Path
    settings: PointSettings

    def hold(self, task: Task) -> bool:
        """Write the zone where its records are others; see `Point.hold`."""
        there = read_or_none(self.path)
        old = None if there is None else serial_of(there)
        is_changed = old is None or there != self._text(task, old)
        if is_changed:
            replace(self.path, self._text(task, next_serial(old, task.now)))
        _tell(self.settings.reload, is_due=is_changed or task.is_new)
        return is_changed

    def _text(self, task: Task, serial: int) -> bytes:
        return zone_text(self.settings.zone, task.entries, self.settings.sinkhole, serial)


def read_or_none(path: pathlib.Path) -> bytes | None:
    """Return what a file holds, None where there is none; raise `Unavailable`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(path)) from error


def replace(path: pathlib.Path, content: bytes) -> None:
    """Put a new file in the place of the old one, durably: a reader sees one of the two.

    Raise `Unavailable` where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(path)) from error


def _replace(path: pathlib.Path, content: bytes) -> None:
    # One name for the new file: what a death left is overwritten by the next.
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(stream.fileno(), _READABLE)
        os.fsync(stream.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: pathlib.Path) -> None:
    """Make the names in a folder durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _tell(words: Sequence[str], *, is_due: bool) -> None:
    # As long as a measure waits, the server is told again: it may not have heard the last time.
    if not words or not is_due:
        return
    try:
        subprocess.run(  # noqa: S603 - the words are the operator's own, no shell reads them
            list(words), check=True, capture_output=True, timeout=RELOAD_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(_reason(error), where=words[0]) from error


def _reason(error: OSError | subprocess.SubprocessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"ended with {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"did not end in {RELOAD_SECONDS} s"
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
