"""Reading octets of a message in order; nothing beyond the end is ever read."""

import struct

from situation.faults import Malformed

_BIG16, _BIG32, _BIG64 = (struct.Struct(form) for form in (">H", ">I", ">Q"))
_LITTLE16, _LITTLE32, _LITTLE64 = (struct.Struct(form) for form in ("<H", "<I", "<Q"))


class Short(Malformed):
    """A message ends before what it announces."""

    def __init__(self, wanted: int, left: int) -> None:
        super().__init__(f"{wanted} octets are announced, {left} are left", where="message")


class Cursor:
    """Octets from a place on. Each read raises `Short` where the octets do not suffice."""

    __slots__ = ("at", "end", "octets")

    def __init__(self, octets: bytes, at: int = 0, end: int | None = None) -> None:
        self.octets = octets
        self.at = at
        self.end = len(octets) if end is None else min(end, len(octets))

    @property
    def left(self) -> int:
        """Octets that are left."""
        return self.end - self.at

    def _step(self, count: int) -> int:
        at = self.at
        if count < 0 or at + count > self.end:
            raise Short(count, self.end - at)
        self.at = at + count
        return at

    def take(self, count: int) -> bytes:
        """Return the next `count` octets."""
        at = self._step(count)
        return self.octets[at : at + count]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self.end - self.at)

    def skip(self, count: int) -> None:
        """Pass over `count` octets."""
        self._step(count)

    def part(self, count: int) -> "Cursor":
        """Return a cursor over the next `count` octets alone, and pass over them."""
        at = self._step(count)
        return Cursor(self.octets, at, at + count)

    def octet(self) -> int:
        """Return an octet."""
        return self.octets[self._step(1)]

    def big16(self) -> int:
        """Return 16 bits in network order."""
        return int(_BIG16.unpack_from(self.octets, self._step(2))[0])

    def big24(self) -> int:
        """Return 24 bits in network order."""
        at = self._step(3)
        return int.from_bytes(self.octets[at : at + 3])

    def big32(self) -> int:
        """Return 32 bits in network order."""
        return int(_BIG32.unpack_from(self.octets, self._step(4))[0])

    def big64(self) -> int:
        """Return 64 bits in network order."""
        return int(_BIG64.unpack_from(self.octets, self._step(8))[0])

    def little16(self) -> int:
        """Return 16 bits in little-endian order."""
        return int(_LITTLE16.unpack_from(self.octets, self._step(2))[0])

    def little32(self) -> int:
        """Return 32 bits in little-endian order."""
        return int(_LITTLE32.unpack_from(self.octets, self._step(4))[0])

    def little64(self) -> int:
        """Return 64 bits in little-endian order."""
        return int(_LITTLE64.unpack_from(self.octets, self._step(8))[0])
