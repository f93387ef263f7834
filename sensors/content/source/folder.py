"""A folder of this machine, or a share that is mounted there, as a source of files."""

import functools
import os
import pathlib
import pwd
import stat
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from typing import BinaryIO

from sensors.content.source.naming import shown
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.resource import Exposure, Resource
from situation.faults import Misconfigured


class FolderSource:
    """Files under a folder. Links are not followed, and devices, pipes and sockets not opened.

    `passed_over` counts what is no file, by kind. A name that is not UTF-8 is shown as GB18030,
    or with its octets escaped where it is neither.
    """

    def __init__(
        self,
        root: pathlib.Path,
        *,
        selection: Selection | None = None,
        exposure: Exposure | None = None,
    ) -> None:
        self._root = os.path.abspath(root)  # noqa: PTH100 - links in it are kept as they are
        self._top = _shown(self._root).rstrip("/") + "/"
        self._selection = selection or Selection()
        self._exposure = exposure or Exposure()
        self._raw: dict[str, str] = {}
        self.passed_over = {"link": 0, "special": 0}
        if not os.path.lexists(self._root):
            raise Misconfigured("there is no such file or folder", where=str(root))

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the files behind `after`; a folder that cannot be listed is yielded itself."""
        if stat.S_ISREG(os.lstat(self._root).st_mode):
            yield self._resource(self._root, self._root, os.lstat(self._root))
            return
        # A stack of our own: folders may lie deeper in one another than calls may.
        open_folders = [self._entries(self._root, self._top)]
        while open_folders:
            path, entry = next(open_folders[-1], ("", None))
            if not path:
                open_folders.pop()
            elif entry is None:
                yield Resource(path=path, exposure=self._exposure)
            elif not path.endswith("/"):
                if path > after and self._selection.takes(path[len(self._top) :]):
                    yield from self._file(entry, path)
            elif path >= after or after.startswith(path):
                # Every path below begins with this one, so that it may be passed over whole.
                open_folders.append(self._entries(entry.path, path))

    def _entries(
        self, folder: str, shown_path: str
    ) -> Iterator[tuple[str, "os.DirEntry[str] | None"]]:
        """Yield the paths in a folder; its own with nothing where it cannot be listed."""
        try:
            with os.scandir(folder) as entries:
                listed = sorted(((_sorted_by(one), one) for one in entries), key=itemgetter(0))
        except OSError:
            yield shown_path, None
            return
        for name, entry in listed:
            yield shown_path + name, entry

    def _file(self, entry: "os.DirEntry[str]", path: str) -> Iterator[Resource]:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            yield Resource(path=path, exposure=self._exposure)
            return
        if stat.S_ISREG(status.st_mode):
            yield self._resource(entry.path, path, status)
        else:
            self.passed_over["link" if stat.S_ISLNK(status.st_mode) else "special"] += 1

    def _resource(self, raw: str, path: str, status: os.stat_result) -> Resource:
        if raw != path:
            self._raw[path] = raw
        exposure = replace(
            self._exposure,
            world_readable=bool(status.st_mode & stat.S_IROTH),
            world_writable=bool(status.st_mode & stat.S_IWOTH),
            owner=_owner(status.st_uid),
        )
        return Resource(path=path, size=status.st_size, stamp=_stamp(status), exposure=exposure)

    def open(self, resource: Resource) -> BinaryIO:
        """Open a file; raise `Barred` where it may not be read, is gone, or is no file any more."""
        raw = self._raw.get(resource.path, resource.path)
        try:
            # A pipe that took the file's place would hold the opening up for ever.
            descriptor = os.open(raw, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _barred(error) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Barred("denied", "it is no file")
        return os.fdopen(descriptor, "rb")

    def stamp(self, resource: Resource) -> str:
        """Return the stamp that a file has now."""
        try:
            return _stamp(os.lstat(self._raw.get(resource.path, resource.path)))
        except OSError as error:
            raise _barred(error) from error

    def close(self) -> None:
        """Nothing is held."""


def _sorted_by(entry: "os.DirEntry[str]") -> str:
    return _shown(entry.name) + ("/" if _is_folder(entry) else "")


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _shown(raw: str) -> str:
    return shown(os.fsencode(raw))


def _stamp(status: os.stat_result) -> str:
    # The device is left out: a share gets another number each time it is mounted.
    times = f"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}"
    return f"{status.st_ino:x}-{status.st_size:x}-{times}"


@functools.lru_cache(maxsize=1024)
def _owner(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _barred(error: OSError) -> Barred:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Barred("vanished", error.strerror or "")
    return Barred("denied", error.strerror or "")
