"""Messages out of files: captures of what exporters sent, and IPFIX files (RFC 5655)."""

import functools
import ipaddress
import itertools
import pathlib
import struct
from collections import Counter
from collections.abc import Collection, Iterator

import numpy as np

from sensors.capture.reading import Block, Reading
from sensors.capture.stream import Stream
from sensors.decode.layout import WHOLE, Rows
from sensors.decode.transport import UDP
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings
from sensors.netflow.decoder import Datagram, Decoded, Decoder
from sensors.netflow.wire.message import SECOND
from sensors.netflow.wire.template import IPFIX

PORTS = frozenset({2055, 9995, 9996, 4739})
"""Ports that exporters send to, by custom and by IANA."""

BATCH_DATAGRAMS = 2_000

_HEAD = struct.Struct("!HHI")
_MESSAGE_OCTETS = 16
_BLOCK_PACKETS = 2048
_IPV4 = 4


class Export:
    """The messages of a file, a capture or an IPFIX file, plain or gzip; read once.

    Of a capture they are the payloads of UDP packets to `ports`, to any port where these are
    empty. Raises Malformed where the file is neither.
    """

    def __init__(self, path: pathlib.Path, ports: Collection[int] = ()) -> None:
        self._path = path
        self._ports = frozenset(ports)
        self._is_ipfix = _is_ipfix(path)
        self._reading = Reading([path], block_packets=_BLOCK_PACKETS)
        if not self._is_ipfix:
            self._reading.check()
        self.skipped: Counter[str] = Counter()
        """Packets of a capture that carry no message, by reason."""

    def datagrams(self) -> Iterator[Datagram]:
        """Yield the messages in the order of the file.

        The exporter is the sender of a packet and unknown in an IPFIX file, where a message
        counts as received when it was exported. Octets that are no message are yielded, too,
        so that the decoder counts them.
        """
        yield from self._of_ipfix() if self._is_ipfix else self._of_capture()

    def _of_ipfix(self) -> Iterator[Datagram]:
        stream = Stream(self._path)
        try:
            position = 0
            while True:
                octets = _wanted(stream, position)
                if stream.end - position < octets and not stream.final:
                    position = stream.refill(position)
                    continue
                payload = stream.data.octets[position : min(position + octets, stream.end)]
                if not len(payload):
                    return
                yield _datagram_of(payload.tobytes())
                position += len(payload)
        finally:
            stream.close()

    def _of_capture(self) -> Iterator[Datagram]:
        memory = Memory(MeterSettings(batch_rows=1), block_packets=_BLOCK_PACKETS)
        reading = self._reading
        for block in reading.blocks():
            self.skipped["not_ip"] += block.packets
            for packets in memory.decoded(block, reading.refused):
                self.skipped["not_ip"] -= int((packets["depth"] == 0).sum())
                yield from self._of_packets(block, packets)

    def _of_packets(self, block: Block, packets: Rows) -> Iterator[Datagram]:
        for packet in packets:
            reason = self._reason_to_skip(packet)
            if reason:
                self.skipped[reason] += 1
                continue
            begin, end = int(packet["payload_at"]), int(packet["ip_end"])
            payload = block.data.octets[begin : max(begin, end)].tobytes()
            yield Datagram(payload, _sender(packet), int(packet["time"]))

    def _reason_to_skip(self, packet: np.void) -> str:
        if packet["protocol"] != UDP:
            return "not_udp"
        if packet["fragment"] != WHOLE:
            return "fragment"
        if self._ports and int(packet["destination_port"]) not in self._ports:
            return "other_port"
        return ""


def flows_of(export: Export, decoder: Decoder) -> Iterator[Decoded]:
    """Yield what the messages of a file hold, batch by batch; sets that still wait are given up."""
    messages = export.datagrams()
    while batch := list(itertools.islice(messages, BATCH_DATAGRAMS)):
        yield decoder.decode(batch)
    yield Decoded((), decoder.finish())


def _is_ipfix(path: pathlib.Path) -> bool:
    """Tell whether a file begins with an IPFIX message; Malformed if it cannot be opened."""
    stream = Stream(path)
    try:
        start = stream.data.octets[: min(stream.end, _HEAD.size)].tobytes()
    finally:
        stream.close()
    return len(start) == _HEAD.size and _HEAD.unpack(start)[0] == IPFIX


def _wanted(stream: Stream, position: int) -> int:
    """Return the octets of the message at `position`, all that are left if it is none."""
    have = stream.end - position
    if have < _MESSAGE_OCTETS:
        return _MESSAGE_OCTETS
    version, octets, _ = _HEAD.unpack(
        stream.data.octets[position : position + _HEAD.size].tobytes()
    )
    if version != IPFIX or octets < _MESSAGE_OCTETS:
        return have
    return int(octets)


def _datagram_of(payload: bytes) -> Datagram:
    seconds = _HEAD.unpack_from(payload)[2] if len(payload) >= _HEAD.size else 0
    return Datagram(payload, "", seconds * SECOND)


def _sender(packet: np.void) -> str:
    side = "b" if packet["side"] else "a"
    return _address(int(packet[f"{side}_high"]), int(packet[f"{side}_low"]), int(packet["version"]))


@functools.lru_cache(maxsize=4096)
def _address(high: int, low: int, version: int) -> str:
    if version == _IPV4:
        return str(ipaddress.IPv4Address(low))
    return str(ipaddress.IPv6Address(high << 64 | low))
