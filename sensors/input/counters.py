"""What an input counted: plain numbers that reconcile.

Lines received = lines handed over + skipped by reason + shed by reason + lines that wait.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Counters:
    """The counts of one input since it was made; one thread writes, any may read."""

    lines: int = 0
    """Lines, messages, datagrams or packets that were received."""
    octets: int = 0
    """Octets of these; of files with their line ends."""
    handed_lines: int = 0
    events: int = 0
    """Rows of the lines that were handed over."""
    waiting: int = 0
    """Lines that are held until there is room."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Lines that are no events, by reason."""
    shed: Counter[str] = field(default_factory=Counter)
    """Lines that were lost for want of room, by reason."""
    faults: Counter[str] = field(default_factory=Counter)
    """Events that bear a fault, by reason; they were handed over."""
    framing: Counter[str] = field(default_factory=Counter)
    """Errors of the framing of messages, by reason."""
    refused: Counter[str] = field(default_factory=Counter)
    """Connections, requests or files that were refused, by reason."""
    subjects: Counter[str] = field(default_factory=Counter)
    """Connections by the subject of the client's certificate."""
    flows: int = 0
    """Flows that were opened, of an input that captures packets."""
    connections: int = 0
    """Connections that are open, or files that are followed."""
    copies: int = 0
    """Files that are not read, because another is read that begins with all they hold."""
    accepted: int = 0
    """Connections that were opened, or files that were taken up."""
    kernel_drops: int = 0
    """Datagrams or packets that the kernel dropped before they could be read."""
    refusals: int = 0
    """Times that the outlet had no room."""
    starts: int = 0
    last_event: dt.datetime | None = None
    """Greatest `@timestamp` that was handed over."""
    trouble: str = ""
    """What keeps the input from its work at present; empty where nothing does."""

    @property
    def balance(self) -> int:
        """Lines that no bucket has; 0 if the sums reconcile."""
        found = self.handed_lines + self.waiting
        return self.lines - found - self.skipped.total() - self.shed.total()

    def plain(self) -> dict[str, object]:
        """Return all as plain values: numbers, texts, and numbers by reason.

        The lines are read last, for others count meanwhile: what came of them is never more.
        """
        told = {one.name: getattr(self, one.name) for one in reversed(fields(self))}
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name, value in reversed(told.items())
        }
