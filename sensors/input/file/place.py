"""How far a file has been read: a text that travels with the records that were read from it.

The place is durable together with its record, so no line can be lost or read twice between the
two. A file has a slot of its input; the slot's number is all that the outlet has to know.
"""

import hashlib
from dataclasses import dataclass

import orjson

from sensors.input.file.fingerprint import Fingerprint

_IDENTITY_OCTETS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A file, by what it is known again, and how far it has been read.

    `identity` stays whatever the file is renamed or packed to: event ids are made of it.
    `stamp` is size and mtime (ns) when all of it had been read. `ended` is when it was gone or
    emptied, in seconds since 1970; 0 while it lives.
    """

    identity: str
    device: int
    inode: int
    path: str
    fingerprint: Fingerprint
    stamp: tuple[int, int] = (0, 0)
    ended: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""
        return self.device, self.inode

    @property
    def text(self) -> str:
        """The place as the outlet keeps it."""
        known = self.fingerprint
        return orjson.dumps(
            [
                self.identity,
                self.device,
                self.inode,
                self.path.encode(errors="surrogateescape").hex(),
                *self.stamp,
                self.ended,
                known.since,
                known.offset,
                known.check,
                known.marks,
                known.tail.hex(),
            ]
        ).decode()


def place_of(text: str) -> Place | None:
    """Return the place that `text` tells; None for the empty text of a free slot."""
    if not text:
        return None
    identity, device, inode, path, size, mtime, ended, *known = orjson.loads(text)
    since, offset, check, marks, tail = known
    pairs = tuple((int(mark), int(value)) for mark, value in marks)
    return Place(
        identity=identity,
        device=device,
        inode=inode,
        path=bytes.fromhex(path).decode(errors="surrogateescape"),
        fingerprint=Fingerprint(since, offset, check, pairs, bytes.fromhex(tail)),
        stamp=(size, mtime),
        ended=ended,
    )


def new_identity(*parts: str | int | bytes) -> str:
    """Return an identity made of whatever tells a file from all others at first sight."""
    digest = hashlib.blake2b(digest_size=_IDENTITY_OCTETS)
    for part in parts:
        octets = part if isinstance(part, bytes) else str(part).encode(errors="surrogateescape")
        digest.update(len(octets).to_bytes(4) + octets)
    return digest.hexdigest()
