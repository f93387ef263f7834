"""The meter stage: packets into flows, finished flows into records."""

import numpy as np

from sensors.compilation import called, compiled, integer, stage
from sensors.decode.layout import BAD, LATER_FRAGMENT, Rows
from sensors.decode.transport import TCP, UDP
from sensors.meter.account import account, account_in_short
from sensors.meter.head import is_head
from sensors.meter.history import (
    had_data_both_ways,
    has_only_syns,
    hear,
    letter_of,
    turn,
)
from sensors.meter.layout import (
    ACCEPTS,
    ACKS,
    ACTIVE,
    AGAIN,
    AT_ODDS,
    BEGINNING,
    CLOSED_QUEUE,
    CUT,
    DAMAGED,
    DATA,
    DONE,
    END,
    ENDS,
    FIN,
    IDLE,
    MESSAGES,
    NO_LETTER,
    NO_SLICES,
    NO_STATISTICS,
    NONE,
    OPENS,
    OUT_FULL,
    QUEUES,
    REOPENED,
    RESETS,
    RING_FULL,
    RST,
    SHUT,
    SLICE_LIMIT,
    TABLE_FULL,
    TOLD_SYN,
    Table,
)
from sensors.meter.order import is_repeated
from sensors.meter.table import (
    begin_record,
    end_flow,
    find,
    linger,
    open_flow,
    touch,
    write_out,
)
from sensors.octets import Octets

_BOTH_SIDES = 3
_SWEEP_EVERY = 100_000_000
_AHEAD = 16
"""Packets whose flows are loaded together."""
_RECORDS_PER_PACKET = 2
"""An old flow of the same key, or one that is evicted, and an interim record."""


@compiled
def _is_over(table: Table, row: int, now: int) -> bool:
    """Tell whether a flow was quiet too long. Time may jump either way."""
    flow = table.flows[row]
    return bool(abs(now - flow["last"]) > table.limits["idle"][flow["queue"]])


@called
def sweep(table: Table, now: int) -> bool:
    """End the flows that were quiet too long; False if the records are full before that."""
    for queue in range(QUEUES):
        row = integer(table.links[queue]["after"])
        while row != queue and _is_over(table, row, now):
            if table.state["out"] >= len(table.out_flows):
                return False
            end_flow(table, row, IDLE)
            row = integer(table.links[queue]["after"])
    table.state["swept"] = now
    return True


@stage
def expire(table: Table, now: int) -> bool:
    """End the flows that were quiet too long by the clock; False as `sweep`."""
    return sweep(table, now)


@stage
def flush(table: Table) -> bool:
    """End all flows at the end of the capture; False if the records are full before that."""
    now = table.state["now"]
    for queue in range(QUEUES):
        row = integer(table.links[queue]["after"])
        while row != queue:
            if table.state["out"] >= len(table.out_flows):
                return False
            end_flow(table, row, IDLE if _is_over(table, row, now) else END)
            row = integer(table.links[queue]["after"])
    return True


@compiled
def _wants(table: Table, now: int) -> int:
    """Return what is wanting before the next packet can be taken, DONE if nothing is."""
    state = table.state
    if len(table.out_flows) - state["out"] < _RECORDS_PER_PACKET:
        return OUT_FULL
    if 2 * state["live"] >= len(table.slots):
        return TABLE_FULL
    if state["slices"] >= len(table.slices) or state["slice_octets"] + SLICE_LIMIT > len(
        table.ring
    ):
        return RING_FULL
    if abs(now - state["swept"]) >= _SWEEP_EVERY and not sweep(table, now):
        return OUT_FULL
    if len(table.out_flows) - state["out"] < _RECORDS_PER_PACKET:
        return OUT_FULL
    return DONE


@compiled
def _is_reopened(flow: np.void, packet: np.void, letter: int) -> bool:
    """Tell a new connection on the ports of an old one from a repeated SYN.

    A SYN with another number belongs to no connection that is closed, or that has carried data
    both ways: whoever sends it has given the old one up.
    """
    if letter != OPENS or packet["sequence"] == flow["sequence"]:
        return False
    return flow["closed"] != 0 or had_data_both_ways(flow)


@called
def _may_be_cut(table: Table, row: int, packet: np.void, letter: int) -> bool:
    """Tell whether packets before this part of a capture may make this one begin a flow.

    They may have closed the connection, so that it is over after the shorter time, or a SYN opens
    another; and the first SYN may say who began, or come too late for that. A pause has settled
    whether it was closed, until a FIN may be the second one.
    """
    flow = table.flows[row]
    if packet["protocol"] != TCP:
        return False
    if letter == OPENS:
        only = has_only_syns(flow, integer(packet["side"]))
        return not (only and packet["sequence"] == flow["sequence"])
    if letter == ACCEPTS and flow["firm"] == 0:
        return True
    if flow["young"] == 0 and flow["fins"] == 0:
        return False
    return bool(packet["time"] - flow["last"] > table.limits["idle"][CLOSED_QUEUE])


@called
def _cut(table: Table, row: int, packet: np.void, letter: int) -> int:
    """End a flow that may have ended here, and go on with another."""
    paused = packet["time"] - table.flows[row]["last"] > table.limits["idle"][CLOSED_QUEUE]
    end_flow(table, row, CUT)
    row = open_flow(table, packet)
    if paused and letter not in (OPENS, ACCEPTS):
        table.flows[row]["young"] = 0
    return row


@compiled
def _row_of(table: Table, packet: np.void, letter: int) -> int:
    """Return the row of the packet's flow, opened or begun anew where it has to be."""
    now = packet["time"]
    row = find(table, packet)
    if row == NONE:
        return open_flow(table, packet)
    if _is_over(table, row, now):
        end_flow(table, row, IDLE)
        return open_flow(table, packet)
    if table.limits["part"] != 0 and _may_be_cut(table, row, packet, letter):
        return _cut(table, row, packet, letter)
    if _is_reopened(table.flows[row], packet, letter):
        end_flow(table, row, REOPENED)
        return open_flow(table, packet)
    if now - table.flows[row]["first"] >= table.limits["active"]:
        write_out(table, row, ACTIVE)
        begin_record(table, row, now)
        table.flows[row]["record"] += 1
    return row


@called
def _tell_initiator(flow: np.void, packet: np.void, letter: int) -> None:
    """Let the first SYN or SYN-ACK say who began; records that are out cannot be turned."""
    if letter == OPENS and flow["sequence"] == NONE:
        flow["sequence"] = packet["sequence"]
    if flow["firm"] != 0 or flow["record"] != 0:
        return
    side = integer(packet["side"])
    flow["firm"] = 1
    flow["told"] = TOLD_SYN
    turn(flow, side if letter == OPENS else 1 - side, packet["time"])


@called
def _follow_teardown(table: Table, row: int, side: int, letter: int) -> None:
    """Close a TCP flow at a RST, or when both sides have sent FIN."""
    flow = table.flows[row]
    if flow["closed"] != 0:
        return
    if letter in (RESETS, AT_ODDS):
        flow["closed"] = RST
    elif letter == ENDS:
        flow["fins"] |= 1 << side
        if flow["fins"] == _BOTH_SIDES:
            flow["closed"] = FIN
    if flow["closed"] != 0:
        linger(table, row)


@compiled
def _follow_connection(table: Table, row: int, packet: np.void, letter: int) -> None:
    """Write down what a TCP packet says about its connection."""
    flow, side, now = table.flows[row], integer(packet["side"]), packet["time"]
    way = table.ways[2 * row + side]
    if letter in (OPENS, ACCEPTS):
        _tell_initiator(flow, packet, letter)
    if packet["checksum"] == BAD:
        hear(flow, DAMAGED, side, now)
    hear(flow, letter, side, now)
    if letter in (ACKS, DATA) and packet["window"] == 0:
        way["zero_windows"] += 1
        hear(flow, SHUT, side, now)
    if letter not in (RESETS, AT_ODDS) and is_repeated(way, packet):
        hear(flow, AGAIN, side, now)
    if letter in (ENDS, RESETS, AT_ODDS):
        _follow_teardown(table, row, side, letter)


@compiled
def _copy(data: Octets, start: int, length: int, table: Table, frame: int) -> None:
    """Copy octets into the ring, where a frame begins at a multiple of four."""
    quads = length >> 2
    first = frame >> 2
    for number in range(quads):
        table.ring_quads[first + number] = data.quads[start + 4 * number]
    for octet in range(4 * quads, length):
        table.ring[frame + octet] = data.octets[start + octet]


@called
def _keep_slice(data: Octets, packet: np.void, flow: np.void, table: Table) -> None:
    """Copy the frame, as far as it is kept, into the ring."""
    state = table.state
    kept = table.slices[state["slices"]]
    start = packet["frame_at"]
    before = packet["payload_at"] - start
    length = min(packet["payload_captured"], SLICE_LIMIT - before)
    frame = state["slice_octets"]
    _copy(data, start, before + length, table, frame)
    kept["frame"] = frame
    kept["wire"] = packet["wire"]
    kept["link"] = packet["link"]
    kept["tag"] = packet["frame_tag"]
    kept["sequence"] = packet["sequence"]
    kept["initiator"] = flow["initiator"]
    kept["a_high"] = packet["a_high"]
    kept["a_low"] = packet["a_low"]
    kept["b_high"] = packet["b_high"]
    kept["b_low"] = packet["b_low"]
    kept["ports"] = packet["ports"]
    kept["tags"] = packet["tags"]
    kept["serial"] = flow["serial"]
    kept["time"] = packet["time"]
    kept["at"] = frame + before
    kept["length"] = length
    kept["cut"] = packet["payload_bytes"] - length
    kept["number"] = flow["slices"]
    kept["side"] = packet["side"]
    flow["slices"] += 1
    state["slices"] += 1
    state["slice_octets"] = (frame + before + length + 3) & ~3


@compiled
def _is_wanted(data: Octets, packet: np.void, flow: np.void, table: Table) -> bool:
    """Tell whether a payload is one of those that are kept of its flow, and count it off.

    Heads of HTTP are kept behind the first payloads as well: a connection carries many.
    """
    if flow["slices_left"] > 0:
        flow["slices_left"] -= 1
        return True
    if flow["wanted"] == MESSAGES:
        table.state["slices_beyond"] += 1
        return False
    if flow["wanted"] != BEGINNING or flow["heads_left"] == 0 or not is_head(data, packet):
        return False
    flow["heads_left"] -= 1
    return True


@compiled
def _offer_slice(data: Octets, packet: np.void, flow: np.void, table: Table) -> None:
    """Keep the payload for a parser, or count that it is not."""
    if packet["payload_at"] - packet["frame_at"] >= SLICE_LIMIT:
        return
    if not _is_wanted(data, packet, flow, table):
        return
    if table.limits["level"] >= NO_SLICES:
        table.state["slices_shed"] += 1
    else:
        _keep_slice(data, packet, flow, table)


@compiled
def _count_in(state: np.void, packet: np.void, flow: np.void) -> None:
    """Count a packet, and remember its flow for the packet that it carries."""
    if packet["depth"] == 0:
        state["metered"] += 1
    else:
        state["inner"] += 1
    state["outer"] = flow["serial"]


@compiled
def _meter_one(data: Octets, packet: np.void, table: Table) -> None:
    """Take one packet; there is room for it."""
    has_header = packet["protocol"] == TCP and packet["fragment"] != LATER_FRAGMENT
    letter = letter_of(packet) if has_header else NO_LETTER
    row = _row_of(table, packet, letter)
    flow = table.flows[row]
    _count_in(table.state, packet, flow)
    if table.limits["level"] >= NO_STATISTICS:
        table.state["statistics_shed"] += 1
        account_in_short(flow, table.ways[2 * row + packet["side"]], packet)
    else:
        account(flow, table.ways[2 * row + packet["side"]], packet)
    touch(table, row)
    if has_header:
        _follow_connection(table, row, packet, letter)
    elif packet["protocol"] == UDP:
        hear(flow, DATA, integer(packet["side"]), packet["time"])
    if packet["payload_captured"] > 0:
        _offer_slice(data, packet, flow, table)


@compiled
def _load_ahead(packets: Rows, begin: int, end: int, table: Table) -> None:
    """Load what the next packets need, so that the waits for memory overlap."""
    mask = np.uint64(len(table.slots) - 1)
    total = integer(0)
    for number in range(begin, end):
        packet = packets[number]
        slot = integer(packet["hash"] & mask)
        row = max(integer(table.slots[slot]), 0)
        flow, way = table.flows[row], table.ways[2 * row + packet["side"]]
        total ^= integer(table.hashes[slot]) ^ integer(flow["ports"]) ^ flow["iat_max"]
        total ^= flow["rtt"] ^ way["packets"] ^ way["last"] ^ way["expected"]
    table.state["ahead"] = total


@stage
def meter(data: Octets, packets: Rows, begin: int, count: int, table: Table) -> int:
    """Take `packets[begin:count]`; return the first that was not taken, for want of `status`."""
    state = table.state
    for number in range(begin, count):
        if (number - begin) % _AHEAD == 0:
            _load_ahead(packets, number, min(number + _AHEAD, count), table)
        packet = packets[number]
        now = packet["time"]
        state["status"] = _wants(table, now)
        if state["status"] != DONE:
            return number
        if now < state["now"]:
            state["backwards"] += 1
        state["now"] = now
        _meter_one(data, packet, table)
    state["status"] = DONE
    return count
