"""Fragments: later ones find the ports of their first, and are compared with what came before."""

import numpy as np

from sensors.compilation import called, compiled, integer
from sensors.decode.layout import FRAGMENTS_ORPHANED, FRAGMENTS_OVERLAPPING, Book

_LIFE = 30_000_000_000
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@compiled
def _place(packet: np.void, book: Book) -> np.void:
    """Return the place of the packet's datagram among the fragments."""
    mixed = packet["a_low"] ^ packet["a_high"] ^ (packet["b_low"] << np.uint64(1))
    mixed = (mixed ^ packet["b_high"] ^ np.uint64(packet["fragment_id"]) ^ book.seed) * _MIX
    place: np.void = book.fragments[integer((mixed >> _HALF) % np.uint64(len(book.fragments)))]
    return place


@compiled
def _is_known(fragment: np.void, packet: np.void) -> bool:
    """Tell whether the place holds the packet's datagram, and still does."""
    return bool(
        fragment["identity"] == packet["fragment_id"]
        and fragment["source_low"] == packet["a_low"]
        and fragment["source_high"] == packet["a_high"]
        and fragment["destination_low"] == packet["b_low"]
        and fragment["destination_high"] == packet["b_high"]
        and fragment["tags"] == packet["seen_tags"]
        and abs(packet["time"] - fragment["time"]) <= _LIFE
    )


@compiled
def _add(fragment: np.void, begin: int, end: int, book: Book) -> None:
    """Add the octets of a fragment; more of them than the datagram is long overlap somewhere.

    A hole that is still open can hide an overlap; order cannot feign one.
    """
    fragment["octets"] += end - begin
    fragment["reach"] = max(fragment["reach"], end)
    if fragment["octets"] > fragment["reach"]:
        book.notes[FRAGMENTS_OVERLAPPING] += 1
        fragment["octets"] = fragment["reach"]


@compiled
def _is_repeated(fragment: np.void, packet: np.void, octets: int) -> bool:
    """Tell a first fragment that comes again from one of a new datagram with the old number.

    Numbers come round soon between busy hosts: what was whole makes room for the next.
    """
    if not _is_known(fragment, packet):
        return False
    return bool(fragment["octets"] < fragment["reach"] or fragment["reach"] <= octets)


@called
def remember(packet: np.void, octets: int, book: Book) -> None:
    """Keep the ports of a first fragment of so many octets; who stood in its place is forgotten."""
    fragment = _place(packet, book)
    if _is_repeated(fragment, packet, octets):
        _add(fragment, 0, octets, book)
        return
    fragment["source_high"] = packet["a_high"]
    fragment["source_low"] = packet["a_low"]
    fragment["destination_high"] = packet["b_high"]
    fragment["destination_low"] = packet["b_low"]
    fragment["tags"] = packet["seen_tags"]
    fragment["identity"] = packet["fragment_id"]
    fragment["time"] = packet["time"]
    fragment["source_port"] = packet["source_port"]
    fragment["destination_port"] = packet["destination_port"]
    fragment["protocol"] = packet["protocol"]
    fragment["one_way"] = packet["one_way"]
    fragment["reach"] = fragment["octets"] = octets


@called
def recall(packet: np.void, book: Book) -> None:
    """Give a later fragment the ports of its first, or note that it has lost it."""
    fragment = _place(packet, book)
    if not _is_known(fragment, packet):
        book.notes[FRAGMENTS_ORPHANED] += 1
        return
    begin = integer(packet["fragment_offset"])
    _add(fragment, begin, begin + integer(packet["payload_bytes"]), book)
    packet["source_port"] = fragment["source_port"]
    packet["destination_port"] = fragment["destination_port"]
    packet["protocol"] = fragment["protocol"]
    packet["one_way"] = fragment["one_way"]
