"""When a flow began and ended: the elements that tell a time, most exact first."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sensors.frame.column import Integers
from sensors.netflow.flow.origin import Origins
from sensors.netflow.wire.message import MILLISECOND, SECOND
from sensors.netflow.wire.records import Records

_NEVER = -1
_LATEST = np.iinfo(np.int64).max
_MICROSECOND = 1_000
_UPTIME_TURN = 1 << 32
_HALF_TURN = 1 << 31
_NTP_BEFORE_1970 = 2_208_988_800
_FRACTION = np.uint64(32)
_FRACTION_MASK = np.uint64(0xFFFFFFFF)

Reader = Callable[[Records, int, Origins], Integers]


class Times(NamedTuple):
    """Nanoseconds since 1970; no end before its start."""

    start: Integers
    end: Integers


def _scaled(unit: int) -> Reader:
    def read(records: Records, position: int, _origins: Origins) -> Integers:
        values = records.integers(position)
        told = (values > 0) & (values <= _LATEST // unit)
        nanoseconds: Integers = np.where(told, values * told * unit, _NEVER)
        return nanoseconds

    return read


def _before_export(records: Records, position: int, origins: Origins) -> Integers:
    values = np.minimum(records.integers(position), _LATEST // _MICROSECOND)
    nanoseconds: Integers = np.maximum(origins.exported - values * _MICROSECOND, _NEVER)
    return nanoseconds


def _ntp(records: Records, position: int, _origins: Origins) -> Integers:
    """Read NTP times; what would lie before 1970 lies after 2036 (RFC 5905, 6)."""
    values = records.unsigned(position)
    seconds = (values >> _FRACTION).astype(np.int64) - _NTP_BEFORE_1970
    seconds = np.where(seconds < 0, seconds + _UPTIME_TURN, seconds)
    fraction = ((values & _FRACTION_MASK) * np.uint64(SECOND)) >> _FRACTION
    return np.where(values > 0, seconds * SECOND + fraction.astype(np.int64), _NEVER)


def _uptime(records: Records, position: int, origins: Origins) -> Integers:
    """Read a time since the start of the system; 32 bits of milliseconds turn over in 49 days."""
    values = records.integers(position)
    age = (origins.uptime - values + _HALF_TURN) % _UPTIME_TURN - _HALF_TURN
    by_header = origins.exported - age * MILLISECOND
    since_begun = (origins.exported - origins.begun) // MILLISECOND
    turns = (since_begun - values + _HALF_TURN) // _UPTIME_TURN * _UPTIME_TURN
    by_begun = origins.begun + (np.minimum(values, _UPTIME_TURN) + turns) * MILLISECOND
    told = np.where(origins.begun >= 0, by_begun, _NEVER)
    return np.maximum(np.where(origins.uptime >= 0, by_header, told), _NEVER)


_SECONDS, _MILLISECONDS = _scaled(SECOND), _scaled(MILLISECOND)
_Row = tuple[int, Reader]

_STARTS: tuple[_Row, ...] = (
    (156, _ntp), (154, _ntp), (152, _MILLISECONDS), (150, _SECONDS), (158, _before_export),
    (22, _uptime),
)  # fmt: skip
_ENDS: tuple[_Row, ...] = (
    (157, _ntp), (155, _ntp), (153, _MILLISECONDS), (151, _SECONDS), (159, _before_export),
    (21, _uptime),
)  # fmt: skip
_EVENTS: tuple[_Row, ...] = (
    (325, _ntp), (324, _ntp), (323, _MILLISECONDS), (322, _SECONDS), (258, _MILLISECONDS),
)  # fmt: skip
_BEGUN: tuple[_Row, ...] = ((160, _MILLISECONDS),)
_DURATIONS: tuple[_Row, ...] = ((162, _scaled(_MICROSECOND)), (161, _MILLISECONDS))
"""Element and how it is read; only the first that a record has is taken."""

_FULL_OCTETS = 8


def _told(records: Records, origins: Origins, rows: Sequence[_Row]) -> Integers:
    """Return the time that the first element present tells, _NEVER where none does."""
    for number, read in rows:
        position = records.position(number, octets=_FULL_OCTETS if read is _ntp else None)
        if position is not None:
            return read(records, position, origins)
    return np.full(len(records), _NEVER, np.int64)


def times(records: Records, origins: Origins) -> Times:
    """Return start and end of records.

    A missing one follows from the duration, else it is the other; where neither is told it is
    the time of the event, else that of the export. The earlier of the two is the start.
    """
    begun = _told(records, origins, _BEGUN)
    origins = origins._replace(begun=np.where(begun >= 0, begun, origins.begun))
    start, end = _told(records, origins, _STARTS), _told(records, origins, _ENDS)
    if (start < 0).any() or (end < 0).any():
        start, end = _completed(start, end, records, origins)
    return Times(np.minimum(start, end), np.maximum(start, end))


def _completed(
    start: Integers, end: Integers, records: Records, origins: Origins
) -> tuple[Integers, Integers]:
    lasted = np.maximum(_told(records, origins, _DURATIONS), 0)
    event = _told(records, origins, _EVENTS)
    moment = np.where(event >= 0, event, origins.exported)
    room = _LATEST - lasted
    ended = np.where(end >= 0, end, np.where(start >= 0, np.minimum(start, room) + lasted, moment))
    began = np.where(start >= 0, start, np.maximum(ended - lasted, 0))
    return began, ended
