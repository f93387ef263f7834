"""What is left out when packets come faster than they are metered: by how full the ring is."""

from sensors.meter.layout import EVERYTHING, NO_SLICES, NO_STATISTICS

_STEPS = ((NO_STATISTICS, 0.8, 0.4), (NO_SLICES, 0.5, 0.25))
"""Level; share of waiting blocks above which it begins, and below which it ends."""

LEVELS = {
    EVERYTHING: "everything is kept",
    NO_SLICES: "payloads are not read for protocols",
    NO_STATISTICS: "neither payloads nor statistics of sizes and gaps are kept",
}


class Shedding:
    """Chooses the level. Between beginning and end of a step it stays, so that it does not flap."""

    def __init__(self) -> None:
        self.level = EVERYTHING

    def changes(self, waiting: float) -> bool:
        """Look at the share of blocks that wait; return whether `level` is another one now."""
        before = self.level
        self.level = EVERYTHING
        for level, begins, ends in _STEPS:
            if waiting > (ends if before >= level else begins):
                self.level = level
                break
        return self.level != before
