import gzip
import pathlib

import pytest

from sensors.capture.stream import Stream
from situation.faults import Malformed
from tests.sensors.building import START, Timed, meter, pcap, udp, written


def many(count: int) -> list[Timed]:
    frames = [udp(24 * number, ports=(1000 + number, 80)) for number in range(50)]
    return [(START + number, frames[number % 50]) for number in range(count)]


def test_a_gzip_capture_gives_the_same_rows(tmp_path: pathlib.Path) -> None:
    content = pcap(many(3000))
    plain = meter(written(tmp_path, content, "plain.pcap"))
    packed = meter(written(tmp_path, gzip.compress(content), "packed.pcap.gz"))
    assert plain.counters == packed.counters
    columns = ["event.start", "event.end", "source.port", "network.packets", "network.bytes"]
    assert plain.flows.select(columns).equals(packed.flows.select(columns))


def test_several_gzip_members_are_one_stream(tmp_path: pathlib.Path) -> None:
    content = pcap(many(300))
    packed = gzip.compress(content[:5000]) + gzip.compress(content[5000:])
    assert meter(written(tmp_path, packed)).counters.metered == 300


def test_a_gzip_capture_that_is_cut_gives_what_is_before(tmp_path: pathlib.Path) -> None:
    packed = gzip.compress(pcap(many(2000)))
    result = meter(written(tmp_path, packed[: len(packed) // 2]))
    assert 0 < result.counters.metered < 2000
    assert sum(result.counters.refused.values()) == 1


def test_a_gzip_capture_that_is_corrupt_gives_what_is_before(tmp_path: pathlib.Path) -> None:
    packed = bytearray(gzip.compress(pcap(many(2000))))
    packed[-4:] = b"\xff\xff\xff\xff"
    result = meter(written(tmp_path, bytes(packed)))
    assert 1800 < result.counters.metered < 2000
    assert sum(result.counters.refused.values()) == 1


def test_a_gzip_capture_that_ends_between_two_packets_is_known_to_be_cut(
    tmp_path: pathlib.Path,
) -> None:
    content = pcap(many(2000))
    packed = gzip.compress(content, compresslevel=0)
    stored = packed[: packed.index(content[:200]) + len(pcap(many(10)))]
    result = meter(written(tmp_path, stored))
    assert result.counters.metered == 10
    assert result.counters.refused == {"gzip_damaged": 1}


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b", b"\x1f\x8b\x08garbage", gzip.compress(b"hello", mtime=0)]
)
def test_gzip_without_a_capture_in_it_is_refused(tmp_path: pathlib.Path, content: bytes) -> None:
    with pytest.raises(Malformed, match=r"too short|neither pcap nor pcapng"):
        meter(written(tmp_path, content))


def test_the_buffer_stays_small_whatever_the_file_is(tmp_path: pathlib.Path) -> None:
    bomb = gzip.compress(pcap([]) + bytes(64 * 1024 * 1024))
    path = written(tmp_path, bomb)
    stream = Stream(path)
    while not stream.final:
        assert stream.refill(stream.end) == 0
        assert len(stream.data.octets) < 1024 * 1024
    stream.close()


def test_records_that_lie_across_the_end_of_the_buffer_are_whole(tmp_path: pathlib.Path) -> None:
    frame = udp(1400)
    packets = [(START + number, frame) for number in range(2000)]
    result = meter(written(tmp_path, pcap(packets)))
    assert result.counters.metered == 2000
    assert result.counters.bytes == 2000 * len(frame)
