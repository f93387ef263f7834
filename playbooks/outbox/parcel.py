"""Parcels: what leaves as one message; a digest where more waits than the channel may send."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from situation.state.tables import Delivery

DIGEST_SIZE = 30
"""Deliveries in one digest; more would fit no channel."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery with those that travel inside it."""

    carrier: Delivery
    others: tuple[Delivery, ...] = ()


def packed(waiting: Sequence[Parcel], tokens: int) -> tuple[list[Parcel], list[Parcel]]:
    """Return what may leave with so many tokens, and what has to wait. All are of one channel.

    With too few tokens the deliveries to one recipient that nobody has tried to send yet leave as
    one. Urgent ones go first and always alone; real ones and those of a drill are never mixed.
    """
    if len(waiting) <= tokens:
        return list(waiting), []
    urgent = [one for one in waiting if one.carrier.urgent]
    fixed = [one for one in waiting if not one.carrier.urgent and not _is_fresh(one)]
    fresh = [one.carrier for one in waiting if not one.carrier.urgent and _is_fresh(one)]
    parcels = [*urgent, *fixed, *_digests(fresh)]
    return parcels[:tokens], parcels[tokens:]


def _is_fresh(parcel: Parcel) -> bool:
    # What was tried may have arrived, though nobody said so: it keeps its own id.
    return not parcel.others and parcel.carrier.attempts == 0 and parcel.carrier.owner is None


def _digests(deliveries: Iterable[Delivery]) -> list[Parcel]:
    groups: dict[tuple[str, str, str | None], list[Delivery]] = {}
    for one in deliveries:
        groups.setdefault((one.recipient, one.address, one.drill_id), []).append(one)
    return [
        Parcel(group[start], tuple(group[start + 1 : start + DIGEST_SIZE]))
        for group in groups.values()
        for start in range(0, len(group), DIGEST_SIZE)
    ]
