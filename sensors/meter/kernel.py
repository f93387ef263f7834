"""The meter stage: packets into flows, finished flows into records."""

import numpy as np

from sensors.compilation import called, compiled, integer, stage
from sensors.decode.layout import Rows
from sensors.decode.transport import TCP
from sensors.meter.account import account
from sensors.meter.layout import (
    ACTIVE,
    CLOSED_QUEUE,
    DONE,
    END,
    FIN,
    IDLE,
    MESSAGES,
    NO_SLICES,
    NONE,
    OUT_FULL,
    QUEUES,
    RING_FULL,
    RST,
    SLICE_LIMIT,
    TABLE_FULL,
    Table,
)
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

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_BOTH_SIDES = 3
_SWEEP_EVERY = 100_000_000
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
def flush(table: Table) -> bool:
    """End all flows at the end of the capture; False if the records are full before that."""
    for queue in range(QUEUES):
        row = integer(table.links[queue]["after"])
        while row != queue:
            if table.state["out"] >= len(table.out_flows):
                return False
            end_flow(table, row, END)
            row = integer(table.links[queue]["after"])
    return True


@compiled
def _wants(table: Table, now: int) -> int:
    """Return what is wanting before the next packet can be taken, DONE if nothing is."""
    state = table.state
    if len(table.out_flows) - state["out"] < _RECORDS_PER_PACKET:
        return OUT_FULL
    if state["live"] + QUEUES >= len(table.flows):
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
def _is_reopened(flow: np.void, packet: np.void) -> bool:
    """Tell a new connection on the ports of a closed one from a repeated SYN."""
    if flow["queue"] != CLOSED_QUEUE or packet["flags"] & (_SYN | _ACK) != _SYN:
        return False
    return bool(packet["sequence"] != flow["sequence"])


@compiled
def _row_of(table: Table, packet: np.void) -> int:
    """Return the row of the packet's flow, opened or begun anew where it has to be."""
    now = packet["time"]
    row = find(table, packet)
    if row != NONE:
        if _is_over(table, row, now):
            end_flow(table, row, IDLE)
        elif _is_reopened(table.flows[row], packet):
            end_flow(table, row, END)
        else:
            if now - table.flows[row]["first"] >= table.limits["active"]:
                write_out(table, row, ACTIVE)
                begin_record(table, row, now)
                table.flows[row]["record"] += 1
            return row
    return open_flow(table, packet)


@compiled
def _tell_initiator(flow: np.void, packet: np.void) -> None:
    """Let the first SYN or SYN-ACK say who began; records that are out cannot be turned."""
    if packet["flags"] & _SYN == 0 or flow["firm"] != 0 or flow["record"] != 0:
        return
    side = integer(packet["side"])
    flow["firm"] = 1
    if packet["flags"] & _ACK != 0:
        flow["initiator"] = 1 - side
    else:
        flow["initiator"] = side
        flow["sequence"] = packet["sequence"]


@compiled
def _follow_teardown(table: Table, row: int, packet: np.void) -> None:
    """Close a TCP flow at a RST, or when both sides have sent FIN."""
    flow = table.flows[row]
    if flow["closed"] != 0:
        return
    if packet["flags"] & _RST != 0:
        flow["closed"] = RST
    elif packet["flags"] & _FIN != 0:
        flow["fins"] |= 1 << integer(packet["side"])
        if flow["fins"] == _BOTH_SIDES:
            flow["closed"] = FIN
    if flow["closed"] != 0:
        linger(table, row)


@compiled
def _keep_slice(data: Octets, packet: np.void, flow: np.void, table: Table) -> None:
    """Copy the frame, as far as it is kept, into the ring."""
    state = table.state
    kept = table.slices[state["slices"]]
    start = packet["frame_at"]
    before = packet["payload_at"] - start
    length = min(packet["payload_captured"], SLICE_LIMIT - before)
    frame = state["slice_octets"]
    for octet in range(before + length):
        table.ring[frame + octet] = data.octets[start + octet]
    kept["frame"] = frame
    kept["wire"] = packet["wire"]
    kept["link"] = packet["link"]
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
    flow["slices_left"] -= 1
    state["slices"] += 1
    state["slice_octets"] = frame + before + length


@compiled
def _offer_slice(data: Octets, packet: np.void, flow: np.void, table: Table) -> None:
    """Keep the payload for a parser, or count that it is not."""
    if packet["payload_at"] - packet["frame_at"] >= SLICE_LIMIT:
        return
    if flow["slices_left"] <= 0:
        table.state["slices_beyond"] += flow["wanted"] == MESSAGES
    elif table.limits["level"] >= NO_SLICES:
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
    row = _row_of(table, packet)
    flow = table.flows[row]
    _count_in(table.state, packet, flow)
    if packet["protocol"] == TCP:
        _tell_initiator(flow, packet)
    account(flow, table.ways[2 * row + packet["side"]], packet)
    touch(table, row)
    if packet["protocol"] == TCP and packet["flags"] & (_FIN | _RST) != 0:
        _follow_teardown(table, row, packet)
    if packet["payload_captured"] > 0:
        _offer_slice(data, packet, flow, table)


@stage
def meter(data: Octets, packets: Rows, begin: int, count: int, table: Table) -> int:
    """Take `packets[begin:count]`; return the first that was not taken, for want of `status`."""
    state = table.state
    for number in range(begin, count):
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
