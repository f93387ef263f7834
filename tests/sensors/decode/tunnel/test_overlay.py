"""VXLAN and Geneve: by the port of the receiver, and by a header that can be true."""

import pytest
from scapy.contrib.geneve import GENEVE
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet

from tests.sensors.decode.seeing import ARP, FOUR, INSIDE_FOUR, INSIDE_SIX, SIX, over_udp, see

FRAME = Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04") / Dot1Q(vlan=7) / IP(FOUR)
FRAME_SIX = Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04") / IPv6(SIX)


@pytest.mark.parametrize("port", [4789, 8472])
@pytest.mark.parametrize("flags", [0x08, 0x88])
def test_vxlan_is_followed_with_its_network(port: int, flags: int) -> None:
    inner = see(over_udp(port, VXLAN(flags=flags, vni=0xABCDE) / FRAME)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.network, inner.vlans) == ("vxlan", 0xABCDE, (7, 0))


def test_the_vlans_of_a_frame_in_vxlan_are_not_those_around_it() -> None:
    frame = over_udp(4789, VXLAN(vni=3) / FRAME_SIX)
    outer, inner = see(frame[:12] + b"\x81\0\0\x05" + frame[12:]).packets
    assert (outer.vlans, outer.network) == ((5, 0), 0)
    assert (inner.ends, inner.vlans, inner.network) == (INSIDE_SIX, (0, 0), 3)


@pytest.mark.parametrize(
    ("head", "octets"),
    [
        ("0c000001 00000300", FOUR),
        ("08000001 00000300", FOUR),
        ("0c000003 00000300", bytes(FRAME)),
        ("08000000 00000300", bytes(FRAME)),
        ("0c000004 00000300 0fc20203 000001ff", bytes(FRAME)),
        ("0c000005 00000300 00001140", FOUR),
    ],
    ids=["IP", "IP without the flag", "Ethernet", "plain", "NSH", "MPLS"],
)
def test_the_generic_form_of_vxlan_names_what_follows(head: str, octets: bytes) -> None:
    inner = see(over_udp(4790, bytes.fromhex(head) + octets)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.network) == ("vxlan", 3)


@pytest.mark.parametrize(
    ("geneve", "network"),
    [
        (GENEVE(vni=9) / FRAME, 9),
        (GENEVE(vni=9, proto=0x0800) / IP(FOUR), 9),
        (GENEVE(vni=9, options=b"\x01\x02\x80\x01abcd") / FRAME, 9),
    ],
    ids=["Ethernet", "IP", "options"],
)
def test_geneve_is_followed_with_its_network(geneve: Packet, network: int) -> None:
    inner = see(over_udp(6081, geneve)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.network) == ("geneve", network)


@pytest.mark.parametrize(
    ("port", "octets"),
    [
        (4789, bytes(VXLAN(flags=0, vni=3) / FRAME)),
        (4789, bytes(VXLAN(flags=0x18, vni=3) / FRAME)),
        (4789, b"\x08\0\0\0\0\0\3\1" + bytes(FRAME)),
        (4789, b"\x08\0\0\0"),
        (6081, b"\xc0" + bytes(GENEVE(vni=3) / FRAME)[1:]),
        (6081, bytes(GENEVE(vni=3, critical=1, reserved=5) / FRAME)),
        (6081, b"\0\x80" + bytes(GENEVE(vni=3) / FRAME)[2:]),
        (53, bytes(VXLAN(vni=3) / FRAME)),
    ],
)
def test_what_only_uses_the_port_of_a_tunnel_carries_nothing(port: int, octets: bytes) -> None:
    seen = see(over_udp(port, octets))
    assert seen.packet.ends[3] == port
    assert seen.notes == {}


@pytest.mark.parametrize("port", [4789, 6081])
def test_answers_to_a_random_port_from_that_of_a_tunnel_carry_nothing(port: int) -> None:
    octets = bytes((VXLAN(vni=3) if port == 4789 else GENEVE(vni=3)) / FRAME)
    assert see(over_udp(40_000, octets, source=port)).packet.ends[1] == port


def test_what_is_not_ip_in_an_overlay_is_noted_and_what_is_cut_too() -> None:
    seen = see(
        over_udp(4789, bytes(VXLAN(vni=3)) + ARP), over_udp(4789, bytes(VXLAN(vni=3)) + FOUR[:9])
    )
    assert len(seen.packets) == 2
    assert seen.notes == {"inner_not_ip": 1, "inner_refused": 1}


def test_nested_overlays_keep_the_network_that_is_nearest() -> None:
    middle = IP(src="10.6.0.1", dst="10.6.0.2") / UDP(sport=9, dport=6081) / GENEVE(vni=8) / FRAME
    outer = Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04") / middle
    packets = see(over_udp(4789, VXLAN(vni=3) / outer)).packets
    assert [packet.network for packet in packets] == [0, 3, 8]
    assert [packet.tunnel for packet in packets] == ["none", "vxlan", "geneve"]
