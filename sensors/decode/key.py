"""The key of a flow: both endpoints in one order, whoever sent the packet, and its hash."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL

_MULTIPLIER = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)


@compiled
def _mix(value: np.uint64, word: np.uint64) -> np.uint64:
    """Mix a word of the key into the hash (multiply and xor-shift)."""
    mixed = (value ^ word) * _MULTIPLIER
    return mixed ^ (mixed >> _SHIFT)


@compiled
def _swap(packet: np.void) -> None:
    """Exchange the endpoints; then endpoint b sent the packet."""
    high, low = packet["a_high"], packet["a_low"]
    packet["a_high"] = packet["b_high"]
    packet["a_low"] = packet["b_low"]
    packet["b_high"] = high
    packet["b_low"] = low
    packet["side"] = 1


@compiled
def _is_ordered(packet: np.void) -> bool:
    """Tell whether the sender is the lower endpoint, by address, then by port."""
    if packet["a_high"] != packet["b_high"]:
        return bool(packet["a_high"] < packet["b_high"])
    if packet["a_low"] != packet["b_low"]:
        return bool(packet["a_low"] < packet["b_low"])
    return bool(packet["source_port"] <= packet["destination_port"])


@compiled
def identify(packet: np.void, seed: np.uint64, tag_mask: np.uint64) -> None:
    """Complete the key and its hash. One-way ICMP keeps its direction."""
    a_port, b_port = packet["source_port"], packet["destination_port"]
    packet["side"] = 0
    if not packet["one_way"] and not _is_ordered(packet):
        _swap(packet)
        a_port, b_port = b_port, a_port
    packet["ports"] = (
        (np.uint64(a_port) << PORT_A)
        | (np.uint64(b_port) << PORT_B)
        | (np.uint64(packet["protocol"]) << PROTOCOL)
        | np.uint64(packet["version"])
    )
    packet["tags"] = packet["seen_tags"] & tag_mask
    mixed = _mix(_mix(seed, packet["a_low"]), packet["b_low"])
    mixed = _mix(_mix(mixed, packet["a_high"]), packet["b_high"])
    packet["hash"] = _mix(_mix(mixed, packet["ports"]), packet["tags"])
