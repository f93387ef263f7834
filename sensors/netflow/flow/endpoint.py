"""Who spoke with whom: addresses, ports and protocol of records, and the ids made of them."""

from typing import NamedTuple

import numpy as np
import polars as pl

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import (
    COUNTERPART,
    COUNTERPART6,
    ICMP,
    ICMP6,
    ONE_WAY,
    SCTP,
    TCP,
    UDP,
)
from sensors.frame.column import Flags, Integers
from sensors.frame.community import community_ids
from sensors.frame.text import Words, address_column
from sensors.netflow.wire.records import Records

_IPV4, _IPV6 = 4, 6
_IPV4_OCTETS, _IPV6_OCTETS = 4, 16
_PORTED = (TCP, UDP, SCTP)
_PORT_MASK, _OCTET = 0xFFFF, 0xFF
_CODE_BITS = 8

_PROTOCOL = 4
_SOURCE_PORTS, _DESTINATION_PORTS = (7, 182, 180), (11, 183, 181)
_KINDS_WITH_CODE, _KINDS, _CODES = (32, 139), (176, 178), (177, 179)
"""Elements of ICMP: type and code together, type, code; for IPv4 and IPv6."""

_KEY = np.dtype(
    [
        ("a_high", np.uint64),
        ("a_low", np.uint64),
        ("b_high", np.uint64),
        ("b_low", np.uint64),
        ("ports", np.uint64),
    ]
)
"""What the Community ID reads of a flow, as in the rows of the meter."""


class Address(NamedTuple):
    """Addresses of one side: words in network order and IP version of each record."""

    high: Words
    low: Words
    version: Integers

    def text(self) -> pl.Series:
        """Return the addresses as text."""
        return address_column(self.high, self.low, self.version)


class Ends(NamedTuple):
    """Both sides of each record. ICMP has its type as source port and its code as the other."""

    source: Address
    destination: Address
    protocol: Integers
    source_port: Integers
    destination_port: Integers


def address_of(records: Records, ipv4: int, ipv6: int) -> Address | None:
    """Return the addresses that two elements tell; of both, IPv4 where it is not all zero."""
    four = records.address(ipv4, _IPV4_OCTETS)
    six = records.address(ipv6, _IPV6_OCTETS)
    count = len(records)
    if six is None:
        return None if four is None else Address(*four, np.full(count, _IPV4, np.int64))
    if four is None:
        return Address(*six, np.full(count, _IPV6, np.int64))
    is_six = (four[1] == 0) & ((six[0] | six[1]) != 0)
    low = np.where(is_six, six[1], four[1])
    version = np.where(is_six, _IPV6, _IPV4)
    return Address(np.where(is_six, six[0], np.uint64(0)), low, version)


def protocol_of(records: Records) -> Integers | None:
    """Return the IP protocols, None where the records tell none."""
    protocol = records.number(_PROTOCOL)
    return None if protocol is None else protocol & _OCTET


def ends_of(records: Records) -> Ends | None:
    """Return both sides, None where the records have no addresses."""
    source, destination = address_of(records, 8, 27), address_of(records, 12, 28)
    if source is None or destination is None:
        return None
    absent = np.zeros(len(records), np.int64)
    protocol = protocol_of(records)
    protocol = absent if protocol is None else protocol
    ports = [records.first_of(numbers) for numbers in (_SOURCE_PORTS, _DESTINATION_PORTS)]
    near, far = (absent if port is None else port & _PORT_MASK for port in ports)
    is_icmp = _is_icmp(protocol, source.version)
    kind_and_code = _icmp(records, far)
    ported = np.isin(protocol, _PORTED)
    return Ends(
        source,
        destination,
        protocol,
        np.where(is_icmp, kind_and_code >> _CODE_BITS, np.where(ported, near, 0)),
        np.where(is_icmp, kind_and_code & _OCTET, np.where(ported, far, 0)),
    )


def _is_icmp(protocol: Integers, version: Integers) -> Flags:
    is_six: Flags = (protocol == ICMP6) & (version == _IPV6)
    is_four: Flags = (protocol == ICMP) & (version == _IPV4)
    return is_six | is_four


def _icmp(records: Records, destination_port: Integers) -> Integers:
    """Return type times 256 and code; NetFlow without such an element has it as port."""
    told = destination_port
    for with_code, kind, code in zip(_KINDS_WITH_CODE, _KINDS, _CODES, strict=True):
        both, kinds, codes = (records.number(number) for number in (with_code, kind, code))
        if both is None and kinds is not None:
            both = (kinds & _OCTET) << _CODE_BITS | (0 if codes is None else codes & _OCTET)
        if both is not None:
            told = np.where(both != 0, both & _PORT_MASK, told)
    return told


def community(ends: Ends) -> pl.Series:
    """Return the Community ID of each record; both directions have the same."""
    return community_ids(_keys(ends))


def _keys(ends: Ends) -> Rows:
    source, destination = ends.source, ends.destination
    near, far = ends.source_port, ends.destination_port
    is_icmp = _is_icmp(ends.protocol, source.version)
    kind = near & _OCTET
    answer = np.where(source.version == _IPV4, COUNTERPART[kind], COUNTERPART6[kind])
    one_way = is_icmp & (answer == ONE_WAY)
    far = np.where(is_icmp & ~one_way, answer, far)
    swap = ~one_way & _is_greater(source, destination, near, far)
    keys = np.empty(len(near), _KEY)
    for name, first, second in (
        ("high", source.high, destination.high),
        ("low", source.low, destination.low),
    ):
        keys[f"a_{name}"] = np.where(swap, second, first)
        keys[f"b_{name}"] = np.where(swap, first, second)
    a_port, b_port = np.where(swap, far, near), np.where(swap, near, far)
    keys["ports"] = (
        (a_port.astype(np.uint64) << PORT_A)
        | (b_port.astype(np.uint64) << PORT_B)
        | (ends.protocol.astype(np.uint64) << PROTOCOL)
        | source.version.astype(np.uint64)
    )
    return keys


def _is_greater(one: Address, other: Address, port: Integers, other_port: Integers) -> Flags:
    by_port = port > other_port
    by_low = np.where(one.low == other.low, by_port, one.low > other.low)
    return np.where(one.high == other.high, by_low, one.high > other.high)
