"""Frames that hosts write: every link type, in either byte order where there are two."""

import struct

import pytest

from tests.sensors.decode.seeing import FOUR, INSIDE_FOUR, INSIDE_SIX, SIX, see

NULL, LOOP, SLL, SLL2, NFLOG = 0, 108, 113, 276, 239


@pytest.mark.parametrize("link", [12, 14, 101])
def test_bare_packets_say_their_version(link: int) -> None:
    seen = see(FOUR, SIX, b"\x50" + FOUR[1:], link=link)
    assert [packet.ends for packet in seen.packets] == [INSIDE_FOUR, INSIDE_SIX]
    assert seen.refused == {"not_ip": 1}


def test_links_of_one_version_are_known() -> None:
    assert see(FOUR, link=228).packet.ends == INSIDE_FOUR
    assert see(SIX, link=229).packet.ends == INSIDE_SIX


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("link", [NULL, LOOP])
def test_address_families_are_read_in_either_byte_order(link: int, order: str) -> None:
    six = [struct.pack(f"{order}I", family) + SIX for family in (10, 24, 28, 30)]
    seen = see(struct.pack(f"{order}I", 2) + FOUR, *six, link=link)
    assert [packet.ends for packet in seen.packets] == [INSIDE_FOUR] + 4 * [INSIDE_SIX]


@pytest.mark.parametrize("link", [SLL, SLL2])
def test_linux_cooked_frames_are_read_with_the_tags_inside(link: int) -> None:
    def cooked(number: int, octets: bytes) -> bytes:
        kind = number.to_bytes(2)
        return (bytes(14) + kind if link == SLL else kind + bytes(18)) + octets

    tagged = cooked(0x8100, b"\x00\x07\x08\x00" + FOUR)
    controlled = cooked(4, b"\xaa\xaa\x03\0\0\0\x86\xdd" + SIX)
    seen = see(cooked(0x0800, FOUR), tagged, controlled, cooked(0x0806, bytes(28)), link=link)
    assert [packet.ends for packet in seen.packets] == [INSIDE_FOUR, INSIDE_FOUR, INSIDE_SIX]
    assert seen.packets[1].vlans == (7, 0)
    assert seen.refused == {"not_ip": 1}


@pytest.mark.parametrize("order", ["<", ">"])
def test_netfilter_logs_keep_the_packet_among_attributes(order: str) -> None:
    def attribute(kind: int, octets: bytes) -> bytes:
        head = struct.pack(f"{order}HH", len(octets) + 4, kind)
        return head + octets + bytes(-len(octets) % 4)

    head = b"\2\0\0\5" + attribute(1, b"\x08\0\1\0") + attribute(10, b"prefix\0")
    seen = see(head + attribute(9, FOUR), head, b"\2\0\0\5" + bytes(8), link=NFLOG)
    assert seen.packet.ends == INSIDE_FOUR
    assert seen.refused == {"not_ip": 2}


def test_unknown_link_types_are_counted_by_themselves() -> None:
    assert see(FOUR, FOUR, link=147).unknown_links == 2
