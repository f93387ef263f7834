"""Flow records as a frame with the columns of FLOW_SCHEMA."""

import numpy as np
import polars as pl

from sensors.decode.layout import Rows
from sensors.frame.column import Integers, constant_column, nullable_column, time_column
from sensors.frame.community import community_ids
from sensors.frame.identity import Identity
from sensors.frame.text import address_column
from sensors.frame.turning import Floats, Turned, turned
from sensors.frame.vocabulary import named_numbers, transport_names, vlan_names
from sensors.meter.layout import ACTIVE, END_REASONS
from situation.fields import FLOW_SCHEMA, TCP_FLAGS

_PROTOCOLS = 256
_IPV6 = 6

Columns = dict[str, pl.Series]
Ways = tuple[dict[str, Integers], ...]


def _times(flow: dict[str, Integers]) -> Columns:
    start = time_column(flow["first"])
    return {
        "@timestamp": start,
        "event.start": start,
        "event.end": time_column(flow["last"]),
        "event.duration": pl.Series(flow["last"] - flow["first"]),
    }


def _sides(records: Turned) -> Columns:
    """Return addresses and ports of initiator and responder."""
    columns: Columns = {}
    for side in ("source", "destination"):
        high, low = (records.addresses[f"{side}_{word}"] for word in ("high", "low"))
        columns[f"{side}.ip"] = address_column(high, low, records.flow["version"])
        columns[f"{side}.port"] = pl.Series(records.flow[f"{side}_port"])
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
        "network.packets": pl.Series(records.forward["packets"] + records.backward["packets"]),
        "network.bytes": pl.Series(records.forward["bytes"] + records.backward["bytes"]),
        "citywatch.flow.tunnel.id": pl.Series(flow["tunnel"]),
    }


def _counts(direction: str, side: str, way: dict[str, Integers]) -> Columns:
    """Return what one direction counted."""
    seen = way["packets"] > 0
    prefix = f"citywatch.flow.{direction}"
    return {
        f"{side}.packets": pl.Series(way["packets"]),
        f"{side}.bytes": pl.Series(way["bytes"]),
        f"{prefix}.ip_bytes": pl.Series(way["ip_bytes"]),
        f"{prefix}.payload_bytes": pl.Series(way["payload_bytes"]),
        f"{prefix}.ttl.min": nullable_column(way["ttl_min"], seen),
        f"{prefix}.ttl.max": nullable_column(way["ttl_max"], seen),
        **{f"{prefix}.flags.{flag}": pl.Series(way[flag]) for flag in TCP_FLAGS},
    }


def _gaps(view: str, gaps: dict[str, Integers], squares: Floats) -> Columns:
    """Return the statistics of the time between packets."""
    seen = gaps["iat_max"] >= 0
    prefix = f"citywatch.flow.{view}.iat"
    return {
        f"{prefix}.min": nullable_column(gaps["iat_min"], seen),
        f"{prefix}.max": nullable_column(gaps["iat_max"], seen),
        f"{prefix}.sum": pl.Series(gaps["iat_sum"]),
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
        f"{prefix}.sum": pl.Series(np.add.reduce([way["bytes"] for way in ways])),
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


def _identities(flow: dict[str, Integers], identity: Identity) -> Columns:
    count = len(flow["serial"])
    return {
        "citywatch.flow.id": identity.flow_ids(flow["serial"]),
        "citywatch.flow.final": pl.Series(flow["reason"] != ACTIVE),
        "citywatch.flow.end_reason": pl.Series(END_REASONS).gather(flow["reason"]),
        "event.id": identity.event_ids(flow["serial"], flow["record"], "-"),
        "event.kind": constant_column("event", count),
        "event.dataset": constant_column("flow", count),
        "event.action": constant_column("network_flow", count),
        **identity.constants(count),
    }


def flow_frame(
    flows: Rows, ways: Rows, identity: Identity, questions: pl.DataFrame
) -> pl.DataFrame:
    """Return records as FLOW_SCHEMA; `questions` holds the first DNS question by `serial`.

    The columns of the asset table are null.
    """
    records = turned(flows, ways)
    serials = pl.DataFrame({"serial": records.flow["serial"]})
    asked = serials.join(questions, on="serial", how="left", maintain_order="left")
    columns: Columns = {
        **_times(records.flow),
        **_sides(records),
        **_network(records),
        "network.community_id": community_ids(flows),
        **_statistics(records),
        **_identities(records.flow, identity),
        **{name: asked[name] for name in questions.columns},
    }
    absent = {
        name: pl.repeat(None, len(flows), dtype=kind, eager=True)
        for name, kind in FLOW_SCHEMA.items()
        if name not in columns
    }
    return pl.DataFrame({name: (columns | absent)[name] for name in FLOW_SCHEMA})
