import bz2
import functools
import gzip
import lzma
import pathlib
import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from sensors.capture.stream import Stream
from situation.faults import Malformed
from tests.sensors.building import START, Timed, meter, pcap, udp, written


def many(count: int) -> list[Timed]:
    frames = [udp(24 * number, ports=(1000 + number, 80)) for number in range(50)]
    return [(START + number, frames[number % 50]) for number in range(count)]


def zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content, asbytes=True))


bzip2 = functools.partial(bz2.compress, compresslevel=1)
packed_alike = pytest.mark.parametrize(
    "compress", [gzip.compress, bzip2, lzma.compress, zstd], ids=["gz", "bz2", "xz", "zst"]
)
Compress = Callable[[bytes], bytes]


def unpacked(path: pathlib.Path) -> bytes:
    """Return what the stream gives in all."""
    stream, found = Stream(path), b""
    while True:
        found += stream.data.octets[: stream.end].tobytes()
        if stream.final:
            break
        stream.refill(stream.end)
    stream.close()
    return found


@packed_alike
def test_a_packed_capture_gives_the_same_rows(tmp_path: pathlib.Path, compress: Compress) -> None:
    content = pcap(many(3000))
    plain = meter(written(tmp_path, content, "plain.pcap"))
    packed = meter(written(tmp_path, compress(content), "packed.pcap"))
    assert plain.counters == packed.counters
    columns = ["event.start", "event.end", "source.port", "network.packets", "network.bytes"]
    assert plain.flows.select(columns).equals(packed.flows.select(columns))


@packed_alike
def test_several_packed_members_are_one_stream(tmp_path: pathlib.Path, compress: Compress) -> None:
    content = pcap(many(300))
    packed = compress(content[:5000]) + compress(content[5000:])
    assert unpacked(written(tmp_path, packed)) == content


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_zeros_between_and_behind_members_are_padding(
    tmp_path: pathlib.Path, compress: Compress
) -> None:
    content = pcap(many(300))
    packed = compress(content[:5000]) + bytes(8) + compress(content[5000:]) + bytes(300_000)
    path = written(tmp_path, packed)
    assert unpacked(path) == content
    assert meter(path).counters.refused == {}


def test_skippable_frames_of_zstd_are_skipped(tmp_path: pathlib.Path) -> None:
    packed = b"\x5a\x2a\x4d\x18\4\0\0\0note" + zstd(pcap(many(10)))
    assert unpacked(written(tmp_path, packed)) == pcap(many(10))


@packed_alike
@pytest.mark.parametrize("left", [0.5, 1.0])
def test_a_packed_capture_that_is_cut_gives_what_is_before(
    tmp_path: pathlib.Path, compress: Compress, left: float
) -> None:
    noise = random.Random(1)  # noqa: S311 - octets that no packing makes smaller
    frames = [udp(900)[:-900] + noise.randbytes(900) for _ in range(500)]
    packed = compress(pcap((START + number, frame) for number, frame in enumerate(frames)))
    result = meter(written(tmp_path, packed[: int(left * len(packed)) - 1]))
    assert 200 * left <= result.counters.metered <= 500 * left
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
    assert result.counters.refused == {"compression_damaged": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"\x1f\x8b",
        b"\x1f\x8b\x08garbage",
        gzip.compress(b"hello", mtime=0),
        b"BZh9garbage",
        b"\xfd7zXZ\0garbage",
        b"\x28\xb5\x2f\xfdgarbage",
        lzma.compress(b"hello"),
        zstd(b"hello"),
    ],
)
def test_a_packed_file_without_a_capture_in_it_is_refused(
    tmp_path: pathlib.Path, content: bytes
) -> None:
    with pytest.raises(Malformed, match=r"too short|neither pcap nor pcapng"):
        meter(written(tmp_path, content))


def test_the_buffer_stays_small_whatever_the_file_is(tmp_path: pathlib.Path) -> None:
    bomb = gzip.compress(pcap([]) + bytes(64 * 1024 * 1024))
    path = written(tmp_path, bomb)
    stream = Stream(path)
    while not stream.final:
        assert stream.refill(stream.end) == 0
        assert len(stream.data.octets) <= 1024 * 1024
    stream.close()


def test_records_that_lie_across_the_end_of_the_buffer_are_whole(tmp_path: pathlib.Path) -> None:
    frame = udp(1400)
    packets = [(START + number, frame) for number in range(2000)]
    result = meter(written(tmp_path, pcap(packets)))
    assert result.counters.metered == 2000
    assert result.counters.bytes == 2000 * len(frame)
