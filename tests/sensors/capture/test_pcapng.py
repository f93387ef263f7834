import pathlib
import struct

import numpy as np
import pytest

from situation.faults import Malformed
from tests.sensors.building import (
    RAW,
    SECOND,
    START,
    block,
    enhanced,
    interface,
    meter,
    option,
    pcap,
    section,
    udp,
    written,
)

MICROSECONDS = START // 1000
RESOLUTION, CHECK, OFFSET = 9, 13, 14
FLAGS, COMMENT, DROPPED = 2, 1, 5


def one(folder: pathlib.Path, *blocks: bytes) -> pathlib.Path:
    return written(folder, b"".join(blocks), "capture.pcapng")


@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_of_all_block_types_are_read(tmp_path: pathlib.Path, order: str) -> None:
    frame = udp()
    old = struct.pack(
        f"{order}HHIIII",
        0,
        7,
        MICROSECONDS >> 32,
        MICROSECONDS & 0xFFFFFFFF,
        len(frame),
        len(frame),
    )
    simple = struct.pack(f"{order}I", len(frame)) + frame
    path = one(
        tmp_path,
        section(order),
        interface(order),
        enhanced(MICROSECONDS, frame, order),
        block(2, old + frame, order),
        block(3, simple, order),
    )
    result = meter(path)
    assert result.counters.packets == 3
    assert result.counters.bytes == 3 * len(frame)
    assert result.flow["event.duration"] == 0, "a simple packet has the time of the one before"


def test_a_simple_packet_is_cut_by_the_snap_length_of_its_interface(tmp_path: pathlib.Path) -> None:
    frame = udp(500)
    simple = struct.pack("<I", len(frame)) + frame[:64]
    result = meter(one(tmp_path, section(), interface(snap=64), block(3, simple)))
    assert result.flow["source.bytes"] == len(frame)
    assert result.flow["citywatch.flow.forward.payload_bytes"] == 500


@pytest.mark.parametrize(
    ("resolution", "ticks", "expected"),
    [
        (3, 1_700_000_000_123, START + 123_000_000),
        (6, 1_700_000_000_123_456, START + 123_456_000),
        (9, START + 123_456_789, START + 123_456_789),
        (12, 5_999_999_999_999, 5_999_999_999),
        (0, 1_700_000_000, START),
        (0x80 | 10, (1_700_000_000 << 10) + 512, START + SECOND // 2),
        (0x80 | 32, (1_700_000_000 << 32) + (1 << 30), START + SECOND // 4),
    ],
)
def test_the_clock_of_an_interface_has_its_own_resolution(
    tmp_path: pathlib.Path, resolution: int, ticks: int, expected: int
) -> None:
    options = option(RESOLUTION, bytes([resolution])) + option(0, b"")
    result = meter(one(tmp_path, section(), interface(options=options), enhanced(ticks, udp())))
    assert result.counters.first_packet == expected


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("seconds", [3600, -3600])
def test_the_offset_of_a_clock_is_added(tmp_path: pathlib.Path, order: str, seconds: int) -> None:
    options = option(OFFSET, struct.pack(f"{order}q", seconds), order)
    path = one(
        tmp_path,
        section(order),
        interface(order, options=options),
        enhanced(MICROSECONDS, udp(), order),
    )
    assert meter(path).counters.first_packet == START + seconds * SECOND


@pytest.mark.parametrize(
    ("options", "ticks"),
    [
        (b"", 2**64 - 1),
        (option(RESOLUTION, bytes([120])), 5),
        (option(RESOLUTION, bytes([0x80 | 100])), 5),
        (option(OFFSET, struct.pack("<q", -(2**62))), 5),
        (option(OFFSET, struct.pack("<q", 2**63 - 1)), 5),
        (option(OFFSET, struct.pack("<q", -1)), 0),
    ],
)
def test_a_time_that_nanoseconds_cannot_hold_is_refused(
    tmp_path: pathlib.Path, options: bytes, ticks: int
) -> None:
    result = meter(one(tmp_path, section(), interface(options=options), enhanced(ticks, udp())))
    assert result.counters.refused == {"timestamp_beyond_range": 1}


def test_packets_belong_to_the_interface_that_they_name(tmp_path: pathlib.Path) -> None:
    nano = option(RESOLUTION, b"\x09")
    path = one(
        tmp_path,
        section(),
        interface(),
        interface(link=RAW, options=nano),
        enhanced(MICROSECONDS, udp(), number=0),
        enhanced(START, udp()[14:], number=1),
    )
    result = meter(path)
    assert result.counters.metered == 2
    assert result.flow["event.duration"] == 0
    assert result.flow["source.bytes"] == 2 * len(udp()) - 14


def test_a_new_section_has_its_own_byte_order_and_interfaces(tmp_path: pathlib.Path) -> None:
    path = one(
        tmp_path,
        section("<"),
        interface("<"),
        enhanced(MICROSECONDS, udp(), "<"),
        section(">"),
        enhanced(MICROSECONDS, udp(), ">"),
        interface(">", link=RAW),
        enhanced(MICROSECONDS, udp()[14:], ">"),
    )
    result = meter(path)
    assert result.counters.metered == 2
    assert result.counters.refused == {"unknown_interface": 1}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("of_interface", "of_packet", "left_out"),
    [(32, None, 4), (0, 4 << 5, 4), (16, 4 << 5, 4), (32, 0x1, 4), (0, None, 0)],
)
def test_a_check_sequence_is_no_part_of_the_frame(
    tmp_path: pathlib.Path, order: str, of_interface: int, of_packet: int | None, left_out: int
) -> None:
    frame = udp() + bytes(left_out)
    head = struct.pack(
        f"{order}IIIII",
        0,
        MICROSECONDS >> 32,
        MICROSECONDS & 0xFFFFFFFF,
        len(frame),
        len(frame),
    )
    flags = struct.pack(f"{order}I", of_packet or 0)
    options = option(COMMENT, b"a note", order) + option(FLAGS, flags, order)
    padded = frame + bytes(-len(frame) % 4)
    path = one(
        tmp_path,
        section(order),
        interface(order, options=option(CHECK, bytes([of_interface]), order)),
        block(6, head + padded + options * (of_packet is not None), order),
    )
    assert meter(path).flow["source.bytes"] == len(udp())


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_an_interface_says_to_have_lost_is_noted_once(
    tmp_path: pathlib.Path, order: str
) -> None:
    def statistics(number: int, dropped: int) -> bytes:
        values = option(4, struct.pack(f"{order}Q", 1000), order)
        lost = option(DROPPED, struct.pack(f"{order}Q", dropped), order)
        return block(5, struct.pack(f"{order}III", number, 0, 0) + values + lost, order)

    path = one(
        tmp_path,
        section(order),
        interface(order),
        interface(order),
        statistics(0, 5),
        statistics(1, 100),
        enhanced(MICROSECONDS, udp(), order),
        statistics(0, 8),
        statistics(7, 1),
        statistics(1, 2**64 - 1),
        section(order),
        interface(order),
        statistics(0, 1),
    )
    assert meter(path).counters.noted == {"dropped_before_capture": 8 + 100 + 1}


def test_unknown_blocks_are_skipped(tmp_path: pathlib.Path) -> None:
    path = one(
        tmp_path,
        section(),
        block(0x0BAD, b"x" * 1001),
        interface(),
        block(4, b"names"),
        block(0x40000001, b""),
        enhanced(MICROSECONDS, udp()),
        block(5, b"statistics"),
    )
    result = meter(path)
    assert result.counters.packets == result.counters.metered == 1
    assert result.counters.refused == {}


def test_an_unknown_block_larger_than_the_buffer_is_skipped(tmp_path: pathlib.Path) -> None:
    large = block(0x0BAD, bytes(3 * 1024 * 1024))
    path = one(tmp_path, section(), interface(), large, enhanced(MICROSECONDS, udp()))
    assert meter(path).counters.metered == 1


@pytest.mark.parametrize("length", [0, 8, 13, 0x7FFFFFFC, 0xFFFFFFFC])
def test_a_block_with_an_impossible_length_ends_the_file(
    tmp_path: pathlib.Path, length: int
) -> None:
    good = section() + interface() + enhanced(MICROSECONDS, udp())
    bad = struct.pack("<II", 6, length) + b"x" * 200
    result = meter(one(tmp_path, good, bad))
    assert result.counters.metered == 1
    assert result.counters.refused == {"block_damaged": 1}


def test_a_block_whose_two_lengths_differ_ends_the_file(tmp_path: pathlib.Path) -> None:
    broken = enhanced(MICROSECONDS, udp())[:-4] + struct.pack("<I", 64)
    result = meter(one(tmp_path, section(), interface(), enhanced(MICROSECONDS, udp()), broken))
    assert result.counters.refused == {"block_damaged": 1}
    assert result.counters.metered == 1


def test_a_file_that_ends_inside_a_block_is_read_up_to_there(tmp_path: pathlib.Path) -> None:
    good = section() + interface() + enhanced(MICROSECONDS, udp())
    result = meter(one(tmp_path, good, enhanced(MICROSECONDS, udp())[:-10]))
    assert result.counters.metered == 1
    assert result.counters.refused == {"truncated_record": 1}


@pytest.mark.parametrize(
    ("captured", "reason"),
    [(5000, "packet_beyond_block"), (0xFFFFFFFF, "record_length_beyond_limit")],
)
def test_a_packet_that_claims_more_than_its_block_is_refused_alone(
    tmp_path: pathlib.Path, captured: int, reason: str
) -> None:
    head = struct.pack("<IIIII", 0, MICROSECONDS >> 32, MICROSECONDS & 0xFFFFFFFF, captured, 60)
    path = one(
        tmp_path,
        section(),
        interface(),
        block(6, head + udp()),
        block(6, b"\0\0\0\0"),
        enhanced(MICROSECONDS, udp()),
    )
    result = meter(path)
    assert result.counters.metered == 1
    assert sum(result.counters.refused.values()) == 2
    assert result.counters.refused[reason] >= 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (section()[:20], "20 of at least 28 octets"),
        (section()[:8] + b"\1\2\3\4" + section()[12:], "byte-order magic"),
        (section()[:4] + b"\x08\0\0\0" + section()[8:], "claims 8 octets"),
        (section()[:4] + b"\xfc\xff\xff\xff" + section()[8:], "claims 4294967292 octets"),
    ],
)
def test_a_section_header_that_cannot_be_is_refused(
    tmp_path: pathlib.Path, content: bytes, reason: str
) -> None:
    with pytest.raises(Malformed, match=reason):
        meter(one(tmp_path, content))


def test_options_that_run_out_of_their_block_are_left(tmp_path: pathlib.Path) -> None:
    options = struct.pack("<HH", RESOLUTION, 60_000) + b"\x09\0\0\0"
    path = one(tmp_path, section(), interface(options=options), enhanced(MICROSECONDS, udp()))
    assert meter(path).counters.first_packet == START


def test_the_same_packets_give_the_same_rows_from_either_format(tmp_path: pathlib.Path) -> None:
    times = START + np.arange(50) * 1000
    frames = [udp(ports=(1000 + number % 7, 80)) for number in range(50)]
    classic = pcap([(int(time), frame) for time, frame in zip(times, frames, strict=True)])
    modern = b"".join(
        enhanced(int(time) // 1000, frame) for time, frame in zip(times, frames, strict=True)
    )
    first = meter(written(tmp_path, classic))
    second = meter(one(tmp_path, section(), interface(), modern))
    without_ids = [
        name for name in first.flows.columns if name not in ("event.id", "citywatch.flow.id")
    ]
    assert first.flows.select(without_ids).equals(second.flows.select(without_ids))
