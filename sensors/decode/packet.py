"""The decode stage: packet records become packets with the key of their flow."""

import numpy as np

from sensors.capture.layout import Records
from sensors.compilation import called, compiled, stage
from sensors.decode.key import identify
from sensors.decode.layout import (
    AUTHENTICATED,
    FIRST_FRAGMENT,
    INNER_BEYOND_DEPTH,
    INNER_NOT_IP,
    INNER_REFUSED,
    TUNNEL_DEPTH,
    Book,
    Rows,
)
from sensors.decode.link.kind import NOTHING
from sensors.decode.link.walk import UNKNOWN_LINK, link_layer, walk
from sensors.decode.network import ACCEPTED, network_layer, step_over_authentication
from sensors.decode.transport import transport_layer
from sensors.decode.tunnel.carrier import AUTHENTICATION, NOT_A_CARRIER, carrier_of
from sensors.decode.tunnel.unwrapping import unwrap
from sensors.octets import Octets
from sensors.refusal import NOT_IP

_NOTHING = -2
"""Nothing is carried."""


@compiled
def _begin(record: np.void, packet: np.void, version: int, at: int) -> None:
    """Take from the record what holds for the outermost packet."""
    packet["time"] = record["time"]
    packet["frame_at"] = record["at"]
    packet["frame_tag"] = record["tag"]
    packet["link"] = record["link"]
    packet["wire"] = record["wire"]
    packet["depth"] = 0
    packet["tunnel"] = 0
    packet["version"] = version
    packet["ip_at"] = at
    packet["ip_end"] = record["at"] + record["captured"]
    packet["ip_bytes"] = max(record["wire"] - (at - record["at"]), 0)


@compiled
def _decode_one(data: Octets, record: np.void, packet: np.void, book: Book) -> bool:
    """Decode the outermost packet; False if it was refused, counted with its reason."""
    version, at = link_layer(data, record, packet)
    if version < 0:
        if version == UNKNOWN_LINK:
            book.links[record["link"]] += 1
        else:
            book.refused[-1 - version] += 1
        return False
    _begin(record, packet, version, at)
    refusal = network_layer(data, packet)
    if refusal != ACCEPTED:
        book.refused[refusal] += 1
        return False
    transport_layer(data, packet, book)
    identify(packet, book.seed, book.tag_mask)
    return True


@compiled
def _inherit(outer: np.void, inner: np.void) -> None:
    """Take from the packet around it what holds for the packet inside as well."""
    inner["time"] = outer["time"]
    inner["frame_at"] = outer["frame_at"]
    inner["frame_tag"] = outer["frame_tag"]
    inner["link"] = outer["link"]
    inner["wire"] = outer["wire"]
    inner["depth"] = outer["depth"] + 1
    inner["seen_tags"] = outer["seen_tags"]
    inner["ip_end"] = outer["ip_end"]


@compiled
def _place(outer: np.void, inner: np.void, version: int, at: int) -> None:
    """Say where the packet inside begins; it ends with what carries it, or before.

    What a first fragment carries goes on in others; it counts as if it were whole, as far as the
    frame has so many octets.
    """
    inner["version"] = version
    inner["ip_at"] = at
    if outer["fragment"] == FIRST_FRAGMENT:
        inner["ip_bytes"] = outer["wire"]
    else:
        inner["ip_bytes"] = max(outer["ip_at"] + outer["ip_bytes"] - at, 0)


@compiled
def _open(data: Octets, carrier: int, outer: np.void, inner: np.void) -> int:
    """Find the IP header of what `outer` carries; return a refusal, ACCEPTED or _NOTHING.

    What an authentication header signs is the same packet once more.
    """
    if carrier == AUTHENTICATION:
        inner["tunnel"] = AUTHENTICATED
        _place(outer, inner, outer["version"], outer["ip_at"])
        return ACCEPTED
    kind, at = unwrap(data, carrier, outer, inner)
    if kind == NOTHING:
        return _NOTHING
    version, at = walk(data, kind, at, outer["ip_end"], inner)
    if version < 0:
        return -1 - version
    _place(outer, inner, version, at)
    return ACCEPTED


@compiled
def _read(data: Octets, carrier: int, outer: np.void, inner: np.void) -> int:
    """Read the network layer of what `outer` carries; return a refusal, ACCEPTED or _NOTHING."""
    refusal = _open(data, carrier, outer, inner)
    if refusal == ACCEPTED:
        refusal = network_layer(data, inner)
    if refusal == ACCEPTED and carrier == AUTHENTICATION:
        refusal = step_over_authentication(data, inner)
    return refusal


@called
def _follow(data: Octets, packets: Rows, first: int, book: Book) -> int:
    """Decode what the packet at `first` carries, and what that carries; return how many."""
    for depth in range(TUNNEL_DEPTH + 1):
        outer, inner = packets[first + depth], packets[first + depth + 1]
        carrier = carrier_of(outer)
        if carrier == NOT_A_CARRIER:
            return depth
        _inherit(outer, inner)
        refusal = _read(data, carrier, outer, inner)
        if refusal != ACCEPTED:
            if refusal != _NOTHING:
                book.notes[INNER_NOT_IP if refusal == NOT_IP else INNER_REFUSED] += 1
            return depth
        if depth == TUNNEL_DEPTH:
            book.notes[INNER_BEYOND_DEPTH] += 1
            return depth
        transport_layer(data, inner, book)
        identify(inner, book.seed, book.tag_mask)
    return TUNNEL_DEPTH


@stage
def decode(
    data: Octets, records: Records, begin: int, packets: Rows, book: Book
) -> tuple[int, int]:
    """Decode `records[begin:]` into the front of `packets` as long as there is room.

    A packet inside of a tunnel stands behind the one that carries it. Return the first record
    that was not decoded, and how many packets were made.
    """
    made = 0
    number = begin
    while number < len(records) and made + TUNNEL_DEPTH + 1 < len(packets):
        if _decode_one(data, records[number], packets[made], book):
            if carrier_of(packets[made]) != NOT_A_CARRIER:
                made += _follow(data, packets, made, book)
            made += 1
        number += 1
    return number, made
