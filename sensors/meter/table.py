"""The flow table: open addressing with backward-shift deletion, and one list per timeout."""

import numpy as np
import numpy.typing as npt

from sensors.compilation import called, compiled, integer, stage
from sensors.decode.layout import PORT_A, PORT_B, Rows
from sensors.decode.transport import TCP, UDP
from sensors.meter.account import clear_flow, clear_way
from sensors.meter.history import FIN, RST, SYN, turn
from sensors.meter.layout import (
    ACTIVE,
    BEGINNING,
    CLOSED_QUEUE,
    CUT,
    EVICTED,
    MESSAGES,
    NONE,
    NOTHING,
    OTHER_QUEUE,
    QUEUES,
    TCP_QUEUE,
    TOLD_FIRST,
    TOLD_PORT,
    UDP_QUEUE,
    Table,
)

_PORT_MASK = np.uint64(0xFFFF)
_SYSTEM_PORTS = 1024
_IPV4 = 4
_IPV4_CLASS, _IPV4_GROUPS = np.uint64(28), np.uint64(0xE)
_IPV6_CLASS, _IPV6_GROUPS = np.uint64(56), np.uint64(0xFF)
_HEADS = 64
"""Heads of HTTP that are kept of a record beyond its first payloads."""


@compiled
def is_same(flow: np.void, packet: np.void) -> bool:
    """Compare the keys."""
    return bool(
        flow["ports"] == packet["ports"]
        and flow["a_low"] == packet["a_low"]
        and flow["b_low"] == packet["b_low"]
        and flow["tags"] == packet["tags"]
        and flow["a_high"] == packet["a_high"]
        and flow["b_high"] == packet["b_high"]
    )


@compiled
def find(table: Table, packet: np.void) -> int:
    """Return the row of the packet's flow, or NONE."""
    mask = len(table.slots) - 1
    wanted = packet["hash"]
    slot = integer(wanted & np.uint64(mask))
    while table.slots[slot] != NONE:
        row = table.slots[slot]
        if table.hashes[slot] == wanted and is_same(table.flows[row], packet):
            return integer(row)
        slot = (slot + 1) & mask
    return NONE


@compiled
def place(
    hashes: npt.NDArray[np.uint64], slots: npt.NDArray[np.int32], row: int, value: np.uint64
) -> None:
    """Put a row into the first empty slot of its hash."""
    mask = len(slots) - 1
    slot = integer(value & np.uint64(mask))
    while slots[slot] != NONE:
        slot = (slot + 1) & mask
    slots[slot] = row
    hashes[slot] = value


@stage
def replace_all(
    flows: Rows, links: Rows, hashes: npt.NDArray[np.uint64], slots: npt.NDArray[np.int32]
) -> None:
    """Put the flows of all lists into new, empty slots."""
    for queue in range(QUEUES):
        row = integer(links[queue]["after"])
        while row != queue:
            place(hashes, slots, row, flows[row]["hash"])
            row = integer(links[row]["after"])


@compiled
def _displace(table: Table, row: int) -> None:
    """Take a row out of its slot and move back what had to give way to it."""
    mask = len(table.slots) - 1
    hole = integer(table.flows[row]["hash"] & np.uint64(mask))
    while table.slots[hole] != row:
        hole = (hole + 1) & mask
    slot = (hole + 1) & mask
    while table.slots[slot] != NONE:
        home = integer(table.hashes[slot] & np.uint64(mask))
        if ((slot - home) & mask) >= ((slot - hole) & mask):
            table.slots[hole] = table.slots[slot]
            table.hashes[hole] = table.hashes[slot]
            hole = slot
        slot = (slot + 1) & mask
    table.slots[hole] = NONE


@compiled
def _unlink(links: Rows, row: int) -> None:
    """Take a row out of its list."""
    before, after = integer(links[row]["before"]), integer(links[row]["after"])
    links[before]["after"] = after
    links[after]["before"] = before


@compiled
def _append(links: Rows, queue: int, row: int) -> None:
    """Put a row at the young end of a list."""
    before = integer(links[queue]["before"])
    links[before]["after"] = row
    links[row]["before"] = before
    links[row]["after"] = queue
    links[queue]["before"] = row


@compiled
def touch(table: Table, row: int) -> None:
    """Make a flow the youngest of its list."""
    queue = integer(table.flows[row]["queue"])
    if integer(table.links[queue]["before"]) != row:
        _unlink(table.links, row)
        _append(table.links, queue, row)


@compiled
def linger(table: Table, row: int) -> None:
    """Let a closed flow wait for stragglers only."""
    _unlink(table.links, row)
    table.flows[row]["queue"] = CLOSED_QUEUE
    _append(table.links, CLOSED_QUEUE, row)


@called
def write_out(table: Table, row: int, reason: int) -> None:
    """Write the record of a flow. A teardown is the reason where the flow is over by one."""
    flow = table.flows[row]
    out = table.state["out"]
    flow["reason"] = reason
    if flow["closed"] != 0 and reason not in (ACTIVE, CUT):
        flow["reason"] = flow["closed"]
    table.out_flows[out] = flow
    table.out_ways[2 * out] = table.ways[2 * row]
    table.out_ways[2 * out + 1] = table.ways[2 * row + 1]
    table.state["out"] = out + 1


@called
def begin_record(table: Table, row: int, now: int) -> None:
    """Go on with an empty record; the time since the packet before is kept."""
    flow = table.flows[row]
    clear_flow(flow, now)
    flow["heads_left"] = _HEADS
    if flow["wanted"] == MESSAGES:
        flow["slices_left"] = _wanted_of(table, flow["ports"])
    clear_way(table.ways[2 * row])
    clear_way(table.ways[2 * row + 1])


@called
def end_flow(table: Table, row: int, reason: int) -> None:
    """Write a flow out for good and free its row."""
    write_out(table, row, reason)
    _displace(table, row)
    _unlink(table.links, row)
    table.links[row]["after"] = table.state["free"]
    table.state["free"] = row
    table.state["live"] -= 1


@called
def _evict(table: Table) -> None:
    """End the flow that was quiet longest."""
    oldest = NONE
    for queue in range(QUEUES):
        row = integer(table.links[queue]["after"])
        if row == queue:
            continue
        if oldest == NONE or table.flows[row]["last"] < table.flows[oldest]["last"]:
            oldest = row
    end_flow(table, oldest, EVICTED)
    table.state["evicted"] += 1


@compiled
def _free_row(table: Table) -> int:
    """Return an unused row."""
    state = table.state
    if state["live"] >= table.limits["max_flows"]:
        _evict(table)
    row = integer(state["free"])
    if row != NONE:
        state["free"] = table.links[row]["after"]
        return row
    row = integer(state["fresh"])
    state["fresh"] = row + 1
    return row


@compiled
def _queue_of(protocol: int) -> int:
    """Return the list of a protocol."""
    if protocol == TCP:
        return TCP_QUEUE
    return UDP_QUEUE if protocol == UDP else OTHER_QUEUE


@compiled
def _wanted_of(table: Table, ports: np.uint64) -> int:
    """Return how many payloads are kept of a flow with these ports.

    A system port decides alone: the other one is any that was free.
    """
    a, b = integer(ports >> PORT_A), integer((ports >> PORT_B) & _PORT_MASK)
    low = min(a, b)
    if low < _SYSTEM_PORTS:
        return integer(table.wanted[low])
    return max(integer(table.wanted[a]), integer(table.wanted[b]))


@compiled
def _want(table: Table, flow: np.void, protocol: int) -> None:
    """Say which payloads of a new flow are kept."""
    flow["wanted"] = NOTHING
    flow["slices_left"] = 0
    if protocol in (TCP, UDP):
        flow["slices_left"] = _wanted_of(table, flow["ports"])
        messages = flow["slices_left"] > table.limits["payloads"]
        flow["wanted"] = MESSAGES if messages else BEGINNING


@compiled
def _is_group(packet: np.void) -> bool:
    """Tell whether a packet went to a group or to all (RFC 1112, 4; RFC 4291, 2.7)."""
    high, low = packet["b_high"], packet["b_low"]
    if packet["side"] == 1:
        high, low = packet["a_high"], packet["a_low"]
    if packet["version"] == _IPV4:
        return bool((low >> _IPV4_CLASS) & np.uint64(0xF) >= _IPV4_GROUPS)
    return bool(high >> _IPV6_CLASS == _IPV6_GROUPS)


@compiled
def _tell_by_port(table: Table, flow: np.void, packet: np.void) -> None:
    """Take the receiver for the initiator where the sender's port alone is one of servers.

    A SYN tells it better; one together with FIN or RST tells nothing. No group ever begins.
    """
    flow["told"] = TOLD_FIRST
    if packet["protocol"] not in (TCP, UDP) or packet["flags"] & (FIN | SYN | RST) == SYN:
        return
    if not table.servers[packet["source_port"]] or table.servers[packet["destination_port"]]:
        return
    if not _is_group(packet):
        flow["told"] = TOLD_PORT
        turn(flow, 1 - integer(packet["side"]), packet["time"])


@compiled
def _begin_connection(flow: np.void, packet: np.void) -> None:
    """Clear what is known of a connection; the first packet tells who began, so far."""
    flow["heard"] = 0
    flow["letters"] = 0
    for word in range(3):
        flow["history"][word] = np.uint64(0)
    flow["firm"] = 0
    flow["closed"] = 0
    flow["fins"] = 0
    flow["young"] = 1
    flow["sequence"] = NONE
    flow["syn_time"] = NONE
    flow["rtt"] = NONE
    flow["initiator"] = packet["side"]


@compiled
def _introduce(table: Table, flow: np.void, packet: np.void) -> None:
    """Take key and identity of a new flow from its first packet."""
    flow["a_high"] = packet["a_high"]
    flow["a_low"] = packet["a_low"]
    flow["b_high"] = packet["b_high"]
    flow["b_low"] = packet["b_low"]
    flow["ports"] = packet["ports"]
    flow["tags"] = packet["tags"]
    flow["hash"] = packet["hash"]
    flow["serial"] = table.state["serial"]
    flow["last"] = NONE
    flow["record"] = 0
    flow["slices"] = 0
    flow["icmp_type"] = packet["icmp_type"]
    flow["icmp_code"] = packet["icmp_code"]
    flow["queue"] = _queue_of(packet["protocol"])
    flow["seen_tags"] = packet["seen_tags"]
    flow["depth"] = packet["depth"]
    flow["tunnel"] = packet["tunnel"]
    flow["outer"] = table.state["outer"] if packet["depth"] > 0 else NONE
    _begin_connection(flow, packet)
    _tell_by_port(table, flow, packet)
    _want(table, flow, packet["protocol"])


@compiled
def _begin_way(way: np.void) -> None:
    """Forget what was sent in one direction before."""
    way["last"] = NONE
    way["expected"] = NONE
    way["hole_begin"] = way["hole_end"] = 0


@called
def open_flow(table: Table, packet: np.void) -> int:
    """Make room if need be, enter a new flow and return its row."""
    row = _free_row(table)
    flow = table.flows[row]
    _introduce(table, flow, packet)
    _begin_way(table.ways[2 * row])
    _begin_way(table.ways[2 * row + 1])
    begin_record(table, row, packet["time"])
    table.state["serial"] += 1
    table.state["live"] += 1
    place(table.hashes, table.slots, row, packet["hash"])
    _append(table.links, integer(flow["queue"]), row)
    return row
