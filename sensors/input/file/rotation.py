"""Whether a file that turned up goes on with one that was read before, or is a copy of it.

A renamed file is known by its inode. A copy (copytruncate) or a packed one (gzip) has another
inode, so its content has to tell: while the first still lives the copy waits, and when the
first is gone or emptied the copy takes its place.
"""

import enum
import pathlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sensors.input.file.content import Packed, Plain, open_content
from sensors.input.file.fingerprint import SURE_OCTETS, Likeness, is_beginning_of, likeness
from sensors.input.file.followed import Followed


class Tie(enum.Enum):
    """How a file that turned up belongs to one that is known."""

    COPY = "copy"
    """It holds nothing but what the known one, which lives, begins with."""
    GOES_ON = "goes on"
    """It holds all that was read of the known one, which is gone."""
    READ = "read"
    """It holds part of what was read of the known one, which is gone, and nothing else."""


@dataclass(frozen=True, slots=True)
class Related:
    """The known file that another belongs to, and how."""

    known: Followed
    tie: Tie


def is_derived(path: str, first: str) -> bool:
    """Tell whether the name of `path` looks like one that a rotation gives to `first`."""
    stem = pathlib.Path(first).name.partition(".")[0]
    name = pathlib.Path(path).name
    return name.startswith(stem) and not name[len(stem) : len(stem) + 1].isalnum()


def _may_be_copy(content: Plain | Packed, path: str, known: Followed) -> bool:
    """Tell whether to compare: in another folder, a few octets that agree mean little."""
    if not is_derived(path, known.place.path):
        return False
    first = pathlib.Path(known.place.path).parent
    return pathlib.Path(path).parent == first or len(content.read(0, SURE_OCTETS)) == SURE_OCTETS


def related(
    content: Plain | Packed, path: str, live: Iterable[Followed], ended: Iterable[Followed]
) -> Related | None:
    """Return what the file at `path` belongs to; None if it is a file of its own."""
    for known in live:
        if _may_be_copy(content, path, known) and _is_copy(content, known):
            return Related(known, Tie.COPY)
    found = [
        (shown, index, known, like)
        for index, known in enumerate(ended)
        for like, shown in (_likeness(content, path, known),)
        if like is not Likeness.OTHER
    ]
    if not found:
        return None
    _, _, known, like = max(found, key=lambda one: (one[3] is Likeness.SAME, one[0], one[1]))
    return Related(known, Tie.GOES_ON if like is Likeness.SAME else Tie.READ)


def _is_copy(content: Plain | Packed, known: Followed) -> bool:
    whole = known.content
    opened = None
    if whole is None:
        try:
            whole = opened = open_content(pathlib.Path(known.place.path))
        except OSError:
            return False
    try:
        return is_beginning_of(content, whole)
    finally:
        if opened is not None:
            opened.close()


def _likeness(content: Plain | Packed, path: str, known: Followed) -> tuple[Likeness, int]:
    """Compare with all that was read, else with what was handed over: whole lines alone."""
    found = Likeness.OTHER, 0
    for fingerprint in (known.read, known.place.fingerprint):
        stops = fingerprint.stops()
        if not stops or not _begins_alike(content, fingerprint.since, stops[0]):
            continue
        like, shown = likeness(content, fingerprint)
        is_sure = shown >= SURE_OCTETS or is_derived(path, known.place.path)
        if is_sure and like is Likeness.SAME:
            return like, shown
        found = (like, shown) if is_sure else found
    return found


def _begins_alike(content: Plain | Packed, since: int, stop: tuple[int, int]) -> bool:
    octets = content.read(since, stop[0] - since)
    return len(octets) == stop[0] - since and zlib.crc32(octets) == stop[1]
