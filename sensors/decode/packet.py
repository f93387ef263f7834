"""The decode stage: packet records become packets with the key of their flow."""

import numpy as np

from sensors.capture.layout import Records
from sensors.compilation import compiled, stage
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, TUNNEL_DEPTH, Book, Rows
from sensors.decode.link import UNKNOWN_LINK, link_layer
from sensors.decode.network import ACCEPTED, network_layer
from sensors.decode.transport import transport_layer
from sensors.octets import Octets

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
def _identify(packet: np.void, seed: np.uint64, tag_mask: np.uint64) -> None:
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


@compiled
def _decode_one(data: Octets, record: np.void, packet: np.void, book: Book) -> bool:
    """Decode one packet; False if it was refused, counted with its reason."""
    version, at = link_layer(data, record, packet)
    if version < 0:
        if version == UNKNOWN_LINK:
            book.links[record["link"]] += 1
        else:
            book.refused[-1 - version] += 1
        return False
    packet["time"] = record["time"]
    packet["frame_at"] = record["at"]
    packet["frame_tag"] = record["tag"]
    packet["link"] = record["link"]
    packet["depth"] = 0
    packet["tunnel"] = 0
    packet["checksum"] = 0
    packet["wire"] = record["wire"]
    packet["version"] = version
    packet["ip_at"] = at
    packet["ip_end"] = record["at"] + record["captured"]
    packet["ip_bytes"] = max(record["wire"] - (at - record["at"]), 0)
    refusal = network_layer(data, packet)
    if refusal != ACCEPTED:
        book.refused[refusal] += 1
        return False
    transport_layer(data, packet, book)
    _identify(packet, book.seed, book.tag_mask)
    return True


@stage
def decode(
    data: Octets, records: Records, begin: int, packets: Rows, book: Book
) -> tuple[int, int]:
    """Decode `records[begin:]` into the front of `packets` as long as there is room.

    Return the first record that was not decoded, and how many packets were made.
    """
    made = 0
    number = begin
    while number < len(records) and made + TUNNEL_DEPTH < len(packets):
        if _decode_one(data, records[number], packets[made], book):
            made += 1
        number += 1
    return number, made
