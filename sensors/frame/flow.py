"""Flow records as a frame with the columns of FLOW_SCHEMA."""

import numpy as np
import polars as pl

from sensors.decode.layout import CHECKSUMS, TUNNELS, Rows
from sensors.frame.column import (
    Integers,
    constant_column,
    integer_column,
    nullable_column,
    time_column,
)
from sensors.frame.community import community_ids
from sensors.frame.history import histories, states
from sensors.frame.identity import Identity
from sensors.frame.text import address_column
from sensors.frame.turning import Floats, Turned, turned
from sensors.frame.vocabulary import named_numbers, transport_names, vlan_names
from sensors.meter.layout import ACTIVE, END_REASONS, NONE, TOLD_BY
from situation.fields import FLOW_SCHEMA, TCP_FLAGS

_PROTOCOLS = 256
_IPV6 = 6
_TIME = pl.Datetime("ns", "UTC")

Columns = dict[str, pl.Series]
Ways = tuple[dict[str, Integers], ...]


def _times(flow: dict[str, Integers]) -> Columns:
    start = time_column(flow["first"])
    return {
        "@timestamp": start,
        "event.start": start,
        "event.end": time_column(flow["last"]),
        "event.duration": integer_column(flow["last"] - flow["first"]),
    }


def _sides(records: Turned) -> Columns:
    """Return addresses and ports of initiator and responder."""
    columns: Columns = {}
    for side in ("source", "destination"):
        high, low = (records.addresses[f"{side}_{word}"] for word in ("high", "low"))
        columns[f"{side}.ip"] = address_column(high, low, records.flow["version"])
        columns[f"{side}.port"] = integer_column(records.flow[f"{side}_port"])
    return columns


def _network(records: Turned) -> Columns:
    flow = records.flow
    is_ipv6 = (flow["version"] == _IPV6).astype(np.int64)
    return {
        "network.transport": transport_names().gather(flow["protocol"]),
        "network.type": pl.Series(["ipv4", "ipv6"]).gather(is_ipv6),
        "network.iana_number": named_numbers(_PROTOCOLS).gather(flow["protocol"]),
        "network.vlan.id": vlan_names().gather(flow["outer"]),
        "network.inner.vlan.id": vlan_names().gather(flow["inner"]),
        "network.packets": integer_column(records.forward["packets"] + records.backward["packets"]),
        "network.bytes": integer_column(records.forward["bytes"] + records.backward["bytes"]),
        "citywatch.flow.tunnel.id": integer_column(flow["tunnel"]),
        "citywatch.flow.tunnel.type": pl.Series([None, *TUNNELS[1:]]).gather(flow["carried_by"]),
        "citywatch.flow.tunnel.depth": integer_column(flow["depth"]),
    }


def _connection(flows: Rows, flow: dict[str, Integers], transports: pl.Series) -> Columns:
    """Return what the packets say of the course of the conversation."""
    written = histories(flows)
    return {
        "citywatch.flow.told_by": pl.Series(TOLD_BY).gather(flow["told"]),
        "citywatch.flow.history": written.replace("", None),
        "citywatch.flow.state": states(written, transports),
        "citywatch.flow.rtt": nullable_column(flow["rtt"], flow["rtt"] != NONE),
        "citywatch.flow.isn": nullable_column(flow["sequence"], flow["sequence"] != NONE),
    }


def _counts(direction: str, side: str, way: dict[str, Integers]) -> Columns:
    """Return what one direction counted."""
    seen = way["packets"] > 0
    prefix = f"citywatch.flow.{direction}"
    return {
        f"{side}.packets": integer_column(way["packets"]),
        f"{side}.bytes": integer_column(way["bytes"]),
        f"{prefix}.ip_bytes": integer_column(way["ip_bytes"]),
        f"{prefix}.payload_bytes": integer_column(way["payload_bytes"]),
        f"{prefix}.ttl.min": nullable_column(way["ttl_min"], seen),
        f"{prefix}.ttl.max": nullable_column(way["ttl_max"], seen),
        **{f"{prefix}.flags.{flag}": integer_column(way[flag]) for flag in TCP_FLAGS},
        f"{prefix}.first": nullable_column(way["first"], seen).cast(_TIME),
        f"{prefix}.last": nullable_column(way["last"], seen).cast(_TIME),
        f"{prefix}.retransmitted": integer_column(way["retransmitted"]),
        f"{prefix}.disordered": integer_column(way["disordered"]),
        f"{prefix}.zero_windows": integer_column(way["zero_windows"]),
        f"{prefix}.checksum": pl.Series(CHECKSUMS).gather(way["checksum"]),
    }


def _gaps(view: str, gaps: dict[str, Integers], squares: Floats) -> Columns:
    """Return the statistics of the time between packets."""
    seen = gaps["iat_max"] >= 0
    prefix = f"citywatch.flow.{view}.iat"
    return {
        f"{prefix}.min": nullable_column(gaps["iat_min"], seen),
        f"{prefix}.max": nullable_column(gaps["iat_max"], seen),
        f"{prefix}.sum": integer_column(gaps["iat_sum"]),
        f"{prefix}.sum_squares": pl.Series(squares),
    }


def _sizes(view: str, ways: Ways, squares: Floats) -> Columns:
    """Return the statistics of packet sizes over one direction or both."""
    seen = np.add.reduce([way["packets"] for way in ways]) > 0
    prefix = f"citywatch.flow.{view}.size"
    least = np.minimum.reduce([way["size_min"] for way in ways])
    greatest = np.maximum.reduce([way["size_max"] for way in ways])
    return {
        f"{prefix}.min": nullable_column(least, seen),
        f"{prefix}.max": nullable_column(greatest, seen),
        f"{prefix}.sum": integer_column(np.add.reduce([way["bytes"] for way in ways])),
        f"{prefix}.sum_squares": pl.Series(squares),
    }


def _statistics(records: Turned) -> Columns:
    forward, backward, squares = records.forward, records.backward, records.squares
    both = squares["forward_squares"] + squares["backward_squares"]
    return {
        **_counts("forward", "source", forward),
        **_counts("backward", "destination", backward),
        **_gaps("both", records.flow, squares["iat_squares"]),
        **_gaps("forward", forward, squares["forward_iat"]),
        **_gaps("backward", backward, squares["backward_iat"]),
        **_sizes("both", (forward, backward), both),
        **_sizes("forward", (forward,), squares["forward_squares"]),
        **_sizes("backward", (backward,), squares["backward_squares"]),
    }


def _outer_ids(carriers: Integers, identity: Identity) -> pl.Series:
    """Return the ids of the flows that carried these, null where none did."""
    if not (carriers != NONE).any():
        return constant_column(None, len(carriers))
    ids = identity.flow_ids(np.maximum(carriers, 0))
    return ids.set(pl.Series(carriers == NONE), None)


def _identities(flow: dict[str, Integers], identity: Identity) -> Columns:
    count = len(flow["serial"])
    return {
        "citywatch.flow.id": identity.flow_ids(flow["serial"]),
        "citywatch.flow.tunnel.outer_id": _outer_ids(flow["carrier"], identity),
        "citywatch.flow.final": pl.Series(flow["reason"] != ACTIVE),
        "citywatch.flow.end_reason": pl.Series(END_REASONS).gather(flow["reason"]),
        "event.id": identity.event_ids(flow["serial"], flow["record"], "-"),
        "event.kind": constant_column("event", count),
        "event.dataset": constant_column("flow", count),
        "event.action": constant_column("network_flow", count),
        **identity.constants(count),
    }


def _joined(serials: Integers, described: pl.DataFrame) -> Columns:
    """Return the columns of `described` for the flows of these serials."""
    rows = pl.DataFrame({"serial": serials})
    found = rows.join(described, on="serial", how="left", maintain_order="left")
    return {name: found[name] for name in described.columns if name != "serial"}


def flow_frame(
    flows: Rows,
    ways: Rows,
    identity: Identity,
    questions: pl.DataFrame,
    labels: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return records as FLOW_SCHEMA.

    `questions` holds the first DNS question, `labels` the application protocol, both by `serial`.
    The columns of the asset table are null.
    """
    records = turned(flows, ways)
    network = _network(records)
    columns: Columns = {
        **_times(records.flow),
        **_sides(records),
        **network,
        "network.community_id": community_ids(flows),
        **_connection(flows, records.flow, network["network.transport"]),
        **_statistics(records),
        **_identities(records.flow, identity),
        **_joined(records.flow["serial"], questions),
    }
    if labels is not None:
        columns |= _joined(records.flow["serial"], labels)
    absent = {
        name: pl.repeat(None, len(flows), dtype=kind, eager=True)
        for name, kind in FLOW_SCHEMA.items()
        if name not in columns
    }
    return pl.DataFrame({name: (columns | absent)[name] for name in FLOW_SCHEMA})
