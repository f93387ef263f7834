"""What the store refused of a parcel, as dead letters."""

import datetime as dt
from collections import deque
from collections.abc import Sequence

from sensors.delivery.dead import Letter, written_rows
from sensors.delivery.parcel import Parcel
from situation.events.store import Rejection, WriteResult


def refused_whole(parcel: Parcel, reason: str) -> WriteResult:
    """Return the result of a parcel of which every row is refused for `reason`."""
    frame = parcel.batch.frame
    ids = frame["event.id"] if "event.id" in frame.columns else [None] * frame.height
    return WriteResult(0, 0, tuple(Rejection(str(one or ""), reason) for one in ids))


def letters(
    parcel: Parcel, rejected: Sequence[Rejection], at: dt.datetime, attempt: int
) -> list[Letter]:
    """Return a letter for each rejection, with the row that it is about."""
    if not rejected:
        return []
    rows = list(written_rows(parcel.batch.frame))
    numbers: dict[str, deque[int]] = {}
    for number, document in enumerate(rows):
        numbers.setdefault(str(document.get("event.id", "")), deque()).append(number)
    return [
        Letter(
            time=at.isoformat(),
            reason=rejection.reason,
            dataset=parcel.batch.dataset,
            batch=parcel.batch.name,
            sequence=parcel.first + number,
            attempt=attempt,
            document=rows[number],
        )
        for rejection in rejected
        # The rows of one id are refused in their order.
        for number in [numbers[rejection.event_id].popleft()]
    ]
