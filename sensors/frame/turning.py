"""Records from rows to columns, turned so that the initiator comes first."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import INNER, OUTER, PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import ICMP, ICMP6
from sensors.frame.column import Integers
from situation.fields import TCP_FLAGS

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_QUAD = np.uint64(0xFFFFFFFF)

FLOW_INTEGERS = (
    "first", "last", "serial", "record", "reason", "iat_min", "iat_max", "iat_sum",
    "told", "depth", "carried_by", "carrier", "rtt", "sequence", "source_port",
    "destination_port", "protocol", "version", "outer", "inner", "tunnel",
)  # fmt: skip
WAY_INTEGERS = (
    "packets", "bytes", "ip_bytes", "payload_bytes", "size_min", "size_max", "iat_min",
    "iat_max", "iat_sum", "ttl_min", "ttl_max", *TCP_FLAGS, "first", "last", "retransmitted",
    "disordered", "zero_windows", "checksum",
)  # fmt: skip
_FORWARD = len(FLOW_INTEGERS)
_BACKWARD = _FORWARD + len(WAY_INTEGERS)
_INTEGERS = _BACKWARD + len(WAY_INTEGERS)
ADDRESSES = ("source_high", "source_low", "destination_high", "destination_low")
_FLOATS = ("iat_squares", "forward_squares", "forward_iat", "backward_squares", "backward_iat")


class Turned(NamedTuple):
    """Columns of records: of the flow, and of what initiator and responder sent."""

    flow: dict[str, Integers]
    forward: dict[str, Integers]
    backward: dict[str, Integers]
    addresses: dict[str, Words]
    squares: dict[str, Floats]


@compiled
def _turn_way(way: np.void, integers: Integers, column: int, row: int) -> None:
    """Write the integers of one direction, in the order of WAY_INTEGERS."""
    integers[column, row] = way["packets"]
    integers[column + 1, row] = way["bytes"]
    integers[column + 2, row] = way["ip_bytes"]
    integers[column + 3, row] = way["payload_bytes"]
    integers[column + 4, row] = way["size_min"]
    integers[column + 5, row] = way["size_max"]
    integers[column + 6, row] = way["iat_min"]
    integers[column + 7, row] = way["iat_max"]
    integers[column + 8, row] = way["iat_sum"]
    integers[column + 9, row] = way["ttl_min"]
    integers[column + 10, row] = way["ttl_max"]
    integers[column + 11, row] = way["fin"]
    integers[column + 12, row] = way["syn"]
    integers[column + 13, row] = way["rst"]
    integers[column + 14, row] = way["psh"]
    integers[column + 15, row] = way["ack"]
    integers[column + 16, row] = way["urg"]
    integers[column + 17, row] = way["ece"]
    integers[column + 18, row] = way["cwr"]
    integers[column + 19, row] = way["first"]
    integers[column + 20, row] = way["last"]
    integers[column + 21, row] = way["retransmitted"]
    integers[column + 22, row] = way["disordered"]
    integers[column + 23, row] = way["zero_windows"]
    integers[column + 24, row] = way["checksum"]


@compiled
def _turn_state(flow: np.void, integers: Integers, row: int) -> None:
    """Write times and state of the flow, the first of FLOW_INTEGERS."""
    integers[0, row] = flow["first"]
    integers[1, row] = flow["last"]
    integers[2, row] = flow["serial"]
    integers[3, row] = flow["record"]
    integers[4, row] = flow["reason"]
    integers[5, row] = flow["iat_min"]
    integers[6, row] = flow["iat_max"]
    integers[7, row] = flow["iat_sum"]
    integers[8, row] = flow["told"]
    integers[9, row] = flow["depth"]
    integers[10, row] = flow["tunnel"]
    integers[11, row] = flow["outer"]
    integers[12, row] = flow["rtt"]
    integers[13, row] = flow["sequence"]


@compiled
def _turn_key(flow: np.void, integers: Integers, row: int) -> None:
    """Write what the key says, the rest of FLOW_INTEGERS. ICMP has type and code as ports.

    The tags are those of the first packet, whether or not they are in the key.
    """
    ports, tags = flow["ports"], flow["seen_tags"]
    source, destination = integer(ports >> PORT_A), integer((ports >> PORT_B) & _PAIR)
    if flow["initiator"] != 0:
        source, destination = destination, source
    protocol = integer((ports >> PROTOCOL) & _OCTET)
    if protocol in (ICMP, ICMP6):
        source, destination = integer(flow["icmp_type"]), integer(flow["icmp_code"])
    integers[14, row] = source
    integers[15, row] = destination
    integers[16, row] = protocol
    integers[17, row] = integer(ports & _OCTET)
    integers[18, row] = integer(tags >> OUTER)
    integers[19, row] = integer((tags >> INNER) & _PAIR)
    integers[20, row] = integer(tags & _QUAD)


@compiled
def _turn_addresses(flow: np.void, words: Words, row: int) -> None:
    """Write the addresses in the order of ADDRESSES."""
    first = 2 if flow["initiator"] != 0 else 0
    words[first, row] = flow["a_high"]
    words[first + 1, row] = flow["a_low"]
    words[2 - first, row] = flow["b_high"]
    words[3 - first, row] = flow["b_low"]


@stage
def _turn(flows: Rows, ways: Rows, integers: Integers, words: Words, floats: Floats) -> None:
    """Write all records."""
    for row in range(len(flows)):
        flow = flows[row]
        side = integer(flow["initiator"])
        forward, backward = ways[2 * row + side], ways[2 * row + 1 - side]
        _turn_state(flow, integers, row)
        _turn_key(flow, integers, row)
        _turn_addresses(flow, words, row)
        _turn_way(forward, integers, _FORWARD, row)
        _turn_way(backward, integers, _BACKWARD, row)
        floats[0, row] = flow["iat_squares"]
        floats[1, row] = forward["squares"]
        floats[2, row] = forward["iat_squares"]
        floats[3, row] = backward["squares"]
        floats[4, row] = backward["iat_squares"]


def turned(flows: Rows, ways: Rows) -> Turned:
    """Return the columns of records whose directions lie by side in `ways`."""
    integers = np.empty((_INTEGERS, len(flows)), np.int64)
    words = np.empty((len(ADDRESSES), len(flows)), np.uint64)
    floats = np.empty((len(_FLOATS), len(flows)), np.float64)
    _turn(flows, ways, integers, words, floats)
    return Turned(
        flow=dict(zip(FLOW_INTEGERS, integers, strict=False)),
        forward=dict(zip(WAY_INTEGERS, integers[_FORWARD:], strict=False)),
        backward=dict(zip(WAY_INTEGERS, integers[_BACKWARD:], strict=True)),
        addresses=dict(zip(ADDRESSES, words, strict=True)),
        squares=dict(zip(_FLOATS, floats, strict=True)),
    )
