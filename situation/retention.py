"""Retention: which days are kept long enough, told before they are dropped.

`store.retention_days` names a dataset and its days: today and so many days before it are kept.
A dataset that is not named is kept for good. `drill` names all datasets of drills that have no
row of their own. Days to come, from clocks that stand wrong, are dropped once they are past.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from situation.events.dataset import DRILL_PREFIX
from situation.events.store import EventStore, HeldDay
from situation.faults import Misconfigured

DRILLS = DRILL_PREFIX.removesuffix("-")
"""Row of the table that holds for the datasets of all drills."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Days of one dataset that are kept no longer: those before the day `before`."""

    dataset: str
    before: dt.date
    days: tuple[HeldDay, ...]

    @property
    def documents(self) -> int:
        """Documents of all its days."""
        return sum(day.documents for day in self.days)

    @property
    def octets(self) -> int:
        """Octets on disk of all its days."""
        return sum(day.octets for day in self.days)


def expiries(
    held: Mapping[str, Sequence[HeldDay]], retention_days: Mapping[str, int], today: dt.date
) -> tuple[Expiry, ...]:
    """Return what would be dropped on the UTC day `today`, by name of the dataset.

    Raises `Misconfigured` where a row keeps less than one day.
    """
    faults = [f"{name} keeps {days} days" for name, days in retention_days.items() if days < 1]
    if faults:
        raise Misconfigured.listing(faults, where="store.retention_days")
    found = []
    for dataset in sorted(held):
        days = _days_of(dataset, retention_days)
        if days is not None:
            before = _day_before(today, days)
            old = tuple(day for day in held[dataset] if day.day < before)
            found.append(Expiry(dataset, before, old))
    return tuple(expiry for expiry in found if expiry.days)


def _days_of(dataset: str, retention_days: Mapping[str, int]) -> int | None:
    if dataset in retention_days:
        return retention_days[dataset]
    return retention_days.get(DRILLS) if dataset.startswith(DRILL_PREFIX) else None


def _day_before(today: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(max(today.toordinal() - days, 1))


def preview(
    store: EventStore, retention_days: Mapping[str, int], today: dt.date
) -> tuple[Expiry, ...]:
    """Return what `drop` would drop from `store` now; nothing is changed."""
    held = {dataset: store.held(dataset) for dataset in store.datasets()}
    return expiries(held, retention_days, today)


def drop(
    store: EventStore, retention_days: Mapping[str, int], today: dt.date
) -> tuple[Expiry, ...]:
    """Drop what is kept no longer; return what is gone. Harmless to repeat."""
    planned = preview(store, retention_days, today)
    for expiry in planned:
        store.drop_before(expiry.dataset, expiry.before)
    gone = [_gone(store, expiry) for expiry in planned]
    return tuple(expiry for expiry in gone if expiry.days)


def _gone(store: EventStore, expiry: Expiry) -> Expiry:
    left = {day.day for day in store.held(expiry.dataset)}
    days = tuple(day for day in expiry.days if day.day not in left)
    return Expiry(expiry.dataset, expiry.before, days)
