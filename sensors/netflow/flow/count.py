"""What records count: packets, octets, flags and TTLs of the directions that they know."""

import functools
from typing import NamedTuple

import numpy as np
import polars as pl

from sensors.decode.transport import TCP, UDP
from sensors.frame.column import Flags, Integers, nullable_column
from sensors.netflow.flow.endpoint import protocol_of
from sensors.netflow.wire.records import LIMIT, Records
from situation.fields import TCP_FLAGS

Columns = dict[str, pl.Series]


class Way(NamedTuple):
    """Elements of one direction, the first that is there is taken; `back`: of RFC 5103."""

    name: str
    side: str
    back: bool
    packets: tuple[int, ...]
    ip_octets: tuple[int, ...]
    payload: tuple[int, ...]


_WAYS = (
    Way("forward", "source", False, (2, 298, 86, 24), (1, 85, 23), (231,)),  # noqa: FBT003 - a row
    Way("backward", "destination", True, (2, 86), (1, 85), ()),  # noqa: FBT003 - a row
    Way("backward", "destination", False, (299,), (), (232,)),  # noqa: FBT003 - a row
)
"""Deltas before totals; `post` counters, of a device that tells what it sent on, come last."""

_FRAME_OCTETS = (352, 353)
_FLAGS = 6
_FLAG_COUNTS = {"syn": 218, "fin": 219, "rst": 220, "psh": 221, "ack": 222, "urg": 223}
_TTLS = {"min": (52, 192), "max": (53, 192)}
_SYN, _ACK = 1 << TCP_FLAGS.index("syn"), 1 << TCP_FLAGS.index("ack")
_IPV6_SOURCE = 27
_LEAST_IP = {False: 20, True: 40}
_LEAST_TRANSPORT = {TCP: 20, UDP: 8}


def counts(records: Records) -> Columns:
    """Return the columns of all directions that the records know; the others are left out.

    A record of one direction says nothing about the other: its counts stay null, for 0 would
    say that nobody answered. Octets on the wire are those of the frames where they are told,
    else those of the IP packets.
    """
    columns: Columns = {}
    for way in _WAYS:
        columns |= _way(records, way)
    for measure in ("packets", "bytes"):
        sides = [columns.get(f"{side}.{measure}") for side in ("source", "destination")]
        told = [side for side in sides if side is not None]
        if told:
            columns[f"network.{measure}"] = functools.reduce(pl.Series.__add__, told)
    return columns


def _way(records: Records, way: Way) -> Columns:
    packets = records.first_of(way.packets, back=way.back)
    octets = records.first_of(way.ip_octets, back=way.back)
    payload = records.first_of(way.payload)
    counted = any(told is not None for told in (packets, octets, payload))
    own = way.back or way.name == "forward"
    frames = records.first_of(_FRAME_OCTETS, back=way.back) if own else None
    flags = records.number(_FLAGS, back=way.back) if own else None
    wire = next((told for told in (frames, octets, payload) if told is not None), None)
    prefix = f"citywatch.flow.{way.name}"
    columns = {
        f"{way.side}.packets": packets,
        f"{way.side}.bytes": wire,
        f"{prefix}.ip_bytes": octets,
        f"{prefix}.payload_bytes": payload,
    }
    known = {name: _column(values) for name, values in columns.items() if values is not None}
    if payload is None and counted:
        known[f"{prefix}.payload_bytes"] = _no_payload(records, packets, octets, flags)
    if own:
        known |= _flags(records, flags, way) | _ttls(records, way)
    return known


def _column(values: Integers) -> pl.Series:
    """Return counts, null where they are beyond anything that can be counted."""
    fits = values < LIMIT
    return pl.Series(values) if fits.all() else nullable_column(values, fits)


def _no_payload(
    records: Records, packets: Integers | None, octets: Integers | None, flags: Integers | None
) -> pl.Series:
    """Return 0 where there was surely no payload, else null: exporters do not count it.

    A SYN that was never followed by an ACK opened nothing, and packets that are as short as
    their headers hold nothing.
    """
    empty: Flags = np.zeros(len(records), np.bool_)
    protocol = protocol_of(records)
    if protocol is None:
        return nullable_column(np.zeros(len(records), np.int64), empty)
    if flags is not None:
        empty |= (protocol == TCP) & (flags & (_SYN | _ACK) == _SYN)
    if packets is not None and octets is not None:
        is_six = records.address(_IPV6_SOURCE, 16) is not None
        for number, least in _LEAST_TRANSPORT.items():
            headers = np.minimum(packets, LIMIT >> 8) * (least + _LEAST_IP[is_six])
            empty |= (protocol == number) & (octets <= headers)
    return nullable_column(np.zeros(len(records), np.int64), empty)


def _flags(records: Records, flags: Integers | None, way: Way) -> Columns:
    """Return packets by flag: as counted, else 1 where a packet had it, at least."""
    columns: Columns = {}
    for bit, flag in enumerate(TCP_FLAGS):
        number = _FLAG_COUNTS.get(flag)
        counted = None if number is None else records.number(number, back=way.back)
        if counted is None and flags is not None:
            counted = flags >> bit & 1
        if counted is not None:
            columns[f"citywatch.flow.{way.name}.flags.{flag}"] = _column(counted)
    return columns


def _ttls(records: Records, way: Way) -> Columns:
    told = {end: records.first_of(numbers, back=way.back) for end, numbers in _TTLS.items()}
    return {
        f"citywatch.flow.{way.name}.ttl.{end}": _column(values)
        for end, values in told.items()
        if values is not None
    }
