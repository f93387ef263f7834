"""Messages out of the octets of a connection (RFC 6587), however the octets arrive.

The framing is recognised once per connection: octet counting (3.4.1) where it begins with a
length and `<`, else a delimiter (3.4.2): LF or NUL, whichever comes first.
"""

import re
from collections import Counter

MESSAGE_LIMIT = 256 * 1024
"""Octets of a message that are kept; the rest is read and dropped."""

CLIPPED, BAD_LENGTH, CUT = "clipped", "bad_length", "cut"
"""What is counted: message too long; no length where one is due; end inside a message."""

_LENGTH = re.compile(rb"([1-9][0-9]{0,8}) ")
_DIGITS = re.compile(rb"[1-9][0-9]{0,8}\Z")
_BETWEEN = b"\r\n\0"
"""Octets that some senders put behind a counted message."""


class Framing:
    """Cuts one connection into messages; holds at most one unfinished message."""

    def __init__(self, *, limit: int = MESSAGE_LIMIT) -> None:
        self.faults: Counter[str] = Counter()
        self._limit = limit
        self._held = b""
        self._counted: bool | None = None
        self._delimiter = b""
        self._skip = 0
        """Octets of a counted message that are still to be dropped."""
        self._dropping = False
        """Whether all is dropped up to the next delimiter."""

    def feed(self, octets: bytes) -> list[bytes]:
        """Return the messages that `octets` complete, without their delimiters."""
        held = self._held + octets
        self._held = b""
        if self._counted is None:
            self._counted = _is_counted(held)
            if self._counted is None:
                self._held = held
                return []
        return self._counted_messages(held) if self._counted else self._delimited(held)

    def end(self) -> list[bytes]:
        """Return what is left of a message when the connection ends."""
        held, self._held = self._held, b""
        if self._counted and (held or self._skip):
            self.faults[CUT] += 1
        began = _LENGTH.match(held) if self._counted else None
        rest = held[began.end() :] if began else held
        return [rest] if rest and not self._dropping else []

    def _delimited(self, held: bytes) -> list[bytes]:
        if not self._delimiter:
            self._delimiter = _first_delimiter(held)
        pieces = held.split(self._delimiter) if self._delimiter else [held]
        if self._dropping and len(pieces) > 1:
            self._dropping = False
            del pieces[0]
        rest = pieces.pop()
        messages = [self._clipped(piece) for piece in pieces]
        if self._dropping:
            return messages
        if len(rest) > self._limit:
            messages.append(self._clipped(rest))
            self._dropping = True
        else:
            self._held = rest
        return messages

    def _clipped(self, message: bytes) -> bytes:
        if len(message) <= self._limit:
            return message
        self.faults[CLIPPED] += 1
        return message[: self._limit]

    def _counted_messages(self, held: bytes) -> list[bytes]:
        messages: list[bytes] = []
        begin = self._behind_dropped(held, 0)
        while (end := self._next(held, begin, messages)) is not None:
            begin = self._behind_dropped(held, end)
        self._held = held[begin:]
        return messages

    def _behind_dropped(self, held: bytes, at: int) -> int:
        """Return where the next message begins, behind what is dropped."""
        dropped = min(self._skip, len(held) - at)
        self._skip -= dropped
        at += dropped
        while not self._skip and not self._dropping and held[at : at + 1] in _SEPARATORS:
            at += 1
        return at

    def _next(self, held: bytes, at: int, messages: list[bytes]) -> int | None:
        """Take the message at `at`; return where it ends, None if it is not whole yet."""
        length = None if self._dropping else _LENGTH.match(held, at)
        if length is None:
            return self._without_length(held, at, messages)
        octets = int(length[1])
        end = length.end() + min(octets, self._limit)
        if len(held) < end:
            return None
        messages.append(held[length.end() : end])
        if octets > self._limit:
            self.faults[CLIPPED] += 1
            self._skip = octets - self._limit
        return end

    def _without_length(self, held: bytes, at: int, messages: list[bytes]) -> int | None:
        """Take what stands where a length should, up to the end of its line."""
        rest = len(held) - at
        if not rest or (not self._dropping and _DIGITS.match(held, at)):
            return None
        end = held.find(b"\n", at)
        if end < 0 and rest <= self._limit and not self._dropping:
            return None
        if not self._dropping:
            self.faults[BAD_LENGTH] += 1
            messages.append(self._clipped(held[at : end if end >= 0 else len(held)]))
        self._dropping = end < 0
        return len(held) if end < 0 else end + 1


_SEPARATORS = frozenset(bytes([octet]) for octet in _BETWEEN)


def _is_counted(held: bytes) -> bool | None:
    """Tell whether a connection that begins so counts octets; None while it may be either."""
    if not held or _DIGITS.match(held):
        return None
    length = _LENGTH.match(held)
    if length is None:
        return False
    return held[length.end() : length.end() + 1] == b"<" if len(held) > length.end() else None


def _first_delimiter(held: bytes) -> bytes:
    places = {octet: held.find(octet) for octet in (b"\n", b"\0")}
    found = {octet: place for octet, place in places.items() if place >= 0}
    return min(found, key=lambda octet: found[octet]) if found else b""
