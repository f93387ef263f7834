"""pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packet blocks of all three kinds."""

import struct

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import (
    BLOCK_LIMIT,
    ENDED,
    FULL,
    MAX_INTERFACES,
    PACKET_LIMIT,
    Records,
)
from sensors.capture.pcap import leave_check, short, take
from sensors.compilation import compiled, integer, stage
from sensors.octets import Octets, big32, octet, ordered16, ordered32
from sensors.refusal import (
    BLOCK_DAMAGED,
    PACKET_BEYOND_BLOCK,
    RECORD_LENGTH_BEYOND_LIMIT,
    TIMESTAMP_BEYOND_RANGE,
    UNKNOWN_INTERFACE,
)
from situation.faults import Malformed

SECTION_MAGIC = b"\x0a\x0d\x0d\x0a"
_SECTION = 0x0A0D0D0A
_INTERFACE_BLOCK, _PACKET_BLOCK, _SIMPLE_BLOCK, _STATISTICS_BLOCK, _ENHANCED_BLOCK = 1, 2, 3, 5, 6
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_SMALLEST_BLOCK, _SMALLEST_SECTION = 12, 28
_SMALLEST_INTERFACE, _SMALLEST_SIMPLE, _SMALLEST_ENHANCED = 20, 16, 32
_SMALLEST_STATISTICS = 20
_TRAILER = 4
_OPTION_END, _OPTION_RESOLUTION, _OPTION_CHECK, _OPTION_OFFSET = 0, 9, 13, 14
_OPTION_FLAGS, _OPTION_DROPPED = 2, 5
_FLAGS_OCTETS, _LONG_OCTETS = 4, 8
_CHECK_SHIFT, _CHECK_MASK = 5, 0xF
_OCTET_BITS = 8
_BINARY_BIT = 0x80
_MICROSECONDS = 6

_SECOND = np.uint64(1_000_000_000)
_POWERS = np.array([10**n for n in range(20)], np.uint64)
_NANO = 9
_MAX_DECIMAL, _MAX_BINARY, _NANO_BITS = 19, 63, 30
_MAX_SECONDS = 9_223_372_035
_OUT_OF_RANGE = -1
_MOST_DROPPED = 1 << 48
"""What claims to have lost more is damaged."""


def recognizes(start: bytes) -> bool:
    """Tell whether `start` is that of a pcapng."""
    return start.startswith(SECTION_MAGIC)


def begin(start: bytes, cursor: np.void, where: str) -> None:
    """Check the first section header in `start`; Malformed if it is cut or of no byte order."""
    if len(start) < _SMALLEST_SECTION:
        raise Malformed(
            f"the pcapng section header has {len(start)} of at least {_SMALLEST_SECTION} octets",
            where=f"{where}, offset {len(start)}",
        )
    orders = [o for o in "<>" if struct.unpack_from(f"{o}I", start, 8)[0] == _BYTE_ORDER_MAGIC]
    if not orders:
        raise Malformed("the pcapng byte-order magic is wrong", where=f"{where}, offset 8")
    length = struct.unpack_from(f"{orders[0]}I", start, 4)[0]
    if length < _SMALLEST_SECTION or length % 4 or length > BLOCK_LIMIT:
        raise Malformed(
            f"the pcapng section header claims {length} octets", where=f"{where}, offset 4"
        )
    cursor["position"] = 0


@compiled
def nanoseconds(ticks: np.uint64, interface: np.void) -> int:
    """Return the time of an interface's clock as nanoseconds since 1970, -1 if out of range."""
    exponent = interface["exponent"]
    if interface["binary"]:
        if exponent > _MAX_BINARY:
            return _OUT_OF_RANGE
        seconds = ticks >> np.uint64(exponent)
        rest = ticks - (seconds << np.uint64(exponent))
        coarse = max(exponent - _NANO_BITS, 0)
        fraction = ((rest >> np.uint64(coarse)) * _SECOND) >> np.uint64(exponent - coarse)
    else:
        if exponent > _MAX_DECIMAL:
            return _OUT_OF_RANGE
        seconds = ticks // _POWERS[exponent]
        rest = ticks - seconds * _POWERS[exponent]
        if exponent <= _NANO:
            fraction = rest * _POWERS[_NANO - exponent]
        else:
            fraction = rest // _POWERS[exponent - _NANO]
    offset = integer(interface["offset"])
    if seconds > np.uint64(_MAX_SECONDS) or offset > _MAX_SECONDS or offset < -_MAX_SECONDS:
        return _OUT_OF_RANGE
    total = integer(seconds) + offset
    if total < 0 or total > _MAX_SECONDS:
        return _OUT_OF_RANGE
    return total * 1_000_000_000 + integer(fraction)


@compiled
def _ordered64(data: Octets, at: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return 64 bits in the byte order of the section, signed."""
    low, high = ordered32(data, at, big), ordered32(data, at + 4, big)
    if big:
        low, high = high, low
    return (high << 32) | low


@compiled
def _set_option(data: Octets, at: int, big: bool, interface: np.void) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Take the option at `at` if it says how to read the clock; return where the next stands."""
    code = ordered16(data, at, big)
    length = ordered16(data, at + 2, big)
    if code == _OPTION_RESOLUTION and length == 1:
        resolution = octet(data, at + 4)
        interface["binary"] = resolution & _BINARY_BIT != 0
        interface["exponent"] = resolution & ~_BINARY_BIT
    if code == _OPTION_CHECK and length == 1:
        interface["check"] = octet(data, at + 4) // _OCTET_BITS
    if code == _OPTION_OFFSET and length == _LONG_OCTETS:
        interface["offset"] = _ordered64(data, at + 4, big)
    return at + 4 + ((length + 3) & ~3)


@compiled
def _option_at(data: Octets, at: int, end: int, code: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return where the value of the option `code` stands in the options at `at`, or -1."""
    while at + 4 <= end:
        found, length = ordered16(data, at, big), ordered16(data, at + 2, big)
        if found == _OPTION_END or at + 4 + length > end:
            return -1
        if found == code:
            return at + 4
        at += 4 + ((length + 3) & ~3)
    return -1


@compiled
def _describe(data: Octets, at: int, end: int, cursor: np.void, interfaces: Records) -> None:
    """Read an interface description block that ends (before its trailer) at `end`."""
    number = cursor["interfaces"]
    if end - at + _TRAILER < _SMALLEST_INTERFACE or number >= MAX_INTERFACES:
        return
    big = cursor["big"]
    interface = interfaces[number]
    cursor["interfaces"] = number + 1
    interface["link"] = ordered16(data, at + 8, big)
    interface["snap"] = ordered32(data, at + 12, big)
    interface["offset"] = 0
    interface["check"] = 0
    interface["dropped"] = 0
    interface["binary"] = False
    interface["exponent"] = _MICROSECONDS
    option = at + 16
    while option + 4 <= end and ordered16(data, option, big) != _OPTION_END:
        if option + 4 + ordered16(data, option + 2, big) > end:
            break
        option = _set_option(data, option, big, interface)


@compiled
def _count_dropped(data: Octets, at: int, end: int, cursor: np.void, interfaces: Records) -> None:
    """Read how many packets an interface has lost since it was opened."""
    big = cursor["big"]
    if end - at < _SMALLEST_STATISTICS:
        return
    number = ordered32(data, at + 8, big)
    value = _option_at(data, at + 20, end, _OPTION_DROPPED, big)
    if number >= cursor["interfaces"] or value < 0 or value + _LONG_OCTETS > end:
        return
    dropped = _ordered64(data, value, big)
    interface = interfaces[number]
    if interface["dropped"] < dropped <= _MOST_DROPPED:
        cursor["dropped"] += dropped - interface["dropped"]
        interface["dropped"] = dropped


@compiled
def _simple(data: Octets, at: int, end: int, cursor: np.void, record: np.void) -> None:
    """Read a simple packet block, which has no time and no captured length of its own."""
    record["wire"] = ordered32(data, at + 8, cursor["big"])
    record["at"] = at + 12
    record["captured"] = min(record["wire"], end - at - 12)
    record["time"] = cursor["time"]


@compiled
def _enhanced(data: Octets, at: int, cursor: np.void, record: np.void, interface: np.void) -> None:
    """Read an enhanced packet block, or the packet block that came before it."""
    big = cursor["big"]
    high = np.uint64(ordered32(data, at + 12, big))
    ticks = (high << np.uint64(32)) | np.uint64(ordered32(data, at + 16, big))
    record["time"] = nanoseconds(ticks, interface)
    record["captured"] = ordered32(data, at + 20, big)
    record["wire"] = max(ordered32(data, at + 24, big), record["captured"])
    record["at"] = at + 28


@compiled
def _interface_of(data: Octets, at: int, kind: int, cursor: np.void) -> int:
    """Return the number of the packet's interface."""
    if kind == _SIMPLE_BLOCK:
        return 0
    if kind == _PACKET_BLOCK:
        return ordered16(data, at + 8, cursor["big"])
    return ordered32(data, at + 8, cursor["big"])


@compiled
def _refusal(record: np.void, end: int) -> int:
    """Return why a packet block's claims cannot hold, or -1."""
    if record["captured"] > PACKET_LIMIT:
        return RECORD_LENGTH_BEYOND_LIMIT
    if record["at"] + record["captured"] > end:
        return PACKET_BEYOND_BLOCK
    if record["time"] < 0:
        return TIMESTAMP_BEYOND_RANGE
    return -1


@compiled
def _check_octets(data: Octets, options: int, end: int, interface: np.void, cursor: np.void) -> int:
    """Return the octets of the frame check sequence: the packet's flags come before the rest."""
    big = cursor["big"]
    flags = _option_at(data, options, end, _OPTION_FLAGS, big)
    if flags >= 0 and flags + _FLAGS_OCTETS <= end:
        octets = (ordered32(data, flags, big) >> _CHECK_SHIFT) & _CHECK_MASK
        if octets > 0:
            return octets
    return integer(interface["check"])


@compiled
def _packet(data: Octets, at: int, end: int, frame: tuple[np.void, np.void, Records]) -> int:
    """Read a packet block of any kind into the record; return a refusal or -1."""
    cursor, record, interfaces = frame
    kind = ordered32(data, at, cursor["big"])
    smallest = _SMALLEST_SIMPLE if kind == _SIMPLE_BLOCK else _SMALLEST_ENHANCED
    if end - at + _TRAILER < smallest:
        return PACKET_BEYOND_BLOCK
    number = _interface_of(data, at, kind, cursor)
    if number >= cursor["interfaces"]:
        return UNKNOWN_INTERFACE
    interface = interfaces[number]
    record["link"] = interface["link"]
    if kind == _SIMPLE_BLOCK:
        _simple(data, at, end, cursor, record)
        if interface["snap"] > 0:
            record["captured"] = min(record["captured"], interface["snap"])
        refusal = _refusal(record, end)
        check = interface["check"]
    else:
        _enhanced(data, at, cursor, record, interface)
        refusal = _refusal(record, end)
        options = record["at"] + ((record["captured"] + 3) & ~3)
        check = _check_octets(data, options, end, interface, cursor)
    if refusal < 0 and check > 0:
        leave_check(record, check)
    return refusal


@compiled
def _block_length(data: Octets, cursor: np.void) -> int:
    """Return the length of the block at the cursor: 0 if damaged, -1 if octets are wanting."""
    at = cursor["position"]
    left = cursor["end"] - at
    if left < _SMALLEST_BLOCK:
        return -1
    if big32(data, at) == _SECTION:
        cursor["big"] = big32(data, at + 8) == _BYTE_ORDER_MAGIC
        if ordered32(data, at + 8, cursor["big"]) != _BYTE_ORDER_MAGIC:
            return 0
    length = ordered32(data, at + 4, cursor["big"])
    if length < _SMALLEST_BLOCK or length % 4 or length > BLOCK_LIMIT:
        return 0
    if left < length:
        return -1
    if ordered32(data, at + length - _TRAILER, cursor["big"]) != length:
        return 0
    return length


@stage
def frame_pcapng(
    data: Octets,
    cursor: np.void,
    records: Records,
    refused: npt.NDArray[np.int64],
    interfaces: Records,
) -> int:
    """Find the next packets of a pcapng file; return how many, with the reason in `status`."""
    count = 0
    cursor["status"] = FULL
    while count < len(records):
        length = _block_length(data, cursor)
        if length < 0:
            short(cursor, refused)
            break
        if length == 0:
            cursor["packets"] += 1
            refused[BLOCK_DAMAGED] += 1
            cursor["status"] = ENDED
            break
        at = cursor["position"]
        end = at + length - _TRAILER
        cursor["position"] = at + length
        kind = ordered32(data, at, cursor["big"])
        if kind == _SECTION:
            cursor["interfaces"] = 0
        elif kind == _INTERFACE_BLOCK:
            _describe(data, at, end, cursor, interfaces)
        elif kind == _STATISTICS_BLOCK:
            _count_dropped(data, at, end, cursor, interfaces)
        elif kind in (_PACKET_BLOCK, _SIMPLE_BLOCK, _ENHANCED_BLOCK):
            refusal = _packet(data, at, end, (cursor, records[count], interfaces))
            if refusal < 0:
                take(cursor, records[count])
                count += 1
            else:
                cursor["packets"] += 1
                refused[refusal] += 1
    return count
