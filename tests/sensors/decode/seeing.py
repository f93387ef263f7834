"""What the decode stage makes of frames, without a meter behind it."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet, Raw

from sensors.capture.layout import RECORD
from sensors.decode.layout import (
    CHECKSUMS,
    FRAGMENT,
    INNER,
    NOTES,
    OUTER,
    PACKET,
    TUNNEL_BITS,
    TUNNELS,
    Book,
)
from sensors.decode.packet import decode
from sensors.octets import octets_of
from sensors.refusal import REFUSALS
from tests.sensors.building import ETHERNET, START

LINK_TYPES = 65_536
VLAN = np.uint64(0xFFFF)
FRONT = bytes(8)
"""Before the first frame, so that no block is so short that its views have another layout."""

FOUR = bytes(IP(src="10.7.0.1", dst="10.7.0.2") / UDP(sport=4000, dport=5000) / Raw(b"inside"))
SIX = bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=4000, dport=5000) / b"inside")
MAC_PAIR = bytes.fromhex("020000000001 020000000002")
ARP = MAC_PAIR + b"\x08\x06" + bytes(28)


@dataclass(frozen=True)
class Seen:
    """One packet in plain words; `raw` is the whole of it."""

    ends: tuple[str, int, str, int]
    protocol: int
    depth: int
    tunnel: str
    vlans: tuple[int, int]
    network: int
    checksum: str
    raw: np.void


@dataclass
class Sight:
    """All packets, and what was counted beside them."""

    packets: list[Seen]
    refused: dict[str, int]
    notes: dict[str, int]
    unknown_links: int

    @property
    def packet(self) -> Seen:
        """The only packet."""
        assert len(self.packets) == 1, self
        return self.packets[0]

    @property
    def inner(self) -> Seen:
        """The packet inside of one other."""
        assert [packet.depth for packet in self.packets] == [0, 1], self
        return self.packets[1]


@dataclass
class Eye:
    """A decoder that remembers fragments from one look to the next."""

    room: int = 256
    _fragments: npt.NDArray[np.void] = field(default_factory=lambda: np.zeros(64, FRAGMENT))

    def see(
        self,
        frames: Sequence[bytes],
        *,
        link: int = ETHERNET,
        tag: int = 0,
        time: int = START,
        cut: int = 0,
    ) -> Sight:
        """Decode frames, of which the last `cut` octets were not captured."""
        kept = [frame[: len(frame) - cut] for frame in frames]
        data = np.frombuffer(FRONT + b"".join(kept), np.uint8).copy()
        records = np.zeros(len(frames), RECORD)
        records["captured"] = [len(frame) for frame in kept]
        records["at"] = len(FRONT) + np.cumsum(records["captured"]) - records["captured"]
        records["wire"] = [len(frame) for frame in frames]
        records["time"], records["link"], records["tag"] = time, link, tag
        refused, links, notes = (
            np.zeros(count, np.int64) for count in (len(REFUSALS), LINK_TYPES, len(NOTES))
        )
        mask = np.uint64(0xFFFFFFFFFFFFFFFF)
        book = Book(refused, links, notes, self._fragments, np.uint64(7), mask)
        packets: list[Seen] = []
        number, space = 0, np.zeros(self.room, PACKET)
        while number < len(records):
            with np.errstate(over="ignore"):
                number, made = decode(octets_of(data), records, number, space, book)
            packets += [_seen(packet) for packet in space[:made].copy()]
        outermost = sum(packet.depth == 0 for packet in packets)
        assert outermost + int(refused.sum()) + int(links.sum()) == len(frames)
        return Sight(
            packets,
            {name: int(count) for (name, _), count in zip(REFUSALS, refused, strict=True) if count},
            {name: int(count) for name, count in zip(NOTES, notes, strict=True) if count},
            int(links.sum()),
        )


def see(*frames: bytes, link: int = ETHERNET, tag: int = 0) -> Sight:
    """Decode frames by a decoder of their own."""
    return Eye().see(frames, link=link, tag=tag)


def _seen(packet: np.void) -> Seen:
    a, b = (_address(packet, side) for side in "ab")
    if packet["side"]:
        a, b = b, a
    tags = packet["seen_tags"]
    return Seen(
        ends=(a, int(packet["source_port"]), b, int(packet["destination_port"])),
        protocol=int(packet["protocol"]),
        depth=int(packet["depth"]),
        tunnel=TUNNELS[packet["tunnel"]],
        vlans=(int(tags >> OUTER), int((tags >> INNER) & VLAN)),
        network=int(tags & TUNNEL_BITS),
        checksum=CHECKSUMS[packet["checksum"]],
        raw=packet,
    )


def _address(packet: np.void, side: str) -> str:
    number = (int(packet[f"{side}_high"]) << 64) | int(packet[f"{side}_low"])
    four = packet["version"] == 4
    return str(ipaddress.IPv4Address(number) if four else ipaddress.IPv6Address(number))


INSIDE_FOUR = ("10.7.0.1", 4000, "10.7.0.2", 5000)
INSIDE_SIX = ("2001:db8::1", 4000, "2001:db8::2", 5000)


def typed(number: int, octets: bytes) -> bytes:
    """Return an Ethernet frame with this EtherType."""
    return MAC_PAIR + number.to_bytes(2) + octets


def carried(protocol: int, octets: bytes, *, six: bool = False) -> bytes:
    """Return an Ethernet frame with IP that carries octets by a protocol."""
    if six:
        return typed(0x86DD, bytes(IPv6(src="fd00::a", dst="fd00::b", nh=protocol) / Raw(octets)))
    header = IP(src="192.0.2.1", dst="192.0.2.2", proto=protocol)
    return typed(0x0800, bytes(header / Raw(octets)))


def over_udp(port: int, octets: bytes | Packet, *, source: int = 40_000) -> bytes:
    """Return an Ethernet frame with UDP from and to ports of a tunnel."""
    header = IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=source, dport=port)
    return typed(0x0800, bytes(header / Raw(bytes(octets))))
