"""Which flows of two parts of a capture are one flow of the whole.

These are the rules of `sensors.meter.kernel` about where a flow ends and who began it, over whole
flows of the parts (pieces) instead of packets. The history says what a piece did to the connection.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sensors.meter.settings import MeterSettings

_SECOND = 1_000_000_000


class Piece(NamedTuple):
    """A flow of one part, as far as it says what it belongs to."""

    key: int
    identity: str
    part: int
    source: str
    port: int
    transport: str
    start: int
    end: int
    history: str
    told: str
    sequence: int | None
    reason: str

    @property
    def letters(self) -> str:
        """Return the history without what does not tell how the flow began."""
        return self.history.lstrip("Cc^")


@dataclass(slots=True)
class Chain:
    """Pieces that are one flow of the whole. The history is seen from the first piece's source."""

    pieces: list[Piece]
    history: str
    sequence: int | None
    told: str
    reason: str
    end: int
    turned_at: int | None = None
    """Piece whose SYN told the initiator."""

    @property
    def is_told(self) -> bool:
        """Whether the meter knew where the flow ended, unless it says that it cut it."""
        return self.pieces[-1].part > 0

    @property
    def leading(self) -> Piece:
        """Return the piece whose direction is that of the flow."""
        return self.pieces[self.turned_at or 0]


def is_turned(piece: Piece, other: Piece) -> bool:
    """Tell whether two flows of one key take different ends for the initiator."""
    return (piece.source, piece.port) != (other.source, other.port)


def added(history: str, letters: str) -> str:
    """Return a history with the letters behind it that it does not have."""
    return history + "".join(letter for letter in letters if letter not in history)


def _closing(history: str) -> str | None:
    """Return the reason of a teardown that the history tells of."""
    fins = set()
    for letter in history:
        if letter in "RrIi":
            return "rst"
        if letter in "Ff":
            fins.add(letter)
            if len(fins) > 1:
                return "fin"
    return None


def _chain_of(piece: Piece) -> Chain:
    return Chain([piece], piece.history, piece.sequence, piece.told, piece.reason, piece.end)


class Rules:
    """The kernel's rules of where a flow ends, over pieces."""

    def __init__(self, settings: MeterSettings) -> None:
        self._idle = {
            "tcp": round(settings.tcp_idle_seconds * _SECOND),
            "udp": round(settings.udp_idle_seconds * _SECOND),
        }
        self._other = round(settings.other_idle_seconds * _SECOND)
        self._linger = round(settings.linger_seconds * _SECOND)
        self.active = round(settings.active_seconds * _SECOND)

    def quiet(self, transport: str) -> int:
        """Return how long a flow that is open may be quiet."""
        return self._idle.get(transport, self._other)

    def end_before(self, chain: Chain, piece: Piece) -> str | None:
        """Return why the flow ended before the piece, None if the piece belongs to it."""
        closing = _closing(chain.history)
        if chain.reason in ("evicted", "idle") or (chain.is_told and chain.reason != "cut"):
            return chain.reason if chain.reason == "evicted" else closing or chain.reason
        limit = self.quiet(piece.transport) if closing is None else self._linger
        if abs(piece.start - chain.end) > limit:
            return closing or "idle"
        if piece.letters[:1] != "S" or piece.sequence == chain.sequence:
            return None
        if closing is None and not {"D", "d"} <= set(chain.history):
            return None
        return closing or "reopened"

    def join(self, chain: Chain, piece: Piece) -> None:
        """Put a piece behind the flow that it belongs to."""
        head = chain.pieces[0]
        tells = piece.letters[:1] in ("S", "h") and piece.told == "syn"
        chain.pieces.append(piece)
        if tells and chain.told != "syn" and piece.start - head.start < self.active:
            chain.told = "syn"
            chain.turned_at = len(chain.pieces) - 1
        letters = piece.history.replace("^", "")
        chain.history = added(
            chain.history, letters.swapcase() if is_turned(piece, head) else letters
        )
        if chain.sequence is None:
            chain.sequence = piece.sequence
        chain.reason = piece.reason
        chain.end = max(chain.end, piece.end)

    def chains(self, pieces: list[Piece], last: int) -> Iterator[Chain]:
        """Yield the flows of the whole out of the pieces of one key, the reasons told."""
        chain = _chain_of(pieces[0])
        for piece in pieces[1:]:
            reason = self.end_before(chain, piece)
            if reason is None:
                self.join(chain, piece)
                continue
            chain.reason = reason
            yield chain
            chain = _chain_of(piece)
        chain.reason = self._last_reason(chain, last)
        yield chain

    def _last_reason(self, chain: Chain, last: int) -> str:
        """Return why a flow ended behind which there is none; `last` is the last packet's time."""
        closing = _closing(chain.history)
        if chain.reason not in ("end", "cut") and closing is None:
            return chain.reason
        over = last - chain.end > self.quiet(chain.pieces[0].transport)
        return closing or ("idle" if over else "end")
