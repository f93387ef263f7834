"""Fragments: whose they are, and whether they fit each other."""

import pytest
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, fragment6
from scapy.packet import Raw

from tests.sensors.building import SECOND, START
from tests.sensors.decode.seeing import Eye, Sight

ENDS = ("10.7.0.1", 4000, "10.7.0.2", 5000)
DATAGRAM = UDP(sport=4000, dport=5000) / Raw(b"u" * 3000)
FOUR = [bytes(piece) for piece in fragment(IP(src=ENDS[0], dst=ENDS[2], id=77) / DATAGRAM, 1000)]
SIX_ENDS = ("2001:db8::1", 4000, "2001:db8::2", 5000)
SIX = [
    bytes(piece)
    for piece in fragment6(
        IPv6(src=SIX_ENDS[0], dst=SIX_ENDS[2]) / IPv6ExtHdrFragment(id=9) / DATAGRAM, 1280
    )
]
RAW = 101


def look(eye: Eye, *frames: bytes, time: int = START) -> Sight:
    return eye.see(frames, link=RAW, time=time)


def piece(begin: int, end: int, *, last: bool = False, number: int = 5) -> bytes:
    """Return the octets `begin` to `end` of a datagram."""
    whole = bytes(UDP(sport=4000, dport=5000, chksum=0) / Raw(bytes(400)))
    flags = "" if last else "MF"
    header = IP(src=ENDS[0], dst=ENDS[2], id=number, proto=17, flags=flags, frag=begin // 8)
    return bytes(header / Raw(whole[begin:end]))


@pytest.mark.parametrize(("pieces", "ends"), [(FOUR, ENDS), (SIX, SIX_ENDS)], ids=["IPv4", "IPv6"])
def test_later_fragments_have_the_ports_of_the_first(
    pieces: list[bytes], ends: tuple[str, int, str, int]
) -> None:
    assert len(pieces) > 2
    seen = look(Eye(), *pieces)
    assert {packet.ends for packet in seen.packets} == {ends}
    assert seen.notes == {}
    offsets = [int(packet.raw["fragment_offset"]) for packet in seen.packets]
    assert offsets[0] == 0
    assert offsets == sorted(set(offsets))
    assert sum(int(packet.raw["payload_bytes"]) for packet in seen.packets) == 3000


def test_fragments_in_any_order_behind_the_first_fit() -> None:
    seen = look(Eye(), FOUR[0], FOUR[3], FOUR[1], FOUR[2])
    assert {packet.ends for packet in seen.packets} == {ENDS}
    assert seen.notes == {}


def test_fragments_before_the_first_are_orphans() -> None:
    seen = look(Eye(), FOUR[1], FOUR[0], FOUR[2])
    assert [packet.ends[1] for packet in seen.packets] == [0, 4000, 4000]
    assert seen.notes == {"fragments_orphaned": 1}


@pytest.mark.parametrize(("seconds", "orphans"), [(30, 0), (31, 1), (-31, 1)])
def test_a_first_fragment_is_remembered_for_half_a_minute(seconds: int, orphans: int) -> None:
    eye = Eye()
    look(eye, FOUR[0])
    seen = look(eye, FOUR[1], time=START + seconds * SECOND)
    assert seen.notes.get("fragments_orphaned", 0) == orphans


@pytest.mark.parametrize(
    "pieces",
    [
        [piece(0, 80), piece(72, 160, last=True)],
        [piece(0, 80), piece(80, 160), piece(40, 120, last=True)],
        [piece(0, 80), piece(0, 80)],
        [piece(0, 80), piece(80, 160), piece(80, 160)],
    ],
    ids=["by 8 octets", "over two", "the first twice", "the last twice"],
)
def test_fragments_that_overlap_are_noted_once(pieces: list[bytes]) -> None:
    assert look(Eye(), *pieces).notes == {"fragments_overlapping": 1}


@pytest.mark.parametrize(
    "pieces",
    [
        [piece(0, 80), piece(160, 240, last=True), piece(80, 160)],
        [piece(0, 80), piece(80, 160, last=True), piece(0, 80), piece(80, 160, last=True)],
        [piece(0, 80), piece(0, 80, number=6), piece(80, 160), piece(80, 160, number=6)],
    ],
    ids=["a hole that is filled", "a number that comes round", "two datagrams"],
)
def test_fragments_that_fit_are_not_noted(pieces: list[bytes]) -> None:
    assert look(Eye(), *pieces).notes == {}
