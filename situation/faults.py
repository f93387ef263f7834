"""The four faults, each named for what the caller does about it."""

from collections.abc import Sequence


class Fault(Exception):  # noqa: N818 - faults are named for what the caller does
    """A fault with a place: file and offset, setting, rule or clause."""

    def __init__(self, reason: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason = reason
        self.where = where


class Malformed(Fault):
    """The input is broken: drop it, count it, keep a sample."""


class Misconfigured(Fault):
    """The configuration is wrong: refuse to start and list every fault at once."""

    @classmethod
    def listing(cls, faults: Sequence[str], *, where: str) -> "Misconfigured":
        """Join all `faults` of one configuration into a single refusal."""
        return cls("; ".join(faults), where=where)


class Unavailable(Fault):
    """A needed server is away: retry with back-off, then degrade visibly.

    A retry sooner than after `wait_seconds` is known to be in vain.
    """

    def __init__(self, reason: str, *, where: str = "", wait_seconds: float = 0.0) -> None:
        super().__init__(reason, where=where)
        self.wait_seconds = wait_seconds


class Conflict(Fault):
    """Somebody else was quicker, or the state forbids it: reload and try again."""
