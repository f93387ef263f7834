"""Traffic for measurements: a seeded city mix, plain or with a share of it in tunnels.

One round is 300,000 packets of some 20,000 flows over ten minutes, 554 octets a packet: name
service, TCP and ICMP, a fifth of it IPv6, half of it tagged with VLANs. A file is that round
several times, each an hour later.
"""

import pathlib
import random
import struct
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

SEED = 20_260_101
PACKETS = 3_000_000
ROUND_FLOWS = 20_000
DNS_SHARE, ICMP_SHARE, IPV6_SHARE, TAG_SHARE = 0.60, 0.05, 0.2, 0.5
TCP_PACKETS = 37
START, SPAN_SECONDS, GAP_SECONDS = 1_760_000_000, 600, 3600
HEADER_OCTETS, RECORD_OCTETS = 24, 16
_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
_FULL, _REQUEST = 1400, 420
_FIN_ACK, _SYN, _SYN_ACK, _ACK, _PUSH_ACK = 17, 2, 18, 16, 24
_OPENING = (
    (False, _SYN, 0),
    (True, _SYN_ACK, 0),
    (False, _ACK, 0),
    (False, _PUSH_ACK, _REQUEST),
)
_CLOSING = ((True, _FIN_ACK, 0), (False, _FIN_ACK, 0), (True, _ACK, 0))
_TUNNEL_SHARE = 0.2
_VXLAN, _GTP = 4789, 2152

Packet = tuple[float, bytes]


def city_file(target: pathlib.Path, *, tunnels: bool = False, packets: int = PACKETS) -> int:
    """Write a file of at least so many packets; return how many it holds."""
    random_source = random.Random(SEED)  # noqa: S311 - the same traffic each time
    once = sorted(_round(random_source), key=lambda packet: packet[0])
    if tunnels:
        once = [(time, _wrapped(frame, random_source)) for time, frame in once]
    source = target.with_suffix(".round")
    source.write_bytes(_HEADER + b"".join(_record(time, frame) for time, frame in once))
    count = multiplied(source, target, packets)
    source.unlink()
    return count


def multiplied(source: pathlib.Path, target: pathlib.Path, packets: int = PACKETS) -> int:
    """Write copies of a classic pcap one after the other, later in time; return the packets.

    Addresses stay as they are: each copy opens its flows anew, since it follows an hour after
    the one before.
    """
    content = np.fromfile(source, np.uint8)
    fields = _timestamps(content)
    seconds = content[fields].view("<u4")[:, 0]
    span = int(seconds.max() - seconds.min()) + GAP_SECONDS
    copies = -(-packets // len(fields))
    with target.open("wb") as file:
        file.write(content[:HEADER_OCTETS].tobytes())
        for copy in range(copies):
            later = (seconds + copy * span).astype("<u4").view(np.uint8).reshape(-1, 4)
            content[fields] = later
            file.write(content[HEADER_OCTETS:].tobytes())
    return copies * len(fields)


def _timestamps(content: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return where the seconds of each record of a little-endian pcap stand."""
    offsets = []
    at = HEADER_OCTETS
    while at < len(content):
        offsets.append(at)
        at += RECORD_OCTETS + int(content[at + 8 : at + 12].view("<u4")[0])
    return np.array(offsets)[:, None] + np.arange(4)


def _record(time: float, frame: bytes) -> bytes:
    seconds, rest = divmod(round(time * 1e6), 1_000_000)
    return struct.pack("<IIII", seconds, rest, len(frame), len(frame)) + frame


def _round(source: random.Random) -> Iterator[Packet]:
    for number in range(ROUND_FLOWS):
        begin = START + source.random() * SPAN_SECONDS
        frame = _framing(source, number)
        kind = source.random()
        if kind < DNS_SHARE:
            yield from _dns(begin, frame, source)
        elif kind < DNS_SHARE + ICMP_SHARE:
            yield from _icmp(begin, frame)
        else:
            yield from _tcp(begin, frame, source)


Frame = Callable[[bool, int, bytes], bytes]
"""Makes a frame: whether it goes back, the protocol, what IP carries."""


def _framing(source: random.Random, number: int) -> Frame:
    ether = bytes.fromhex("020000000001020000000002")
    turned = ether[6:] + ether[:6]
    tag = struct.pack(">HH", 0x8100, 100 + number % 16) if source.random() < TAG_SHARE else b""
    is_ipv6 = source.random() < IPV6_SHARE
    near, far = number.to_bytes(4), source.randbytes(4)

    def frame(back: bool, protocol: int, payload: bytes) -> bytes:  # noqa: FBT001 - one fact
        ends = (far, near) if back else (near, far)
        if is_ipv6:
            sides = b"".join(b"\x20\x01\x0d\xb8" + b"\0" * 8 + end for end in ends)
            number_6 = 58 if protocol == 1 else protocol
            head = struct.pack(">IHBB", 6 << 28, len(payload), number_6, 64) + sides
            kind = b"\x86\xdd"
        else:
            head = _ipv4(b"\x0a" + ends[0][1:], b"\x0a" + ends[1][1:], protocol, len(payload))
            kind = b"\x08\x00"
        return (turned if back else ether) + tag + kind + head + payload

    return frame


def _ipv4(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    head = struct.pack(">BBHIBBH", 0x45, 0, 20 + length, 0x4000, 64, protocol, 0)
    return head + source + destination


def _dns(begin: float, frame: Frame, source: random.Random) -> Iterator[Packet]:
    port, number = source.randrange(1024, 65_536), source.randrange(65_536)
    name = b"\x08" + f"host{source.randrange(10_000):04d}".encode() + b"\x04city\x02cn\0"
    question = name + struct.pack(">HH", 1, 1)
    asked = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
    answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + source.randbytes(4)
    told = struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question + answer
    yield begin, frame(False, 17, struct.pack(">HHHH", port, 53, 8 + len(asked), 0) + asked)  # noqa: FBT003 - goes there
    yield (
        begin + 0.02,
        frame(True, 17, struct.pack(">HHHH", 53, port, 8 + len(told), 0) + told),  # noqa: FBT003 - comes back
    )


def _icmp(begin: float, frame: Frame) -> Iterator[Packet]:
    for number in range(4):
        back = number % 2 == 1
        kind = 0 if back else 8
        yield (
            begin + number / 10,
            frame(back, 1, struct.pack(">BBHHH", kind, 0, 0, 1, number) + b"p" * 56),
        )


def _tcp(begin: float, frame: Frame, source: random.Random) -> Iterator[Packet]:
    port, server = source.randrange(1024, 65_536), source.choice((80, 443, 443, 8080))
    sent = [source.getrandbits(32), source.getrandbits(32)]

    def segment(back: bool, flags: int, length: int) -> bytes:  # noqa: FBT001 - one fact
        ports = (server, port) if back else (port, server)
        mine, other = (1, 0) if back else (0, 1)
        head = struct.pack(">HHIIBBHHH", *ports, sent[mine], sent[other], 0x50, flags, 65_000, 0, 0)
        sent[mine] = (sent[mine] + length + (flags & 3 > 0)) % (1 << 32)
        return frame(back, 6, head + b"d" * length)

    time = begin
    opening = (
        (False, _SYN, 0),
        (True, _SYN_ACK, 0),
        (False, _ACK, 0),
        (False, _PUSH_ACK, _REQUEST),
    )
    closing = ((True, _FIN_ACK, 0), (False, _FIN_ACK, 0), (True, _ACK, 0))
    middle = tuple(
        (
            number % 3 != 0,
            _ACK,
            _FULL if number % 2 == 1 and number % 3 else source.choice((0, 600)),
        )
        for number in range(TCP_PACKETS)
    )
    for back, flags, length in (*opening, *middle, *closing):
        yield time, segment(back, flags, length)
        time += source.random() / 10


def _segment_of(number: int, source: random.Random) -> tuple[bool, int, int]:
    """Return direction, flags and length in the middle of a connection."""
    back = number % 3 != 0
    return back, _ACK, _FULL if back and number % 2 == 1 else source.choice((0, 600))


def _wrapped(frame: bytes, source: random.Random) -> bytes:
    """Put a share of the frames into tunnels, and some into fragments' headers of IPv6."""
    if source.random() >= _TUNNEL_SHARE:
        return frame
    ether = frame[:12]
    at = 14 + 4 * (frame[12:14] == b"\x81\x00")
    packet, is_ipv6 = frame[at:], frame[at] >> 4 == 6
    gates = b"\xc0\x00\x02\x01", b"\xc0\x00\x02\x02"
    kind = source.randrange(4)
    if kind == 0:
        carried = struct.pack(">II", 8 << 24, 77 << 8) + frame
        payload = struct.pack(">HHHH", 40_000, _VXLAN, 8 + len(carried), 0) + carried
        protocol = 17
    elif kind == 1:
        carried = struct.pack(">BBHI", 0x30, 0xFF, len(packet), 99) + packet
        payload = struct.pack(">HHHH", _GTP, _GTP, 8 + len(carried), 0) + carried
        protocol = 17
    elif kind == 2:
        payload = struct.pack(">HH", 0, 0x86DD if is_ipv6 else 0x0800) + packet
        protocol = 47
    else:
        payload, protocol = packet, 41 if is_ipv6 else 4
    return ether + b"\x08\x00" + _ipv4(*gates, protocol, len(payload)) + payload
