"""Tunnels in tunnels: how deep they are followed, and what each inherits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet, Raw

from tests.sensors.decode.seeing import (
    FOUR,
    FRONT,
    INSIDE_FOUR,
    INSIDE_SIX,
    SIX,
    carried,
    see,
    typed,
)


@pytest.mark.parametrize(
    ("frame", "ends", "tunnel"),
    [
        (carried(4, FOUR), INSIDE_FOUR, "ipip"),
        (carried(4, FOUR, six=True), INSIDE_FOUR, "ipip"),
        (carried(41, SIX), INSIDE_SIX, "6in4"),
        (carried(41, SIX, six=True), INSIDE_SIX, "ipip"),
        (carried(137, b"\0\0\x11\x40" + FOUR), INSIDE_FOUR, "mpls"),
    ],
)
def test_ip_is_followed_in_ip(frame: bytes, ends: tuple[str, int, str, int], tunnel: str) -> None:
    inner = see(frame).inner
    assert (inner.ends, inner.tunnel) == (ends, tunnel)


def layered(depth: int) -> bytes:
    packet: Packet = UDP(sport=4000, dport=5000) / Raw(b"inside")
    for level in range(depth + 1):
        packet = IP(src=f"10.7.{level}.1", dst=f"10.7.{level}.2") / packet
    return typed(0x0800, bytes(packet))


@pytest.mark.parametrize("depth", range(7))
def test_four_tunnels_are_followed_and_what_lies_deeper_is_noted(depth: int) -> None:
    seen = see(layered(depth))
    assert [packet.depth for packet in seen.packets] == list(range(min(depth, 4) + 1))
    assert [packet.ends[0] for packet in seen.packets] == [
        f"10.7.{level}.1" for level in range(depth, max(depth - 5, -1), -1)
    ]
    assert seen.notes == ({"inner_beyond_depth": 1} if depth > 4 else {})


def test_packets_inside_keep_the_frame_and_count_their_own_header() -> None:
    frame = layered(2)
    for depth, packet in enumerate(see(frame).packets):
        assert packet.raw["wire"] == len(frame)
        assert packet.raw["frame_at"] == len(FRONT)
        assert packet.raw["ip_at"] == len(FRONT) + 14 + 20 * depth
        assert packet.raw["ip_bytes"] == len(frame) - 14 - 20 * depth


@pytest.mark.parametrize(
    "octets",
    [b"\x45" + bytes(10), b"\x65" + FOUR[1:], b"\x42" + FOUR[1:]],
    ids=["cut", "six", "header"],
)
def test_ip_inside_that_cannot_be_read_is_noted(octets: bytes) -> None:
    seen = see(carried(4, octets))
    assert seen.packet.protocol == 4
    assert seen.notes == {"inner_refused": 1}


def test_later_fragments_carry_nothing_that_can_be_read() -> None:
    frame = carried(4, FOUR)
    later = frame[:20] + b"\x00\x10" + frame[22:]
    assert see(later).packet.raw["fragment_offset"] == 128


def test_a_block_of_tunnels_that_fills_the_room_is_decoded_in_parts() -> None:
    seen = see(*[layered(4)] * 200)
    assert [packet.depth for packet in seen.packets] == list(range(5)) * 200


@settings(max_examples=200, deadline=None)
@given(
    frame=st.sampled_from(
        [
            layered(5),
            carried(41, bytes(IPv6(SIX))),
            carried(47, b"\xb0\0\x65\x58" + bytes(12) + FOUR),
        ]
    ),
    hits=st.lists(st.tuples(st.integers(0, 160), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 200),
    link=st.sampled_from([1, 0, 9, 50, 101, 105, 107, 113, 119, 127, 163, 192, 239, 276]),
)
def test_damaged_frames_are_decoded_or_refused(
    frame: bytes, hits: list[tuple[int, int]], length: int, link: int
) -> None:
    damaged = bytearray(frame)
    for at, value in hits:
        damaged[at % len(damaged)] = value
    for packet in see(bytes(damaged[:length]), link=link).packets:
        raw = packet.raw
        assert 0 <= raw["payload_bytes"] <= raw["ip_bytes"] <= raw["wire"]
        end = raw["payload_at"] + raw["payload_captured"]
        assert end <= len(FRONT) + length or not raw["payload_captured"]
