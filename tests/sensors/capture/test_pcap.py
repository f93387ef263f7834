import pathlib

import pytest

from situation.faults import Malformed
from tests.sensors.building import RAW, START, meter, pcap, tcp, udp, written

NANO, MICRO, MODIFIED = 0xA1B23C4D, 0xA1B2C3D4, 0xA1B2CD34
PACKETS = [(START + 123_456_789, udp()), (START + 2_000_000_123, udp(30))]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "unit"), [(NANO, 1), (MICRO, 1000), (MODIFIED, 1000)])
def test_every_variant_of_pcap_is_read(
    tmp_path: pathlib.Path, order: str, magic: int, unit: int
) -> None:
    result = meter(written(tmp_path, pcap(PACKETS, order=order, magic=magic)))
    assert result.counters.packets == 2
    assert result.counters.bytes == sum(len(frame) for _, frame in PACKETS)
    assert result.counters.first_packet == PACKETS[0][0] // unit * unit
    assert result.counters.last_packet == PACKETS[1][0] // unit * unit


def test_nanoseconds_of_a_flow_are_exact(tmp_path: pathlib.Path) -> None:
    result = meter(written(tmp_path, pcap(PACKETS)))
    assert result.flows["event.start"].to_physical().to_list() == [PACKETS[0][0]]
    assert result.flow["event.duration"] == PACKETS[1][0] - PACKETS[0][0]


def test_octets_are_those_on_the_wire_where_the_capture_is_cut(tmp_path: pathlib.Path) -> None:
    frame = tcp("PA", length=1000)
    result = meter(written(tmp_path, pcap([(START, frame)], captured=60)))
    assert result.flow["source.bytes"] == len(frame)
    assert result.flow["citywatch.flow.forward.ip_bytes"] == len(frame) - 14
    assert result.flow["citywatch.flow.forward.payload_bytes"] == 1000


def test_a_length_before_version_2_3_stands_in_the_other_order(tmp_path: pathlib.Path) -> None:
    content = bytearray(pcap([(START, udp(100))], captured=60))
    content[6:8] = b"\2\0"
    content[32:40] = content[36:40] + content[32:36]
    result = meter(written(tmp_path, bytes(content)))
    assert result.flow["source.bytes"] == len(udp(100))


def test_the_check_sequence_that_the_link_type_tells_of_is_no_part_of_the_frame(
    tmp_path: pathlib.Path,
) -> None:
    packets = [(START, udp()[14:] + b"\xfc" * 4)]
    result = meter(written(tmp_path, pcap(packets, link=0x24000000 | RAW)))
    assert result.counters.metered == 1
    assert result.flow["source.bytes"] == len(udp()) - 14


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"PK\3\4", "zip archive: unpack it first"),
        (b"\4\x22\x4d\x18", "lz4"),
        (b"snoop\0\0\0", "snoop capture: editcap"),
    ],
)
def test_what_people_take_for_a_capture_is_named(
    tmp_path: pathlib.Path, start: bytes, reason: str
) -> None:
    with pytest.raises(Malformed, match=reason):
        meter(written(tmp_path, start + bytes(100)))


@pytest.mark.parametrize(
    ("content", "reason", "offset"),
    [
        (b"", "empty", 0),
        (b"\xd4\xc3", "too short", 2),
        (b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "neither pcap nor pcapng", 0),
        (b"\0" * 100, "neither pcap nor pcapng", 0),
        (pcap([])[:20], "20 of its 24 octets", 20),
        (pcap([])[:4] + b"\x63\0" + pcap([])[6:], "version 99.4", 4),
    ],
    ids=["empty", "two octets", "garbage", "wrong magic", "truncated header", "version"],
)
def test_a_file_that_is_no_capture_is_refused_with_place_and_reason(
    tmp_path: pathlib.Path, content: bytes, reason: str, offset: int
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(Malformed, match=reason) as caught:
        meter(path)
    assert caught.value.where == f"{path}, offset {offset}"


def test_a_wrong_file_is_refused_before_anything_of_the_others_is_yielded(
    tmp_path: pathlib.Path,
) -> None:
    good = written(tmp_path, pcap(PACKETS), "good.pcap")
    bad = written(tmp_path, b"not a capture", "bad.pcap")
    with pytest.raises(Malformed, match=r"bad\.pcap"):
        meter([good, bad])


@pytest.mark.parametrize("name", [".", "absent.pcap"])
def test_a_folder_and_an_absent_file_are_refused(tmp_path: pathlib.Path, name: str) -> None:
    with pytest.raises(Malformed, match=r"regular file|No such file"):
        meter(tmp_path / name)


def test_a_capture_without_packets_is_no_fault(tmp_path: pathlib.Path) -> None:
    result = meter(written(tmp_path, pcap([])))
    assert result.counters.packets == 0
    assert result.names == ()


@pytest.mark.parametrize("lost", [1, 20, 50])
def test_a_file_that_ends_inside_a_record_is_read_up_to_there(
    tmp_path: pathlib.Path, lost: int
) -> None:
    content = pcap([(START, udp()), (START + 1, udp())])
    result = meter(written(tmp_path, content[:-lost]))
    assert result.counters.metered == 1
    assert result.counters.refused == {"truncated_record": 1}


@pytest.mark.parametrize("length", [262_145, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_record_that_claims_4_gib_ends_the_file_and_is_counted(
    tmp_path: pathlib.Path, length: int
) -> None:
    content = pcap([(START, udp())]) + b"\0" * 8 + length.to_bytes(4, "little") * 2 + b"x" * 100
    result = meter(written(tmp_path, content))
    assert result.counters.metered == 1
    assert result.counters.refused == {"record_length_beyond_limit": 1}


def test_time_that_goes_backwards_is_counted_and_no_gap_is_negative(
    tmp_path: pathlib.Path,
) -> None:
    times = [START + 5, START + 3, START + 9, START + 1]
    result = meter(written(tmp_path, pcap([(time, udp()) for time in times])))
    assert result.counters.noted == {"time_backwards": 2}
    assert result.flow["citywatch.flow.both.iat.sum"] == 4
    assert result.flow["citywatch.flow.both.iat.min"] == 0
    assert result.flow["event.duration"] == 8


def test_a_file_of_the_day_before_opens_flows_of_its_own(tmp_path: pathlib.Path) -> None:
    day = 86_400 * 1_000_000_000
    later = written(tmp_path, pcap([(START + day + n, udp()) for n in range(3)]), "later.pcap")
    earlier = written(tmp_path, pcap([(START + n, udp()) for n in range(3)]), "earlier.pcap")
    result = meter([later, earlier])
    assert result.flows["network.packets"].to_list() == [3, 3]
    assert result.flows["event.duration"].to_list() == [2, 2]
