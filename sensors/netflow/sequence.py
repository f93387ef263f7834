"""The thread of messages of one observation domain: what was lost, late or begun anew."""

from dataclasses import dataclass

from sensors.netflow.wire.message import MILLISECOND, NO_UPTIME, Message

_TURN = 1 << 32
_HALF_TURN = 1 << 31
_FARTHEST = 1 << 24
"""Steps ahead that are still taken for a loss; whoever jumps farther has begun anew."""
_CLOCK_TOLERANCE = 5_000
"""Milliseconds that uptime and clock may differ by, beyond which a lower uptime is a restart."""


@dataclass(slots=True)
class Thread:
    """Where the sequence stands.

    A step is what the version counts: v5 flows, v9 messages, IPFIX data records.
    """

    expected: int | None = None
    uptime: int = NO_UPTIME
    exported: int = 0
    lost: int = 0
    """Steps that never came."""
    late: int = 0
    """Messages that came after later ones, or twice."""
    restarts: int = 0

    def is_restart(self, message: Message) -> bool:
        """Tell whether the exporter began anew since the message before, by its uptime.

        The uptime also falls when its 32 bits turn over or a message comes late; the clock
        of the exporter has then moved as far.
        """
        before, self.uptime = self.uptime, message.uptime
        passed = (message.exported - self.exported) // MILLISECOND
        self.exported = message.exported
        if before == NO_UPTIME or message.uptime >= before:
            return False
        moved = (message.uptime - before + _HALF_TURN) % _TURN - _HALF_TURN
        return abs(moved - passed) > _CLOCK_TOLERANCE

    def begin_anew(self) -> None:
        """Forget where the sequence stood."""
        self.expected = None
        self.restarts += 1

    def step(self, sequence: int, steps: int | None, window: int) -> int:
        """Take a message of `steps`, None if they are unknown; return by how much `lost` changed.

        What lies at most `window` steps behind is late: it was counted as lost before.
        """
        before = self.lost
        ahead = 0 if self.expected is None else (sequence - self.expected) % _TURN
        if _TURN - ahead <= window:
            self.late += 1
            self.lost = max(0, self.lost - (steps or 0))
            return self.lost - before
        if ahead > _FARTHEST:
            self.restarts += 1
        else:
            self.lost += ahead
        self.expected = None if steps is None else (sequence + steps) % _TURN
        return self.lost - before
