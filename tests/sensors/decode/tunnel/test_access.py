"""GTP-U, Teredo, CAPWAP and AYIYA: what they carry, and what only looks like them."""

import struct

import pytest

from tests.sensors.decode.seeing import (
    FOUR,
    INSIDE_FOUR,
    INSIDE_SIX,
    MAC_PAIR,
    SIX,
    Eye,
    carried,
    over_udp,
    see,
)

SNAP = b"\xaa\xaa\x03\0\0\0\x08\x00"
FRAME = MAC_PAIR + b"\x08\x00" + FOUR


def gtp(octets: bytes, *, flags: int = 0x30, kind: int = 255, options: bytes = b"") -> bytes:
    return struct.pack(">BBHI", flags, kind, len(options + octets), 77) + options + octets


@pytest.mark.parametrize(
    ("octets", "ends"),
    [
        (gtp(FOUR), INSIDE_FOUR),
        (gtp(SIX), INSIDE_SIX),
        (gtp(FOUR, flags=0x32, options=b"\0\1\0\0"), INSIDE_FOUR),
        (gtp(FOUR, flags=0x34, options=b"\0\1\0\x85\1\0\0\0"), INSIDE_FOUR),
        (gtp(FOUR, flags=0x34, options=b"\0\1\0\x85\1\0\0\x85\2" + bytes(7)), INSIDE_FOUR),
    ],
    ids=["IPv4", "IPv6", "sequence", "extension", "two extensions"],
)
@pytest.mark.parametrize("ports", [(2152, 2152), (5906, 2152), (2152, 5906)])
def test_gtp_is_followed_at_either_port(
    octets: bytes, ends: tuple[str, int, str, int], ports: tuple[int, int]
) -> None:
    inner = see(over_udp(ports[1], octets, source=ports[0])).inner
    assert inner.ends == ends
    assert (inner.tunnel, inner.network) == ("gtp-u", 0)


@pytest.mark.parametrize(
    "octets",
    [
        gtp(FOUR, flags=0x20),
        gtp(FOUR, flags=0x50),
        gtp(FOUR, kind=1),
        gtp(FOUR, kind=254),
        gtp(FOUR + b"more")[:-4],
        gtp(b""),
    ],
    ids=["GTP'", "version 2", "echo", "end marker", "length beyond the packet", "empty"],
)
def test_other_gtp_carries_nothing(octets: bytes) -> None:
    seen = see(over_udp(2152, octets))
    assert seen.packet.ends[3] == 2152
    assert seen.notes == {}


@pytest.mark.parametrize("octets", [gtp(b"\x50" + bytes(30)), gtp(b"\xff\x03\x00\x21" + FOUR)])
def test_gtp_around_something_else_is_noted(octets: bytes) -> None:
    assert see(over_udp(2152, octets)).notes == {"inner_not_ip": 1}


def test_the_first_fragment_of_a_tunnel_shows_what_it_carries() -> None:
    long = FOUR[:2] + (len(FOUR) + 600).to_bytes(2) + FOUR[4:] + bytes(600)
    frame = over_udp(2152, gtp(long))
    first = frame[:20] + b"\x20\x00" + frame[22 : len(frame) - 296]
    later = frame[:16] + (316).to_bytes(2) + frame[18:20] + b"\x00\x2b" + frame[22:34] + bytes(296)
    first = first[:16] + (len(first) - 14).to_bytes(2) + first[18:]
    seen = Eye().see([first, later])
    assert [packet.depth for packet in seen.packets] == [0, 1, 0]
    assert seen.packets[1].ends == INSIDE_FOUR
    assert seen.packets[1].raw["ip_bytes"] == min(len(long), len(first))
    assert seen.packets[2].ends == seen.packets[0].ends


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0\0" + bytes(6),
        b"\0\1\0\0" + bytes(9),
        b"\0\1\4\2" + b"client" + bytes(9) + b"\0\0" + bytes(6),
    ],
    ids=["bare", "origin", "authentication", "both"],
)
@pytest.mark.parametrize("ports", [(40_000, 3544), (3544, 40_000)])
def test_teredo_is_followed_behind_its_indications(head: bytes, ports: tuple[int, int]) -> None:
    inner = see(over_udp(ports[1], head + SIX, source=ports[0])).inner
    assert inner.ends == INSIDE_SIX
    assert inner.tunnel == "teredo"


def test_what_is_no_ipv6_that_fits_is_no_teredo() -> None:
    longer = SIX[:4] + b"\x01\x00" + SIX[6:]
    seen = see(over_udp(3544, FOUR + bytes(40)), over_udp(3544, longer), over_udp(3544, SIX[:30]))
    assert len(seen.packets) == 3
    assert seen.notes == {}


@pytest.mark.parametrize(
    ("head", "octets"),
    [
        ("00 10 02 00 0000 0000", FRAME),
        ("00 10 03 00 0000 0000", b"\x08\x01" + bytes(22) + SNAP + FOUR),
        ("00 10 03 00 0000 0000", b"\x01\x08" + bytes(22) + SNAP + FOUR),
        ("00 20 03 10 0000 0000 0401020304000000", b"\x88\x01" + bytes(24) + SNAP + FOUR),
        ("00 10 03 80 0001 0000", b"\x08\x01" + bytes(22) + SNAP + FOUR),
    ],
    ids=["Ethernet", "wireless", "octets swapped", "radio address, QoS", "first fragment"],
)
def test_capwap_data_is_followed(head: str, octets: bytes) -> None:
    inner = see(over_udp(5247, bytes.fromhex(head) + octets)).inner
    assert inner.ends == INSIDE_FOUR
    assert inner.tunnel == "capwap"


@pytest.mark.parametrize(
    "head",
    [
        "01 10 02 00 0000 0000",
        "00 10 02 08 0000 0000",
        "00 10 02 80 0001 0080",
        "00 08 02 00 0000 0000",
    ],
    ids=["encrypted", "keepalive", "later fragment", "short header"],
)
def test_other_capwap_carries_nothing(head: str) -> None:
    seen = see(over_udp(5247, bytes.fromhex(head) + FRAME))
    assert seen.packet.ends[3] == 5247
    assert seen.notes == {}


def test_ayiya_is_followed_where_it_forwards() -> None:
    identity = bytes(16) + bytes(20)
    forward, heartbeat, none = (
        bytes.fromhex(head) + bytes(4) + identity + SIX
        for head in ("41521129", "41521029", "4152113b")
    )
    assert see(over_udp(5072, forward)).inner.ends == INSIDE_SIX
    assert see(over_udp(40_000, forward, source=5072)).inner.tunnel == "ayiya"
    assert len(see(over_udp(5072, heartbeat), over_udp(5072, none)).packets) == 2


def test_nothing_of_this_is_looked_for_in_tcp() -> None:
    header = struct.pack(">HHIIBBHHH", 2152, 2152, 1, 1, 0x50, 0x10, 1000, 0, 0)
    assert see(carried(6, header + gtp(FOUR))).packet.protocol == 6
