"""Checksums: what is good, what is wrong, and what a network card was to fill in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt
from scapy.packet import Packet, Raw

from tests.sensors.decode.seeing import Eye, Sight, see

RAW = 101
FOUR, SIX = {"src": "10.7.0.1", "dst": "192.0.2.80"}, {"src": "2001:db8::1", "dst": "fd00::2"}
TRANSPORTS = [
    IP(**FOUR) / TCP(sport=1, dport=2) / Raw(b"odd length"),
    IP(**FOUR) / UDP(sport=1, dport=2) / Raw(b"four octets!"),
    IP(**FOUR) / ICMP() / Raw(b"echo!"),
    IPv6(**SIX) / TCP(sport=1, dport=2, flags="S"),
    IPv6(**SIX) / UDP(sport=1, dport=2) / Raw(b"one"),
    IPv6(**SIX) / ICMPv6EchoRequest(data=b"echo"),
]
PLACES = {6: 16, 17: 6, 1: 2, 58: 2}


def parts(packet: Packet) -> tuple[bytearray, int]:
    """Return the octets and where the transport's checksum stands."""
    octets = bytearray(bytes(packet))
    four = octets[0] >> 4 == 4
    return octets, (20 if four else 40) + PLACES[octets[9] if four else octets[6]]


def state(octets: bytes | bytearray, cut: int = 0) -> tuple[str, Sight]:
    seen = Eye().see([bytes(octets)], link=RAW, cut=cut)
    return seen.packet.checksum, seen


@pytest.mark.parametrize("packet", TRANSPORTS)
def test_good_checksums_are_good(packet: Packet) -> None:
    assert state(bytes(packet))[0] == "good"


@pytest.mark.parametrize("packet", TRANSPORTS)
def test_wrong_checksums_are_bad_and_noted(packet: Packet) -> None:
    octets, place = parts(packet)
    octets[place] ^= 0x40
    told, seen = state(octets)
    assert told == "bad"
    assert seen.notes == {"transport_checksum_bad": 1}


@pytest.mark.parametrize("packet", TRANSPORTS[3:] + TRANSPORTS[:1])
def test_missing_checksums_are_left_to_the_card(packet: Packet) -> None:
    octets, place = parts(packet)
    octets[place : place + 2] = b"\0\0"
    told, seen = state(octets)
    assert told == "offloaded"
    assert seen.notes == {"transport_checksum_offloaded": 1}


@pytest.mark.parametrize("packet", [TRANSPORTS[0], TRANSPORTS[3]], ids=["IPv4", "IPv6"])
def test_the_sum_of_the_pseudo_header_is_left_to_the_card(packet: Packet) -> None:
    octets, place = parts(packet)
    four = octets[0] >> 4 == 4
    addresses = octets[12:20] if four else octets[8:40]
    length = len(octets) - (20 if four else 40)
    total = sum(int.from_bytes(addresses[at : at + 2]) for at in range(0, len(addresses), 2))
    total += length + 6
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    octets[place : place + 2] = total.to_bytes(2)
    assert state(octets)[0] == "offloaded"


def test_udp_over_ipv4_may_have_none() -> None:
    assert state(bytes(IP(**FOUR) / UDP(sport=1, dport=2, chksum=0) / Raw(b"x")))[0] == "good"


@pytest.mark.parametrize("options", [[], [IPOption_NOP()] * 4])
def test_the_header_of_ipv4_has_a_checksum_too(options: list[Packet]) -> None:
    octets = bytearray(bytes(IP(**FOUR, proto=50, options=options) / Raw(bytes(30))))
    assert state(octets)[0] == "unverified"
    octets[8] ^= 1
    told, seen = state(octets)
    assert told == "bad"
    assert seen.notes == {"ip_checksum_bad": 1}
    octets[10:12] = b"\0\0"
    assert state(octets)[0] == "offloaded"


@pytest.mark.parametrize(
    "packet",
    [
        IP(**FOUR, flags="MF") / UDP(sport=1, dport=2, chksum=1) / Raw(bytes(8)),
        IP(**FOUR) / UDP(sport=1, dport=2, chksum=1) / Raw(bytes(400)),
        IP(**FOUR, len=0) / UDP(sport=1, dport=2, chksum=1) / Raw(bytes(8)),
        IP(**FOUR) / UDP(sport=1, dport=2, chksum=1, len=99) / Raw(bytes(8)),
        IPv6(**SIX) / IPv6ExtHdrDestOpt() / UDP(sport=1, dport=2, chksum=1) / Raw(bytes(8)),
    ],
    ids=["fragment", "long", "segmented by the card", "length lies", "behind options"],
)
def test_what_cannot_be_added_up_is_not_judged(packet: Packet) -> None:
    told, seen = state(bytes(packet))
    assert told == "unverified"
    assert seen.notes == {}


def test_a_packet_that_was_cut_is_not_judged() -> None:
    assert state(bytes(TRANSPORTS[1]), cut=1)[0] == "unverified"


def test_octets_behind_the_packet_are_not_added() -> None:
    assert see(bytes(TRANSPORTS[1]) + b"\xff" * 6, link=RAW).packet.checksum == "good"


@settings(max_examples=100, deadline=None)
@given(payload=st.binary(max_size=200), network=st.sampled_from([IP(**FOUR), IPv6(**SIX)]))
def test_every_length_is_added_up_to_its_last_octet(payload: bytes, network: Packet) -> None:
    octets = bytearray(bytes(network / UDP(sport=1, dport=2) / Raw(payload)))
    assert state(octets)[0] == "good"
    octets[-1] ^= 1
    assert state(octets)[0] == "bad"
