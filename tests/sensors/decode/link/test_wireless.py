"""Wireless frames: headers of every length, radios of every kind, what cannot be read."""

import struct

import pytest

from tests.sensors.decode.seeing import FOUR, INSIDE_FOUR, see

WIFI, PRISM, RADIOTAP, AVS, PPI = 105, 119, 127, 163, 192
SNAP = b"\xaa\xaa\x03\0\0\0\x08\x00"
ADDRESSES = bytes(2) + bytes(18) + bytes(2)
"""Duration, three addresses, sequence control."""
DATA = b"\x08\x01" + ADDRESSES
QUALITY = b"\x88\x01" + ADDRESSES + bytes(2)


@pytest.mark.parametrize(
    "header",
    [
        DATA,
        b"\x08\x03" + ADDRESSES + bytes(6),
        QUALITY,
        b"\x88\x03" + ADDRESSES + bytes(8),
        b"\x88\x81" + ADDRESSES + bytes(6),
        b"\x08\x41" + ADDRESSES,
    ],
    ids=["data", "four addresses", "QoS", "QoS, four addresses", "high throughput", "decrypted"],
)
def test_headers_of_data_frames_are_as_long_as_their_flags_say(header: bytes) -> None:
    assert see(header + SNAP + FOUR, link=WIFI).packet.ends == INSIDE_FOUR


def test_the_first_of_aggregated_frames_is_followed() -> None:
    header = b"\x88\x01" + ADDRESSES + b"\x80\0"
    part = bytes(12) + len(SNAP + FOUR).to_bytes(2) + SNAP + FOUR
    assert see(header + part, link=WIFI).packet.ends == INSIDE_FOUR


def test_encrypted_frames_are_refused_as_such() -> None:
    assert see(b"\x08\x41" + ADDRESSES + bytes(40), link=WIFI).refused == {"encrypted_frame": 1}


@pytest.mark.parametrize("head", [b"\x80\x00", b"\xb4\x00", b"\x48\x01", b"\xc8\x01", b"\x09\x01"])
def test_frames_without_data_carry_no_ip(head: bytes) -> None:
    assert see(head + ADDRESSES + bytes(40), link=WIFI).refused == {"not_ip": 1}


def test_a_later_piece_of_a_frame_carries_no_header() -> None:
    frame = b"\x08\x01" + ADDRESSES[:-2] + b"\x01\0" + SNAP + FOUR
    assert see(frame, link=WIFI).refused == {"not_ip": 1}


@pytest.mark.parametrize(
    ("present", "fields", "padding"),
    [
        (0x00, b"", 0),
        (0x02, b"\x00", 0),
        (0x02, b"\x20", 2),
        (0x03, bytes(8) + b"\x20", 2),
        (0x80000003, bytes(4) + bytes(4) + bytes(8) + b"\x20", 2),
    ],
)
def test_radiotap_is_stepped_over_and_tells_of_padding(
    present: int, fields: bytes, padding: int
) -> None:
    head = struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields
    frame = head + QUALITY + bytes(padding) + SNAP + FOUR
    assert see(frame, link=RADIOTAP).packet.ends == INSIDE_FOUR


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (PRISM, struct.pack("<II", 0x44, 144) + bytes(136)),
        (PRISM, struct.pack(">II", 0x44, 144) + bytes(136)),
        (PRISM, struct.pack(">II", 0x80211001, 64) + bytes(56)),
        (AVS, struct.pack(">II", 0x80211001, 64) + bytes(56)),
        (PPI, struct.pack("<BBHI", 0, 0, 32, 105) + bytes(24)),
    ],
)
def test_headers_of_other_radios_are_stepped_over(link: int, head: bytes) -> None:
    assert see(head + DATA + SNAP + FOUR, link=link).packet.ends == INSIDE_FOUR


def test_information_before_a_packet_names_its_link_type() -> None:
    head = struct.pack("<BBHI", 0, 0, 8, 1)
    seen = see(head + bytes(12) + b"\x08\x00" + FOUR, head[:-4] + b"\xff\0\0\0" + FOUR, link=PPI)
    assert seen.packet.ends == INSIDE_FOUR
    assert seen.refused == {"not_ip": 1}


def test_lengths_that_lie_are_refused() -> None:
    lies = [struct.pack("<BBHI", 0, 0, length, 2) + bytes(20) for length in (0, 7, 29, 0xFFFF)]
    assert see(*lies, link=RADIOTAP).refused == {"not_ip": 2, "truncated_frame": 2}
    assert see(struct.pack(">II", 1, 0xFFFFFFFF) + bytes(40), link=AVS).refused == {"not_ip": 1}
