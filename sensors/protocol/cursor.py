"""Reading octets of a message in order; nothing beyond the end is ever read."""

from situation.faults import Malformed


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

    def big(self, count: int) -> int:
        """Return the number in the next `count` octets, in network order."""
        at = self._step(count)
        return int.from_bytes(self.octets[at : at + count])

    def little(self, count: int) -> int:
        """Return the number in the next `count` octets, the lowest octet first."""
        at = self._step(count)
        return int.from_bytes(self.octets[at : at + count], "little")
