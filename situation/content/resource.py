"""Resources: the files, tables and indices that a source lists, before anything is read."""

from dataclasses import dataclass
from typing import Literal

ResourceKind = Literal["file", "object", "table", "index"]
Zone = Literal["internal", "internet", "public_share", "partner", "personal"]
"""Where a resource can be reached from, as the operator says in the settings of its scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """How a resource is protected, as far as a source can see. None: it cannot see it."""

    zone: Zone = "internal"
    world_readable: bool | None = None
    world_writable: bool | None = None
    anonymous: bool | None = None
    """Whether it is handed out without a login."""
    encrypted_transport: bool | None = None
    owner: str = ""
    """Who owns it: a user of the file system, of the bucket, of the database."""


UNSEEN = Exposure()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing to scan. `path` is what people are shown and what sorts the walk.

    `stamp` changes whenever the content may have changed: inode, size, times of a file; ETag of
    an object; watermark of a table. Empty: it has to be read to know.
    """

    path: str
    kind: ResourceKind = "file"
    size: int = 0
    """Octets; of a table its rows."""
    stamp: str = ""
    exposure: Exposure = UNSEEN
