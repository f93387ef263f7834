"""Records as a frame: the columns of a flow, and what exporters add to them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.frame.column import Integers, constant_column, time_column
from sensors.frame.vocabulary import named_numbers, transport_names, vlan_names
from sensors.log.completion import ANCIENT, FUTURE
from sensors.log.kind import FAULT
from sensors.netflow.flow.announcement import Announced, names_of, sampling
from sensors.netflow.flow.count import Columns, counts
from sensors.netflow.flow.endpoint import Ends, address_of, community, ends_of, protocol_of
from sensors.netflow.flow.identity import event_ids, flow_ids
from sensors.netflow.flow.instant import Times, times
from sensors.netflow.flow.origin import Origins
from sensors.netflow.flow.remainder import mac_of, remainder
from sensors.netflow.wire.records import Records
from situation.events.instant import DAY
from situation.fields import FLOW_COLUMNS, REST, frame_schema

_ADDED = (
    "observer.ip", "observer.type", "event.module", "event.created",
    "citywatch.flow.sampling_interval", "citywatch.log.claimed_time",
    "citywatch.log.time_origin", FAULT, "source.mac", "destination.mac", "source.nat.ip",
    "source.nat.port", "destination.nat.ip", "destination.nat.port", "network.application",
    "observer.ingress.interface.name", "observer.egress.interface.name",
)  # fmt: skip

NETFLOW_SCHEMA: dict[str, pl.DataType] = {
    **frame_schema((*FLOW_COLUMNS, *_ADDED)),
    REST: pl.String(),
}
"""Columns of a batch of exported flows: those of the packet sensor and what exporters add.

What an exporter cannot know is null; so are the columns of the asset table.
"""

SAMPLING_INTERVAL = "citywatch.flow.sampling_interval"

_PROTOCOLS, _VLAN_MASK = 256, 0xFFF
_VLANS, _INNER_VLAN = (243, 58), 245
_MACS = {"source.mac": (56, 81), "destination.mac": (80, 57)}
_MAC_OCTETS = 6
_NAT = {"source": (225, 281, 227), "destination": (226, 282, 228)}
_END_REASON, _BIFLOW_DIRECTION = 136, 239
_END_REASONS = (None, "idle", "active", "end", "end", "evicted")
"""By flowEndReason: 3 is an end that was seen, 4 a forced one, 5 lack of resources."""
_ACTIVE, _SEEN = 2, 3
_REVERSE_INITIATOR = 2
_PAIRED = (("source.", "destination."), ("flow.forward.", "flow.backward."))


class Rules(NamedTuple):
    """Who saw the flows, and from which age in days on a time is not believed."""

    observer: str
    oldest_days: int | None


class Company(NamedTuple):
    """What stands around records: their origins, and what each domain announced.

    `numbers` holds the number of each record in its message, `hashes` one of each domain.
    """

    origins: Origins
    numbers: Integers
    announced: Sequence[Announced]
    hashes: npt.NDArray[np.uint64]


def record_frame(records: Records, company: Company, rules: Rules) -> pl.DataFrame:
    """Return flow records as NETFLOW_SCHEMA."""
    origins = company.origins
    told = times(records, origins)
    ends = ends_of(records)
    columns: Columns = {
        **_constants(len(records), rules.observer),
        **_times(told, origins.received, rules.oldest_days),
        **_sampling(records, company),
        **counts(records),
        **_layers(records),
        **_translation(records),
        **names_of(records, origins, company.announced),
    }
    if ends is not None:
        columns |= _sides(ends) | _protocol(records)
    columns |= _identities(ends, told, company)
    columns |= _end(records, columns)
    turned = _turned(records, columns)
    columns[REST] = remainder(records)
    return _whole(columns | turned, len(records))


def _whole(columns: Columns, count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            name: columns[name] if name in columns else null.new_from_index(0, count)
            for name, null in _NULLS.items()
        }
    ).cast(pl.Schema(NETFLOW_SCHEMA))


_NULLS = {name: pl.Series([None], dtype=kind) for name, kind in NETFLOW_SCHEMA.items()}


def _constants(count: int, observer: str) -> Columns:
    values = {
        "event.kind": "event",
        "event.dataset": "flow",
        "event.action": "network_flow",
        "event.module": "netflow",
        "observer.name": observer,
        "observer.type": "flow exporter",
    }
    return {name: constant_column(value, count) for name, value in values.items()}


def _times(told: Times, received: Integers, oldest_days: int | None) -> Columns:
    """Return the times. One a day ahead, or too old, is kept as claimed and dates nothing."""
    ahead = told.start - received
    future = pl.Series(ahead > DAY)
    oldest = np.inf if oldest_days is None else oldest_days * DAY
    ancient = pl.Series(ahead < -oldest)
    frame = pl.DataFrame(
        {"start": told.start, "received": received, "future": future, "ancient": ancient}
    )
    doubted, time = pl.col("future") | pl.col("ancient"), pl.Datetime("ns", "UTC")
    return {
        "event.start": time_column(told.start),
        "event.end": time_column(told.end),
        "event.duration": pl.Series(told.end - told.start),
        "event.created": time_column(received),
        **frame.select(
            pl.when(doubted).then("received").otherwise("start").cast(time).alias("@timestamp"),
            pl.when(doubted).then("start").cast(time).alias("citywatch.log.claimed_time"),
            pl.when(doubted)
            .then(pl.lit("received"))
            .otherwise(pl.lit("event"))
            .alias("citywatch.log.time_origin"),
            pl.when("future")
            .then(pl.lit(FUTURE))
            .when("ancient")
            .then(pl.lit(ANCIENT))
            .alias(FAULT),
        ).to_dict(),
    }


def _sampling(records: Records, company: Company) -> Columns:
    interval = sampling(records, company.origins, company.announced)
    return {SAMPLING_INTERVAL: pl.Series(interval).replace(0, None)}


def _sides(ends: Ends) -> Columns:
    is_six = (ends.source.version != 4).astype(np.int64)  # noqa: PLR2004 - IP version
    return {
        "source.ip": ends.source.text(),
        "destination.ip": ends.destination.text(),
        "source.port": pl.Series(ends.source_port),
        "destination.port": pl.Series(ends.destination_port),
        "network.type": pl.Series(["ipv4", "ipv6"]).gather(is_six),
        "network.community_id": community(ends),
    }


def _protocol(records: Records) -> Columns:
    protocol = protocol_of(records)
    if protocol is None:
        return {}
    return {
        "network.transport": transport_names().gather(protocol),
        "network.iana_number": named_numbers(_PROTOCOLS).gather(protocol),
    }


def _layers(records: Records) -> Columns:
    """Return MAC addresses and VLANs."""
    columns = {}
    for name, numbers in _MACS.items():
        for number in numbers:
            position = records.position(number, octets=_MAC_OCTETS)
            if position is not None:
                columns[name] = mac_of(records.octets(position))
                break
    for name, vlan in (
        ("network.vlan.id", records.first_of(_VLANS)),
        ("network.inner.vlan.id", records.number(_INNER_VLAN)),
    ):
        if vlan is not None:
            columns[name] = vlan_names().gather(vlan & _VLAN_MASK)
    return columns


def _translation(records: Records) -> Columns:
    columns = {}
    for side, (ipv4, ipv6, port) in _NAT.items():
        address, translated = address_of(records, ipv4, ipv6), records.number(port)
        if address is not None:
            columns[f"{side}.nat.ip"] = address.text()
        if translated is not None:
            columns[f"{side}.nat.port"] = pl.Series(translated)
    return columns


def _identities(ends: Ends | None, told: Times, company: Company) -> Columns:
    """Return the ids; a record without addresses is a flow of its own."""
    origins = company.origins
    events = event_ids(origins.identity, company.numbers)
    flows = events
    if ends is not None:
        flows = flow_ids(company.hashes[origins.domain], ends, told.start)
    return {"event.id": events, "citywatch.flow.id": flows, "observer.ip": origins.exporter}


def _end(records: Records, columns: Columns) -> Columns:
    """Return why records ended; of TCP the flags say how an end came that was seen."""
    reason = records.number(_END_REASON)
    if reason is None:
        return {}
    known = pl.Series(np.where((reason > 0) & (reason < len(_END_REASONS)), reason, 0))
    ended = pl.Series(_END_REASONS, dtype=pl.String).gather(known)
    for flag in ("fin", "rst"):
        packets = columns.get(f"citywatch.flow.forward.flags.{flag}")
        if packets is not None:
            ended = ended.set((known == _SEEN) & (packets > 0).fill_null(value=False), flag)
    return {
        "citywatch.flow.end_reason": ended,
        "citywatch.flow.final": (known != _ACTIVE).set(known == 0, None),
    }


def _turned(records: Records, columns: Columns) -> Columns:
    """Return the columns of both sides exchanged where the responder was reported as source.

    RFC 5103, 6.3: biflowDirection 2 says that the destination began.
    """
    direction = records.number(_BIFLOW_DIRECTION)
    if direction is None or not (direction == _REVERSE_INITIATOR).any():
        return {}
    mask = pl.Series(direction == _REVERSE_INITIATOR)
    turned: Columns = {}
    for name in columns:
        other = _other_side(name)
        if other is not None:
            mine = columns[name]
            theirs = columns.get(other, mine.clear(len(mine)))
            turned[name] = theirs.zip_with(mask, mine)
            turned[other] = mine.zip_with(mask, theirs)
    return turned


def _other_side(name: str) -> str | None:
    for one, other in _PAIRED:
        if one in name:
            return name.replace(one, other)
        if other in name:
            return name.replace(other, one)
    return None
