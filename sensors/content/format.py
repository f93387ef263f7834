"""One format of content: how it is known, who reads it, what its library raises."""

from dataclasses import dataclass

from sensors.content.reader import Reader
from situation.content.piece import Trait

Magic = tuple[int, bytes]
"""Octets, and where in the file they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. Without a reader it is either of a `trait` that holds no text, or unreadable.

    `faults` are the exceptions beyond `sensors.content.reading.FAULTS` that the reader's library
    declares for broken content.
    """

    key: str
    zh: str
    en: str
    media: str
    """Media type; also what a member `mimetype` of a zip archive says."""
    reader: Reader | None = None
    trait: Trait | None = None
    magic: tuple[Magic, ...] = ()
    members: tuple[str, ...] = ()
    """Members of a zip archive, any of which makes it this format; `word/` is any below it."""
    streams: tuple[str, ...] = ()
    """Streams of an OLE2 file, any of which makes it this format."""
    endings: tuple[str, ...] = ()
    """Endings of names, which decide among formats of text alone."""
    faults: tuple[type[Exception], ...] = ()
