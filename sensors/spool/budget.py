"""The budget: at which fill the spool sheds or refuses a record."""

from enum import Enum

from sensors.record import Priority

ALARM_SHARE = 0.8

SHED_SHARES = {Priority.SAMPLE: 0.85, Priority.FLOW: 0.9, Priority.METADATA: 0.95}
"""Fill of the budget at which records of a priority are dropped and counted."""

REFUSE_SHARES = {Priority.LOG: 1.0}
"""Fill at which a record is refused, so that its input waits; what stands nowhere never is."""


class Verdict(Enum):
    """What happens to a record that is put."""

    TAKE = "take"
    SHED = "shed"
    REFUSE = "refuse"


def verdict(priority: Priority, share: float) -> Verdict:
    """Return what a record meets when `share` of the budget is used."""
    if share >= SHED_SHARES.get(priority, float("inf")):
        return Verdict.SHED
    if share >= REFUSE_SHARES.get(priority, float("inf")):
        return Verdict.REFUSE
    return Verdict.TAKE


def ages(priority: Priority) -> bool:
    """Tell whether a record may be shed for its age."""
    return priority in SHED_SHARES
