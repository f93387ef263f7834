"""Flow records as a frame with the columns of FLOW_SCHEMA."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.meter.community import community_ids
from sensors.meter.identity import Identity
from sensors.meter.layout import (
    ACTIVE,
    END_REASONS,
    INNER,
    OUTER,
    PORT_A,
    PORT_B,
    PROTOCOL,
    Rows,
)
from sensors.meter.text import address_column
from sensors.meter.transport import ICMP, ICMP6
from sensors.meter.vocabulary import named_numbers, transport_names
from situation.fields import FLOW_SCHEMA, TCP_FLAGS

_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_VLAN = np.uint64(0xFFF)
_TUNNEL = np.uint64(0xFFFFFFFF)
_VLANS = 4096
_PROTOCOLS = 256
_DIRECTIONS = ("forward", "backward")

Columns = dict[str, pl.Series | pl.Expr]


class Records(NamedTuple):
    """Finished records, turned so that the initiator comes first."""

    flows: Rows
    forward: Rows
    backward: Rows


def turned(flows: Rows, ways: Rows) -> Records:
    """Return the records with their directions by initiator instead of by side."""
    first = 2 * np.arange(len(flows))
    side = flows["initiator"].astype(np.int64)
    return Records(flows, ways[first + side], ways[first + 1 - side])


def _least(values: npt.NDArray[np.generic], seen: npt.NDArray[np.bool_]) -> pl.Series:
    """Return values that exist only where something was seen."""
    column = pl.Series(values.astype(np.int64))
    return column.set(pl.Series(~seen), None)


def _times(records: Records) -> Columns:
    flows = records.flows
    start = pl.Series(np.ascontiguousarray(flows["first"]))
    end = pl.Series(np.ascontiguousarray(flows["last"]))
    instant = pl.Datetime("ns", "UTC")
    return {
        "@timestamp": start.cast(instant),
        "event.start": start.cast(instant),
        "event.end": end.cast(instant),
        "event.duration": end - start,
    }


def _sides(records: Records) -> Columns:
    """Return addresses and ports of initiator and responder; ICMP has type and code there."""
    flows = records.flows
    swapped = flows["initiator"].astype(np.bool_)
    versions = (flows["ports"] & _OCTET).astype(np.uint8)
    protocols = (flows["ports"] >> PROTOCOL) & _OCTET
    a_port = (flows["ports"] >> PORT_A).astype(np.int64)
    b_port = ((flows["ports"] >> PORT_B) & _PAIR).astype(np.int64)
    icmp = (protocols == ICMP) | (protocols == ICMP6)
    columns: Columns = {}
    for side, other, told in (
        ("source", swapped, flows["icmp_type"]),
        ("destination", ~swapped, flows["icmp_code"]),
    ):
        high = np.where(other, flows["b_high"], flows["a_high"])
        low = np.where(other, flows["b_low"], flows["a_low"])
        columns[f"{side}.ip"] = address_column(high, low, versions)
        columns[f"{side}.port"] = pl.Series(np.where(icmp, told, np.where(other, b_port, a_port)))
    return columns


def _network(records: Records) -> Columns:
    flows = records.flows
    protocols = ((flows["ports"] >> PROTOCOL) & _OCTET).astype(np.int64)
    outer = ((flows["tags"] >> OUTER) & _VLAN).astype(np.int64)
    inner = ((flows["tags"] >> INNER) & _VLAN).astype(np.int64)
    versions = pl.Series(["ipv4", "ipv6"])
    is_ipv6 = (flows["ports"] & _OCTET == 6).astype(np.int64)  # noqa: PLR2004 - IP version
    vlans = named_numbers(_VLANS).set(pl.Series(np.arange(_VLANS) == 0), None)
    return {
        "network.transport": transport_names().gather(protocols),
        "network.type": versions.gather(is_ipv6),
        "network.iana_number": named_numbers(_PROTOCOLS).gather(protocols),
        "network.vlan.id": vlans.gather(outer),
        "network.inner.vlan.id": vlans.gather(inner),
        "network.community_id": community_ids(flows),
        "network.packets": pl.Series(records.forward["packets"] + records.backward["packets"]),
        "network.bytes": pl.Series(records.forward["bytes"] + records.backward["bytes"]),
        "citywatch.flow.tunnel.id": pl.Series((flows["tags"] & _TUNNEL).astype(np.int64)),
    }


def _counts(direction: str, side: str, way: Rows) -> Columns:
    """Return what one direction counted."""
    seen = way["packets"] > 0
    prefix = f"citywatch.flow.{direction}"
    columns: Columns = {
        f"{side}.packets": pl.Series(np.ascontiguousarray(way["packets"])),
        f"{side}.bytes": pl.Series(np.ascontiguousarray(way["bytes"])),
        f"{prefix}.ip_bytes": pl.Series(np.ascontiguousarray(way["ip_bytes"])),
        f"{prefix}.payload_bytes": pl.Series(np.ascontiguousarray(way["payload_bytes"])),
        f"{prefix}.ttl.min": _least(way["ttl_min"], seen),
        f"{prefix}.ttl.max": _least(way["ttl_max"], seen),
    }
    for flag in TCP_FLAGS:
        columns[f"{prefix}.flags.{flag}"] = pl.Series(way[flag].astype(np.int64))
    return columns


def _gaps(view: str, rows: Rows) -> Columns:
    """Return the statistics of the time between packets."""
    seen = rows["iat_max"] >= 0
    prefix = f"citywatch.flow.{view}.iat"
    return {
        f"{prefix}.min": _least(rows["iat_min"], seen),
        f"{prefix}.max": _least(rows["iat_max"], seen),
        f"{prefix}.sum": pl.Series(np.ascontiguousarray(rows["iat_sum"])),
        f"{prefix}.sum_squares": pl.Series(np.ascontiguousarray(rows["iat_squares"])),
    }


def _sizes(view: str, ways: tuple[Rows, ...]) -> Columns:
    """Return the statistics of packet sizes over one direction or both."""
    seen = np.add.reduce([way["packets"] for way in ways]) > 0
    prefix = f"citywatch.flow.{view}.size"
    return {
        f"{prefix}.min": _least(np.minimum.reduce([way["size_min"] for way in ways]), seen),
        f"{prefix}.max": _least(np.maximum.reduce([way["size_max"] for way in ways]), seen),
        f"{prefix}.sum": pl.Series(np.add.reduce([way["bytes"] for way in ways])),
        f"{prefix}.sum_squares": pl.Series(np.add.reduce([way["squares"] for way in ways])),
    }


def flow_frame(records: Records, identity: Identity, questions: pl.DataFrame) -> pl.DataFrame:
    """Return the records as FLOW_SCHEMA; `questions` holds the first DNS question by serial."""
    flows = records.flows
    serials = np.ascontiguousarray(flows["serial"])
    reasons = flows["reason"].astype(np.int64)
    columns: Columns = {
        **_times(records),
        **_sides(records),
        **_network(records),
        **_counts("forward", "source", records.forward),
        **_counts("backward", "destination", records.backward),
        **_gaps("both", flows),
        **_gaps("forward", records.forward),
        **_gaps("backward", records.backward),
        **_sizes("both", (records.forward, records.backward)),
        **_sizes("forward", (records.forward,)),
        **_sizes("backward", (records.backward,)),
        "citywatch.flow.id": identity.flow_ids(serials),
        "citywatch.flow.final": pl.Series(reasons != ACTIVE),
        "citywatch.flow.end_reason": pl.Series(END_REASONS).gather(reasons),
        "event.id": identity.event_ids(serials, flows["record"].astype(np.int64), "-"),
        "event.kind": pl.lit("event"),
        "event.dataset": pl.lit("flow"),
        "event.action": pl.lit("network_flow"),
        **identity.constants(),
    }
    frame = pl.DataFrame({"serial": serials}).with_columns(**columns)
    frame = frame.join(questions, on="serial", how="left", maintain_order="left")
    absent = {name: pl.lit(None, kind) for name, kind in FLOW_SCHEMA.items() if name not in frame}
    return frame.with_columns(**absent).select(*FLOW_SCHEMA)
