"""Pieces of a message that come in any order, put together from its beginning on."""

_MOST_PIECES = 256


class Pieces:
    """What is there of a message of at most `most` octets; what comes twice is kept once."""

    __slots__ = ("_most", "_waiting", "front")

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[int, bytes] = {}
        self.front = b""
        """The octets from the beginning on, as far as none is missing."""

    def add(self, at: int, octets: bytes) -> None:
        """Take a piece that begins at an offset; one beyond the bounds is passed over."""
        if at + len(octets) > self._most:
            return
        if at > len(self.front):
            if len(self._waiting) < _MOST_PIECES and len(octets) > len(self._waiting.get(at, b"")):
                self._waiting[at] = octets
            return
        self.front += octets[len(self.front) - at :]
        for later in sorted(self._waiting):
            if later > len(self.front):
                break
            self.front += self._waiting.pop(later)[len(self.front) - later :]
