"""Which captures are meant by files and folders, and in which order they are read."""

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sensors.capture.origin import is_pipe
from sensors.capture.reading import Reading
from situation.faults import Malformed


class Selection(NamedTuple):
    """What is read."""

    files: list[pathlib.Path]
    """By the time of their first packets, those without packets behind them; pipes come last."""
    passed: list[pathlib.Path]
    """Files of folders that are no captures."""


def captures_of(paths: Sequence[pathlib.Path]) -> Selection:
    """Return the captures among `paths`: of a folder all that lie in it, however deep.

    Hidden files are left alone. Raises Malformed where a file is no capture, and where a folder
    holds none.
    """
    found: dict[pathlib.Path, int] = {}
    passed: list[pathlib.Path] = []
    for path in paths:
        if not path.is_dir():
            found[path] = _first_time(path) if len(paths) > 1 else 0
            continue
        captures, others = _captures_in(path)
        if not captures:
            raise Malformed("the folder holds no capture", where=str(path))
        found |= captures
        passed += others
    return Selection(sorted(found, key=lambda path: found[path]), passed)


def _captures_in(folder: pathlib.Path) -> tuple[dict[pathlib.Path, int], list[pathlib.Path]]:
    """Return the captures of a folder with their first times, and what else lies there."""
    captures: dict[pathlib.Path, int] = {}
    others: list[pathlib.Path] = []
    for path in _files_in(folder):
        try:
            captures[path] = _first_time(path)
        except Malformed:
            others.append(path)
    return captures, others


def _files_in(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = (pathlib.Path(parent, name) for name in sorted(names) if name[0] != ".")
        yield from (path for path in files if path.is_file())


def _first_time(path: pathlib.Path) -> int:
    """Return the time of a capture's first packet; what has none, or is a pipe, comes last."""
    last = 1 << 63
    if is_pipe(path):
        return last
    for block in Reading([path], block_packets=1).blocks():
        return int(block.records["time"][0])
    return last
