"""Accounting: what one packet adds to its flow."""

import numpy as np

from sensors.capture.layout import NEVER
from sensors.compilation import compiled, integer
from sensors.meter.layout import NONE

_WIRE_MAX = 0xFFFFFFFF
_TTL_MAX = 0xFF


@compiled
def clear_way(way: np.void) -> None:
    """Start the record of one direction anew; when it was last seen stays."""
    way["packets"] = 0
    way["bytes"] = 0
    way["squares"] = 0.0
    way["size_min"] = _WIRE_MAX
    way["size_max"] = 0
    way["ip_bytes"] = 0
    way["payload_bytes"] = 0
    way["first"] = NEVER
    way["iat_min"] = NEVER
    way["iat_max"] = NONE
    way["iat_sum"] = 0
    way["iat_squares"] = 0.0
    way["ttl_min"] = _TTL_MAX
    way["ttl_max"] = 0
    way["fin"] = way["syn"] = way["rst"] = way["psh"] = 0
    way["ack"] = way["urg"] = way["ece"] = way["cwr"] = 0
    way["retransmitted"] = way["disordered"] = way["zero_windows"] = 0
    way["checksum"] = 0


@compiled
def clear_flow(flow: np.void, now: int) -> None:
    """Start the record of a flow anew at the packet of time `now`."""
    flow["first"] = now
    flow["iat_min"] = NEVER
    flow["iat_max"] = NONE
    flow["iat_sum"] = 0
    flow["iat_squares"] = 0.0


@compiled
def _gap(view: np.void, now: int) -> None:
    """Add the time since the last packet of `view`; a packet out of order adds 0."""
    last = view["last"]
    if last == NONE:
        view["last"] = now
        return
    gap = max(now - last, 0)
    view["last"] = last + gap
    view["iat_min"] = min(view["iat_min"], gap)
    view["iat_max"] = max(view["iat_max"], gap)
    view["iat_sum"] += gap
    view["iat_squares"] += np.float64(gap) * np.float64(gap)


@compiled
def _flags(way: np.void, flags: int) -> None:
    """Count the TCP flags that are set."""
    way["fin"] += flags & 1
    way["syn"] += (flags >> 1) & 1
    way["rst"] += (flags >> 2) & 1
    way["psh"] += (flags >> 3) & 1
    way["ack"] += (flags >> 4) & 1
    way["urg"] += (flags >> 5) & 1
    way["ece"] += (flags >> 6) & 1
    way["cwr"] += flags >> 7


@compiled
def _count(way: np.void, packet: np.void) -> None:
    """Count what is never left out."""
    way["packets"] += 1
    way["bytes"] += packet["wire"]
    way["ip_bytes"] += packet["ip_bytes"]
    way["payload_bytes"] += packet["payload_bytes"]
    way["first"] = min(way["first"], packet["time"])
    ttl = packet["ttl"]
    way["ttl_min"] = min(way["ttl_min"], ttl)
    way["ttl_max"] = max(way["ttl_max"], ttl)
    way["checksum"] = max(way["checksum"], packet["checksum"])
    if packet["flags"] != 0:
        _flags(way, integer(packet["flags"]))


@compiled
def account(flow: np.void, way: np.void, packet: np.void) -> None:
    """Add a packet to its flow and to the direction it went."""
    now = packet["time"]
    flow["first"] = min(flow["first"], now)
    _gap(flow, now)
    _gap(way, now)
    wire = packet["wire"]
    way["squares"] += np.float64(wire) * np.float64(wire)
    way["size_min"] = min(way["size_min"], wire)
    way["size_max"] = max(way["size_max"], wire)
    _count(way, packet)


@compiled
def account_in_short(flow: np.void, way: np.void, packet: np.void) -> None:
    """Add a packet to the counters alone, without sizes and gaps."""
    now = packet["time"]
    flow["first"] = min(flow["first"], now)
    flow["last"] = max(flow["last"], now)
    way["last"] = max(way["last"], now)
    _count(way, packet)
