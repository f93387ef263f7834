"""Messages: the header of a datagram and the sets that follow it."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sensors.netflow.wire.template import IPFIX, NETFLOW_5, NETFLOW_9, VERSION_5
from situation.faults import Malformed

SECOND, MILLISECOND = 1_000_000_000, 1_000_000

_VERSION = struct.Struct("!H")
_HEAD_5 = struct.Struct("!HHIIIIBBH")
_HEAD_9 = struct.Struct("!HHIIII")
_HEAD_IPFIX = struct.Struct("!HHIII")
_SET = struct.Struct("!HH")
_MOST_RECORDS_5 = 30
_MOST_OCTETS = 0xFFFF
_INTERVAL_BITS = 0x3FFF
NO_UPTIME = -1


class Message(NamedTuple):
    """Header of a message. Times are nanoseconds since 1970, the uptime milliseconds."""

    version: int
    domain: int
    """Observation domain, source id of v9, engine of v5."""
    sequence: int
    exported: int
    uptime: int
    """NO_UPTIME for IPFIX."""
    begin: int
    end: int
    """Where the sets are, or the records of v5."""
    sampling_interval: int = 0
    """What the header of v5 says, 0 for nothing."""


class Set(NamedTuple):
    """A set of a message, without its head."""

    number: int
    begin: int
    end: int


def read_message(payload: bytes) -> Message:
    """Read the header of a datagram.

    Raises Malformed with the reason: `too_short`, `too_long`, `unknown_version`,
    `message_length`.
    """
    if len(payload) < _VERSION.size:
        raise Malformed("too_short")
    if len(payload) > _MOST_OCTETS:
        raise Malformed("too_long")
    reader = _READERS.get(_VERSION.unpack_from(payload)[0])
    if reader is None:
        raise Malformed("unknown_version")
    head, read = reader
    if len(payload) < head.size:
        raise Malformed("too_short")
    return read(payload)


def _version_5(payload: bytes) -> Message:
    _, count, uptime, seconds, rest, sequence, kind, engine, sampling = _HEAD_5.unpack_from(payload)
    end = _HEAD_5.size + count * VERSION_5.least
    if not 0 < count <= _MOST_RECORDS_5 or end > len(payload):
        raise Malformed("message_length")
    return Message(
        NETFLOW_5,
        domain=kind << 8 | engine,
        sequence=sequence,
        exported=seconds * SECOND + min(rest, SECOND - 1),
        uptime=uptime,
        begin=_HEAD_5.size,
        end=end,
        sampling_interval=sampling & _INTERVAL_BITS,
    )


def _version_9(payload: bytes) -> Message:
    _, _, uptime, seconds, sequence, domain = _HEAD_9.unpack_from(payload)
    return Message(
        NETFLOW_9, domain, sequence, seconds * SECOND, uptime, _HEAD_9.size, len(payload)
    )


def _ipfix(payload: bytes) -> Message:
    _, octets, seconds, sequence, domain = _HEAD_IPFIX.unpack_from(payload)
    if not _HEAD_IPFIX.size <= octets <= len(payload):
        raise Malformed("message_length")
    return Message(IPFIX, domain, sequence, seconds * SECOND, NO_UPTIME, _HEAD_IPFIX.size, octets)


_READERS = {
    NETFLOW_5: (_HEAD_5, _version_5),
    NETFLOW_9: (_HEAD_9, _version_9),
    IPFIX: (_HEAD_IPFIX, _ipfix),
}


def sets_of(payload: bytes, message: Message) -> Iterator[Set]:
    """Yield the sets of a v9 or IPFIX message; raise Malformed where a length cannot be.

    Fewer octets than a head has are padding at the end of the message.
    """
    at = message.begin
    while message.end - at >= _SET.size:
        number, octets = _SET.unpack_from(payload, at)
        if not _SET.size <= octets <= message.end - at:
            raise Malformed("set_length")
        yield Set(number, at + _SET.size, at + octets)
        at += octets
