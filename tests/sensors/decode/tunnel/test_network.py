"""GRE of all versions, ERSPAN of all types, EtherIP and L2TP."""

import pytest

from tests.sensors.decode.seeing import (
    ARP,
    FOUR,
    INSIDE_FOUR,
    INSIDE_SIX,
    MAC_PAIR,
    SIX,
    carried,
    over_udp,
    see,
)

FRAME = MAC_PAIR + b"\x81\x00\x00\x07\x08\x00" + FOUR


def gre(head: str, octets: bytes) -> bytes:
    return carried(47, bytes.fromhex(head) + octets)


@pytest.mark.parametrize(
    ("head", "octets", "network"),
    [
        ("0000 0800", FOUR, 0),
        ("8000 0800 00000000", FOUR, 0),
        ("2000 0800 00000105", FOUR, 0x105),
        ("b000 0800 00000000 00000105 00000001", FOUR, 0x105),
        ("4000 0800 00000000 08000004 c0000201 00000000", FOUR, 0),
        ("0000 8847 00001140", FOUR, 0),
        ("0000 880b 0021", FOUR, 0),
        ("0000 883e", FOUR, 0),
        ("0000 883e 00000001", FOUR, 0),
    ],
    ids=[
        "plain", "checksum", "key", "all fields", "source route", "MPLS", "PPP", "WCCP 1", "WCCP 2",
    ],
)  # fmt: skip
def test_gre_is_followed_by_its_flags(head: str, octets: bytes, network: int) -> None:
    inner = see(gre(head, octets)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.network) == ("gre", network)


def test_gre_carries_ipv6_over_ipv6() -> None:
    seen = see(carried(47, b"\0\0\x86\xdd" + SIX, six=True))
    assert seen.packets[0].ends == ("fd00::a", 0, "fd00::b", 0)
    assert seen.inner.ends == INSIDE_SIX


def test_frames_in_gre_have_vlans_of_their_own_and_nvgre_a_network() -> None:
    plain = see(gre("0000 6558", FRAME)).inner
    assert (plain.ends, plain.vlans, plain.network) == (INSIDE_FOUR, (7, 0), 0)
    nvgre = see(gre("2000 6558 00123455", FRAME)).inner
    assert (nvgre.vlans, nvgre.network) == ((7, 0), 0x1234)


def test_vlans_around_a_tunnel_are_those_of_ip_inside_of_it() -> None:
    frame = gre("2000 0800 00000009", FOUR)
    inner = see(frame[:12] + b"\x81\0\0\x05" + frame[12:]).inner
    assert (inner.vlans, inner.network) == ((5, 0), 9)


@pytest.mark.parametrize(
    ("head", "network"),
    [
        ("0000 88be", 0),
        ("1000 88be 00000001 10070065 00000000", 0x65),
        ("1000 22eb 00000001 20070065 00000000 0000 0000", 0x65),
        ("1000 22eb 00000001 20070065 00000000 0000 0001 0000000000000000", 0x65),
    ],
    ids=["I", "II", "III", "III with platform"],
)
def test_mirrored_frames_are_followed(head: str, network: int) -> None:
    inner = see(gre(head, FRAME)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.vlans, inner.network) == ("erspan", (7, 0), network)


def test_a_mirrored_packet_without_a_frame_is_followed() -> None:
    head = "1000 22eb 00000001 20070065 00000000 0000 0800"
    assert see(gre(head, FOUR)).inner.ends == INSIDE_FOUR


@pytest.mark.parametrize(
    "head", ["3001 880b 0030 0007 00000001", "3081 880b 0030 0007 00000001 00000001"]
)
@pytest.mark.parametrize("protocol", ["21", "0021", "ff030021"])
def test_pptp_is_followed(head: str, protocol: str) -> None:
    inner = see(gre(head, bytes.fromhex(protocol) + FOUR)).inner
    assert inner.ends == INSIDE_FOUR
    assert (inner.tunnel, inner.network) == ("gre", 0)


@pytest.mark.parametrize(
    "head",
    ["0000 0000", "2001 880b 0000 0007", "0002 0800", "0000", "0000 0800"],
    ids=["keepalive", "PPTP acknowledgment", "unknown version", "cut", "empty"],
)
def test_gre_that_carries_nothing_is_a_flow_alone(head: str) -> None:
    seen = see(gre(head, b""))
    assert seen.packet.protocol == 47
    assert seen.notes == {}


def test_what_is_not_ip_in_gre_is_noted() -> None:
    seen = see(gre("0000 6558", ARP), gre("0000 88cc", bytes(20)))
    assert len(seen.packets) == 2
    assert seen.notes == {"inner_not_ip": 2}


def test_ether_ip_is_followed_by_its_version() -> None:
    assert see(carried(97, b"\x30\0" + FRAME)).inner.tunnel == "etherip"
    assert see(carried(97, b"\x40\0" + FRAME)).packet.protocol == 97


@pytest.mark.parametrize(
    "head",
    [
        "0002 0007 0001",
        "4002 0000 0007 0001",
        "0802 0007 0001 0001 0000",
        "4a02 0000 0007 0001 0001 0000 0002 0000",
    ],
    ids=["short", "length", "sequence", "all fields"],
)
def test_l2tp_data_is_followed(head: str) -> None:
    inner = see(over_udp(1701, bytes.fromhex(head) + b"\xff\x03\x00\x21" + FOUR)).inner
    assert inner.ends == INSIDE_FOUR
    assert inner.tunnel == "l2tp"


@pytest.mark.parametrize("head", ["c802 0014 0007 0000 0000 0000", "0003 0007 0001", "0702 0007"])
def test_other_l2tp_messages_carry_nothing(head: str) -> None:
    seen = see(over_udp(1701, bytes.fromhex(head) + bytes(8)))
    assert seen.packet.ends[3] == 1701
    assert seen.notes == {}
