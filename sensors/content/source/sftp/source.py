"""A folder of an SFTP server as a source of files, walked as one of this machine is."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import paramiko

from sensors.content.source.fetching import fetched
from sensors.content.source.naming import shown
from sensors.content.source.selection import Selection
from sensors.content.source.sftp.connection import Connection, Login
from sensors.content.source.sftp.wire import names, pieces
from sensors.content.source.source import Barred
from situation.content.resource import Exposure, Resource
from situation.faults import Misconfigured


@dataclass(frozen=True, slots=True)
class _Entry:
    """A name in a folder; the path of a folder ends with a slash."""

    path: str
    raw: bytes
    status: paramiko.SFTPAttributes


class SftpSource:
    """Files under a folder of a server. Links are not followed, and nothing but files opened.

    `passed_over` counts what is no file, by kind. Names are shown as those of a local folder. The
    stamp holds size, time in seconds, rights and owner, which is all that the protocol tells.
    """

    def __init__(
        self,
        login: Login,
        root: str,
        *,
        selection: Selection | None = None,
        exposure: Exposure | None = None,
    ) -> None:
        self._connection = Connection(login)
        self._location = login.location
        self._root = root.rstrip("/") or "/"
        self._top = f"{login.location}{self._root}".rstrip("/") + "/"
        self._selection = selection or Selection()
        self._exposure = replace(exposure or Exposure(), encrypted_transport=True)
        self._raw: dict[str, bytes] = {}
        self.passed_over = {"link": 0, "special": 0}

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the files behind `after`; a folder that cannot be listed is yielded itself."""
        root = self._status_of_root()
        if not stat.S_ISDIR(root.status.st_mode):
            yield self._resource(root)
            return
        open_folders = [iter([replace(root, path=self._top)])]
        while open_folders:
            entry = next(open_folders[-1], None)
            if entry is None:
                open_folders.pop()
            elif not entry.path.endswith("/"):
                yield from self._file(entry, after)
            elif entry.path >= after or after.startswith(entry.path):
                # Every path below begins with this one, so that it may be passed over whole.
                try:
                    open_folders.append(iter(self._listed(entry)))
                except Barred:
                    yield Resource(path=entry.path, exposure=self._exposure)

    def _status_of_root(self) -> _Entry:
        raw = self._root.encode()
        try:
            with self._connection.lend() as channel:
                return _Entry(f"{self._location}{self._root}", raw, channel.stat(raw))
        except Barred as barred:
            path = f"{self._location}{self._root}"
            raise Misconfigured(barred.detail, where=path) from barred

    def _listed(self, folder: _Entry) -> list[_Entry]:
        with self._connection.lend() as channel:
            listed = list(names(channel, folder.raw))
        entries = [_entry(folder, raw, status) for raw, status in listed]
        return sorted(entries, key=lambda entry: entry.path)

    def _file(self, entry: _Entry, after: str) -> Iterator[Resource]:
        if entry.path <= after or not self._selection.takes(entry.path[len(self._top) :]):
            return
        if stat.S_ISREG(entry.status.st_mode):
            yield self._resource(entry)
        else:
            is_link = stat.S_ISLNK(entry.status.st_mode)
            self.passed_over["link" if is_link else "special"] += 1

    def _resource(self, entry: _Entry) -> Resource:
        status = entry.status
        if entry.raw != self._octets(entry.path):
            self._raw[entry.path] = entry.raw
        exposure = replace(
            self._exposure,
            world_readable=bool(status.st_mode & stat.S_IROTH),
            world_writable=bool(status.st_mode & stat.S_IWOTH),
            owner="" if status.st_uid is None else str(status.st_uid),
        )
        return Resource(
            path=entry.path, size=status.st_size or 0, stamp=_stamp(status), exposure=exposure
        )

    def open(self, resource: Resource) -> BinaryIO:
        """Fetch a file; raise `Barred` where it may not be read, is gone, or is no file."""
        raw = self._name(resource)
        with self._connection.lend() as channel:
            mode = channel.lstat(raw).st_mode
            # A pipe would hold its server up for ever.
            if not stat.S_ISREG(mode):
                told = "it cannot be listed" if stat.S_ISDIR(mode) else "it is no file"
                raise Barred("denied", told)
            with channel.open(raw, "rb") as file:
                return fetched(pieces(channel, file.handle, resource.size), resource.size)

    def stamp(self, resource: Resource) -> str:
        """Return the stamp that a file has now."""
        with self._connection.lend() as channel:
            return _stamp(channel.lstat(self._name(resource)))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _name(self, resource: Resource) -> bytes:
        return self._raw.get(resource.path) or self._octets(resource.path)

    def _octets(self, path: str) -> bytes:
        return path.removeprefix(self._location).encode()


def _entry(folder: _Entry, raw: bytes, status: paramiko.SFTPAttributes) -> _Entry:
    is_folder = stat.S_ISDIR(status.st_mode)
    path = folder.path + shown(raw) + ("/" if is_folder else "")
    return _Entry(path, folder.raw.rstrip(b"/") + b"/" + raw, status)


def _stamp(status: paramiko.SFTPAttributes) -> str:
    rights = f"{status.st_mode or 0:o}-{status.st_uid or 0:x}"
    return f"{status.st_size or 0:x}-{status.st_mtime or 0:x}-{rights}"
