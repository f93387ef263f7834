"""What became of datagrams and sets, with sums that have to agree."""

from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Counters:
    """Every datagram is read or refused; every set is in one bucket.

    `sets_waiting` may be negative in the counters of one call: sets that waited before it.
    """

    datagrams: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Datagrams of which nothing could be read, by reason."""
    sets: int = 0
    sets_taken: int = 0
    """Sets of templates, options and records."""
    sets_refused: Counter[str] = field(default_factory=Counter)
    """Sets that were damaged, by reason; what stood before the damage was taken."""
    sets_waiting: int = 0
    """Sets of records whose template has not come yet."""
    no_template: int = 0
    """Sets that were given up, because their template never came or the room was full."""
    records: int = 0
    sampled: int = 0
    """Records among them that a sampled exporter sent."""
    options: int = 0
    templates: int = 0
    withdrawn: int = 0
    lost: int = 0
    """By the sequence numbers: flows of v5, messages of v9, records of IPFIX."""
    late: int = 0
    restarts: int = 0
    evicted: int = 0
    """Observation domains that were forgotten, because others needed the room."""

    def add(self, other: "Counters") -> None:
        """Add the counts of another."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, mine + theirs)

    def reconciles(self) -> bool:
        """Tell whether every datagram and every set is in exactly one bucket."""
        refused = sum(self.sets_refused.values())
        settled = self.sets_taken + refused + self.sets_waiting + self.no_template
        return self.datagrams == self.read + sum(self.refused.values()) and self.sets == settled
