"""Building blocks of the scenarios: seeded draws, frames, TCP talks and a capture of them.

Headers come from scapy templates; what differs from frame to frame is patched into the bytes,
since scapy alone takes a millisecond a frame. A frame is cut at the snap length while its record
keeps the true length, and a bulk transfer uses segments as large as an offloading network card
shows them.
"""

import datetime as dt
import hashlib
import ipaddress
import math
import pathlib
import random
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet

Choice = TypeVar("Choice")

SNAP = 84
"""Octets of a frame that are captured; DNS messages are kept whole."""
SEGMENT = 65_000
"""Payload octets of the largest segment; with all headers it stays under 64 KiB."""
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
_NANO_MAGIC, _MICRO_MAGIC = 0xA1B23C4D, 0xA1B2C3D4
_ETHERNET = 1
_NOISE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(64))
"""What encrypted payload looks like; a slice of it fills every payload."""


class Dice:
    """Seeded draws that come from `random()` alone, so that they are alike on all machines."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random = random.Random(seed)

    def split(self, name: str) -> "Dice":
        """Return draws of their own, so that one block of traffic never shifts another."""
        return Dice(f"{self._seed}/{name}")

    def between(self, low: float, high: float) -> float:
        """Draw evenly from `low` to `high`."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Draw one of the choices."""
        return choices[int(self._random.random() * len(choices))]

    def pause(self, mean: float) -> float:
        """Draw an exponential pause with this mean."""
        return -mean * math.log(1.0 - self._random.random())

    def label(self, length: int, letters: str = "abcdefghijklmnopqrstuvwxyz234567") -> str:
        """Draw a host label."""
        return "".join(self.pick(letters) for _ in range(length))

    def shuffled(self, items: Iterable[Choice]) -> list[Choice]:
        """Return the items in a drawn order."""
        left = list(items)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(len(left))]


@dataclass(frozen=True, slots=True)
class Host:
    """An end of the traffic: its address, the VLAN it sits in (0 for none), its first TTL."""

    ip: str
    vlan: int = 0
    ttl: int = 64

    @property
    def mac(self) -> str:
        """A locally administered address made from the last octets of the IP address."""
        tail = ipaddress.ip_address(self.ip).packed[-4:]
        return "02:00:" + ":".join(f"{octet:02x}" for octet in tail)


@dataclass(frozen=True, slots=True)
class Connection:
    """A TCP connection that was opened, as the server's log may tell it; seconds from the start.

    `turns` is how often somebody spoke, `answered` the octets that the server sent.
    """

    start: float
    end: float
    client: Host
    client_port: int
    server: Host
    port: int
    turns: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to a web server inside a connection of the tape; TLS hides it on the wire."""

    at: float
    client: Host
    server: Host
    target: str
    status: int
    octets: int
    agent: str
    method: str = "GET"


@dataclass(slots=True)
class _Template:
    head: bytes
    network_at: int
    transport_at: int
    pseudo: int


@dataclass(slots=True)
class Tape:
    """Collects frames of a scenario that begins at `start`; times are seconds from there."""

    start: dt.datetime
    frames: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    """What a recipe knows of single requests; other connections are told by their log."""
    _templates: dict[tuple[str, str, int], _Template] = field(default_factory=dict)
    _identification: int = 1

    def tcp(
        self,
        at: float,
        ends: tuple[Host, Host],
        ports: tuple[int, int],
        *,
        flags: int,
        seq: int,
        ack: int = 0,
        payload: bytes = b"",
        octets: int = 0,
    ) -> None:
        """Add a segment with `octets` of payload, of which `payload` are given."""
        template = self._template(ends, 6)
        header = struct.pack(
            "!HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0
        )
        self._add(at, template, header, 16, payload=payload, length=max(octets, len(payload)))

    def udp(
        self,
        at: float,
        ends: tuple[Host, Host],
        ports: tuple[int, int],
        *,
        payload: bytes,
        octets: int = 0,
        whole: bool = False,
    ) -> None:
        """Add a datagram; `whole` keeps it uncut."""
        template = self._template(ends, 17)
        length = max(octets, len(payload))
        header = struct.pack("!HHHH", *ports, 8 + length, 0)
        self._add(
            at, template, header, 6, payload=payload, length=length, snap=65_535 if whole else SNAP
        )

    def echo(self, at: float, ends: tuple[Host, Host], *, reply: bool, mark: int) -> None:
        """Add an ICMP or ICMPv6 echo request or reply with 56 octets."""
        six = ":" in ends[0].ip
        template = self._template(ends, 58 if six else 1)
        kind = (129 if reply else 128) if six else (0 if reply else 8)
        header = struct.pack("!BBHHH", kind, 0, 0, mark & 0xFFFF, mark >> 16 & 0xFFFF)
        self._add(at, template, header, 2, payload=_NOISE[:56], length=56, pseudo=six)

    def write(self, path: pathlib.Path, *, nanoseconds: bool = False) -> int:
        """Write a classic pcap in order of time; return how many packets it holds."""
        magic, unit = (_NANO_MAGIC, 1) if nanoseconds else (_MICRO_MAGIC, 1000)
        out = bytearray(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 65_535, _ETHERNET))
        for at, _, wire, frame in sorted(self.frames, key=lambda row: row[:2]):
            second, rest = divmod(at, 1_000_000_000)
            out += struct.pack("<IIII", second, rest // unit, len(frame), wire)
            out += frame
        path.write_bytes(out)
        return len(self.frames)

    def _template(self, ends: tuple[Host, Host], protocol: int) -> _Template:
        source, destination = ends
        key = (source.ip, destination.ip, protocol)
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = _make_template(source, destination, protocol)
        return template

    def _add(
        self,
        at: float,
        template: _Template,
        header: bytes,
        checksum_at: int,
        *,
        payload: bytes,
        length: int,
        snap: int = SNAP,
        pseudo: bool = True,
    ) -> None:
        total = len(header) + length
        transport_at = template.transport_at
        frame = bytearray(template.head)
        self._patch_network(frame, template, total)
        body = bytearray(header + payload)
        base = (template.pseudo + total) if pseudo else 0
        # A cut payload cannot be summed; the field holds what an offloading card is handed.
        value = _checksum(body, base) if len(payload) == length else _fold(base)
        struct.pack_into("!H", body, checksum_at, value)
        frame += body
        if length > len(payload):
            frame += _NOISE[: max(0, min(snap - len(frame), length - len(payload)))]
        wire = max(60, transport_at + total)
        frame += bytes(max(0, 60 - len(frame)) if wire == 60 else 0)
        when = int(self.start.timestamp()) * 1_000_000_000 + round(at * 1e6) * 1000
        self.frames.append((when, len(self.frames), wire, bytes(frame[:snap])))

    def _patch_network(self, frame: bytearray, template: _Template, total: int) -> None:
        at = template.network_at
        if frame[at] >> 4 == 6:
            struct.pack_into("!H", frame, at + 4, total)
            return
        self._identification = self._identification % 65_535 + 1
        struct.pack_into("!HH", frame, at + 2, 20 + total, self._identification)
        struct.pack_into("!H", frame, at + 10, _checksum(frame[at : at + 20], 0))


def _make_template(source: Host, destination: Host, protocol: int) -> _Template:
    """Let scapy build the headers once for a pair of hosts."""
    tag = source.vlan or destination.vlan
    link = Ether(src=source.mac, dst=destination.mac)
    if tag:
        link /= Dot1Q(vlan=tag)
    network_at = 18 if tag else 14
    six = ":" in source.ip
    upper = {1: ICMP(), 6: TCP(), 17: UDP(), 58: ICMPv6EchoRequest()}[protocol]
    network = _six_header(source, destination) if six else _four_header(source, destination)
    transport_at = network_at + (40 if six else 20)
    head = bytes(link / network / upper)[:transport_at]
    packed = b"".join(ipaddress.ip_address(host.ip).packed for host in (source, destination))
    pseudo = sum(struct.unpack(f"!{len(packed) // 2}H", packed)) + protocol
    return _Template(head, network_at, transport_at, pseudo)


def _four_header(source: Host, destination: Host) -> Packet:
    return IP(src=source.ip, dst=destination.ip, ttl=source.ttl, flags="DF", id=0, len=0, chksum=0)


def _six_header(source: Host, destination: Host) -> Packet:
    return IPv6(src=source.ip, dst=destination.ip, hlim=source.ttl)


def _fold(value: int) -> int:
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def _checksum(data: bytes | bytearray, base: int) -> int:
    if len(data) % 2:
        data = bytes(data) + b"\0"
    return ~_fold(base + sum(struct.unpack(f"!{len(data) // 2}H", data))) & 0xFFFF


@dataclass(frozen=True, slots=True)
class Turn:
    """One side speaks: `octets` after a pause, with the first ones given in `opening`."""

    by_client: bool
    octets: int
    pause: float = 0.0
    opening: bytes = b""
    seconds: float = 0.0
    """How long the octets take; 0 for as fast as the line is."""


def ask(octets: int, pause: float = 0.0, opening: bytes = b"", *, seconds: float = 0.0) -> Turn:
    """Let the client speak."""
    return Turn(by_client=True, octets=octets, pause=pause, opening=opening, seconds=seconds)


def answer(octets: int, pause: float = 0.01, opening: bytes = b"", *, seconds: float = 0.0) -> Turn:
    """Let the server speak."""
    return Turn(by_client=False, octets=octets, pause=pause, opening=opening, seconds=seconds)


@dataclass(slots=True)
class Talk:
    """A TCP connection that writes itself onto a tape."""

    tape: Tape
    dice: Dice
    client: Host
    server: Host
    port: int
    at: float
    round_trip: float = 0.012
    client_port: int = 0
    _next: list[int] = field(default_factory=list)

    def run(self, turns: Iterable[Turn], *, end: str = "fin") -> float:
        """Shake hands, take the turns, end by `fin`, `rst` or not at all (`open`)."""
        self.client_port = self.client_port or self.dice.whole(32_768, 60_999)
        self._next = [self.dice.whole(1, 2**31), self.dice.whole(1, 2**31)]
        start, taken = self.at, list(turns)
        self._handshake()
        for turn in taken:
            self._take(turn)
        if end == "fin":
            self._finish()
        elif end == "rst":
            self._segment(client=True, flags=RST | ACK)
        self._note(start, taken)
        return self.at

    def _note(self, start: float, turns: list[Turn]) -> None:
        answered = sum(turn.octets for turn in turns if not turn.by_client)
        self.tape.connections.append(
            Connection(
                start, self.at, self.client, self.client_port, self.server, self.port,
                len(turns), answered,
            )
        )  # fmt: skip

    def refused(self, *, silent: bool = False) -> float:
        """Try to connect: a SYN that meets a reset, or nothing."""
        self.client_port = self.client_port or self.dice.whole(32_768, 60_999)
        self._next = [self.dice.whole(1, 2**31), 0]
        self._segment(client=True, flags=SYN)
        self._next[0] += 1
        if not silent:
            self.at += self.round_trip
            self._segment(client=False, flags=RST | ACK)
        return self.at

    def _handshake(self) -> None:
        self._segment(client=True, flags=SYN)
        self._next[0] += 1
        self.at += self.round_trip
        self._segment(client=False, flags=SYN | ACK)
        self._next[1] += 1
        self.at += 0.0005
        self._segment(client=True, flags=ACK)

    def _finish(self) -> None:
        self.at += 0.002
        self._segment(client=True, flags=FIN | ACK)
        self._next[0] += 1
        self.at += self.round_trip
        self._segment(client=False, flags=FIN | ACK)
        self._next[1] += 1
        self.at += 0.0005
        self._segment(client=True, flags=ACK)

    def _take(self, turn: Turn) -> None:
        self.at += turn.pause + self.round_trip / 2
        sent, pieces = 0, max(1, -(-turn.octets // SEGMENT))
        gap = turn.seconds / pieces or 0.0004
        for piece in range(pieces):
            octets = min(SEGMENT, turn.octets - sent)
            opening = turn.opening if piece == 0 else b""
            self._segment(client=turn.by_client, flags=PSH | ACK, octets=octets, opening=opening)
            self._next[0 if turn.by_client else 1] += octets
            sent += octets
            self.at += gap
            if piece % 16 == 15:
                self._segment(client=not turn.by_client, flags=ACK)

    def _segment(self, *, client: bool, flags: int, octets: int = 0, opening: bytes = b"") -> None:
        mine, yours = (0, 1) if client else (1, 0)
        ends = (self.client, self.server) if client else (self.server, self.client)
        ports = (self.client_port, self.port) if client else (self.port, self.client_port)
        if 0 < octets <= 40:
            opening = (opening + _NOISE)[:octets]
        self.tape.tcp(
            self.at, ends, ports, flags=flags, seq=self._next[mine],
            ack=self._next[yours] if flags & ACK else 0, payload=opening[:octets], octets=octets,
        )  # fmt: skip


A, NS, CNAME, TXT, AAAA = 1, 2, 5, 16, 28
NOERROR, NXDOMAIN = 0, 3


@dataclass(frozen=True, slots=True)
class Question:
    """A DNS question and what is answered to it."""

    name: str
    kind: int = A
    code: int = NOERROR
    answers: tuple[bytes, ...] = (b"\xc0\x00\x02\x64",)


def ask_name(
    tape: Tape,
    dice: Dice,
    at: float,
    ends: tuple[Host, Host],
    question: Question,
    *,
    took: float = 0.004,
) -> None:
    """Add a DNS query of a client to a resolver and its answer, both whole."""
    client, resolver = ends
    port, mark = dice.whole(32_768, 60_999), dice.whole(0, 65_535)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in question.name.split("."))
    asked = labels + b"\0" + struct.pack("!HH", question.kind, 1)
    query = struct.pack("!6H", mark, 0x0100, 1, 0, 0, 0) + asked
    tape.udp(at, (client, resolver), (port, 53), payload=query, whole=True)
    answers = question.answers if question.code == NOERROR else ()
    body = b"".join(
        struct.pack("!HHHIH", 0xC00C, question.kind, 1, 300, len(data)) + data for data in answers
    )
    head = struct.pack("!6H", mark, 0x8180 | question.code, 1, len(answers), 0, 0)
    reply = head + asked + body
    tape.udp(at + took, (resolver, client), (53, port), payload=reply, whole=True)


def address_data(ip: str) -> bytes:
    """Return an address as the data of an A or AAAA record."""
    return ipaddress.ip_address(ip).packed
