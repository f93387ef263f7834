"""Ethernet: tags of all makers, LLC, and what is encrypted."""

import pytest

from tests.sensors.decode.seeing import (
    ARP,
    FOUR,
    INSIDE_FOUR,
    INSIDE_SIX,
    MAC_PAIR,
    SIX,
    see,
    typed,
)

IP_BEHIND = b"\x08\x00" + FOUR
VLAN_7 = b"\x81\x00\x00\x07" + IP_BEHIND
FRAME_IN_FRAME = MAC_PAIR + VLAN_7
SNAP = b"\xaa\xaa\x03\x00\x00\x00"


@pytest.mark.parametrize(
    ("number", "octets", "vlans"),
    [
        (0x0800, FOUR, (0, 0)),
        (0x8100, b"\x00\x05" + IP_BEHIND, (5, 0)),
        (0x88A8, b"\x20\x14" + VLAN_7, (20, 7)),
        (0x9200, b"\x00\x14" + VLAN_7, (20, 7)),
        (0x8100, b"\xe0\x00" + VLAN_7, (7, 0)),
        (0x8926, b"\0\0\0\x33" + VLAN_7, (7, 0)),
        (0x8100, b"\x00\x05\x89\x26\0\0\0\x33" + VLAN_7, (5, 7)),
        (0x893F, b"\0\0\0\0\0\0" + IP_BEHIND, (0, 0)),
        (0x8909, b"\1\1\0\1\0\x2a" + IP_BEHIND, (0, 0)),
        (0x88E7, b"\0\0\x10\x01" + FRAME_IN_FRAME, (7, 0)),
        (0x88A8, b"\x00\x14\x88\xe7\0\0\x10\x01" + FRAME_IN_FRAME, (7, 0)),
        (0x8903, b"\x00\x40" + FRAME_IN_FRAME, (7, 0)),
        (0x88E5, b"\x00\x00\0\0\0\1" + IP_BEHIND, (0, 0)),
        (0x88E5, b"\x20\x00\0\0\0\1" + bytes(8) + VLAN_7, (7, 0)),
        (0x88BE, b"\x10\0\0\1\0\0\0\0" + FRAME_IN_FRAME, (7, 0)),
        (0x894F, b"\x0f\xc2\x02\x01\0\0\1\xff" + FOUR, (0, 0)),
        (0x894F, b"\x0f\xc6\x01\x03" + bytes(20) + FRAME_IN_FRAME, (7, 0)),
    ],
    ids=[
        "plain", "802.1Q", "802.1ad", "0x9200", "priority", "VN-Tag", "VN-Tag between", "E-Tag",
        "security group", "PBB", "PBB in a backbone VLAN", "FabricPath", "MACsec",
        "MACsec with SCI", "ERSPAN over Ethernet", "NSH", "NSH around Ethernet",
    ],
)  # fmt: skip
def test_tags_and_headers_of_switches_are_stepped_over(
    number: int, octets: bytes, vlans: tuple[int, int]
) -> None:
    packet = see(typed(number, octets)).packet
    assert packet.ends == INSIDE_FOUR
    assert packet.vlans == vlans
    assert packet.depth == 0


@pytest.mark.parametrize("octets", [SNAP + IP_BEHIND, b"\x06\x06\x03" + FOUR])
def test_ip_is_found_behind_llc(octets: bytes) -> None:
    assert see(typed(len(octets), octets)).packet.ends == INSIDE_FOUR


def test_ip_is_found_behind_llc_in_a_vlan() -> None:
    octets = b"\x00\x07" + len(SNAP + IP_BEHIND).to_bytes(2) + SNAP + IP_BEHIND
    packet = see(typed(0x8100, octets)).packet
    assert packet.ends == INSIDE_FOUR
    assert packet.vlans == (7, 0)


@pytest.mark.parametrize(("octets", "vlans"), [(IP_BEHIND, (9, 0)), (VLAN_7, (9, 7))])
def test_a_tag_that_the_kernel_took_off_is_the_outermost(
    octets: bytes, vlans: tuple[int, int]
) -> None:
    packet = see(MAC_PAIR + octets, tag=0x8100_6009).packet
    assert packet.ends == INSIDE_FOUR
    assert packet.vlans == vlans
    assert packet.raw["frame_tag"] == 0x8100_6009


def test_a_frame_encrypted_by_macsec_is_refused_as_such() -> None:
    assert see(typed(0x88E5, b"\x0c\0\0\0\0\1" + IP_BEHIND)).refused == {"encrypted_frame": 1}


@pytest.mark.parametrize(
    "frame",
    [
        ARP,
        typed(0x88CC, bytes(40)),
        typed(38, b"\x42\x42\x03" + bytes(35)),
        typed(40, b"\xfe\xfe\x03\x83" + bytes(36)),
        typed(0x894F, b"\x0f\xc2\x02\x09" + bytes(60)),
        typed(0x8100, b"\0\1\x81\0" * 40 + bytes(8)),
    ],
    ids=["ARP", "LLDP", "spanning tree", "IS-IS", "NSH of something else", "endless tags"],
)
def test_what_carries_no_ip_is_refused_as_that(frame: bytes) -> None:
    assert see(frame).refused == {"not_ip": 1}


def test_every_cut_of_a_tagged_frame_is_refused_or_decoded() -> None:
    frame = typed(0x88A8, b"\x00\x14" + VLAN_7)
    ip_begins = len(frame) - len(FOUR)
    seen = see(*(frame[:length] for length in range(len(frame))))
    assert seen.refused == {"truncated_frame": ip_begins + 20}
    assert len(seen.packets) == len(FOUR) - 20


def test_ipv6_is_found_as_well() -> None:
    assert see(typed(0x8100, b"\x00\x07\x86\xdd" + SIX)).packet.ends == INSIDE_SIX
