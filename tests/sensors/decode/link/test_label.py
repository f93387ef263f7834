"""MPLS: stacks of labels, and guessing what lies under them."""

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

TOP, BOTTOM = b"\x00\x01\x00\x40", b"\x00\x01\x01\x40"
FRAME = MAC_PAIR + b"\x08\x00" + FOUR


@pytest.mark.parametrize("number", [0x8847, 0x8848])
@pytest.mark.parametrize("labels", [BOTTOM, TOP + BOTTOM, TOP * 8 + BOTTOM])
@pytest.mark.parametrize("under", [FOUR, bytes(4) + FRAME, FRAME], ids=["IP", "control", "raw"])
def test_ip_is_found_under_labels_and_in_pseudowires(
    number: int, labels: bytes, under: bytes
) -> None:
    assert see(typed(number, labels + under)).packet.ends == INSIDE_FOUR


def test_ipv6_is_found_under_labels() -> None:
    assert see(typed(0x8847, BOTTOM + SIX)).packet.ends == INSIDE_SIX


def test_a_vlan_inside_of_a_pseudowire_is_its_own() -> None:
    inside = MAC_PAIR + b"\x81\x00\x00\x07\x08\x00" + FOUR
    packet = see(typed(0x8100, b"\x00\x05\x88\x47" + BOTTOM + bytes(4) + inside)).packet
    assert packet.vlans == (7, 0)


@pytest.mark.parametrize(
    "octets",
    [BOTTOM + b"\x10\0\0\x21" + bytes(20), BOTTOM + bytes(4) + ARP, TOP * 16 + BOTTOM + FOUR],
    ids=["associated channel", "ARP", "too many labels"],
)
def test_what_is_not_ip_under_labels_is_refused(octets: bytes) -> None:
    assert see(typed(0x8847, octets)).refused == {"not_ip": 1}


def test_a_stack_that_the_frame_cuts_is_refused() -> None:
    assert see(typed(0x8847, TOP * 3)).refused == {"truncated_frame": 1}
