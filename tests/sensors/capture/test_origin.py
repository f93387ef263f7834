import gzip
import os
import pathlib
import subprocess
import sys
import threading

import pytest

from sensors.capture.origin import Origin, is_pipe, octets_in
from sensors.capture.reading import Reading
from sensors.frame.identity import fingerprint
from sensors.meter.settings import DEFAULT_SETTINGS
from situation.faults import Malformed
from tests.sensors.building import START, meter, pcap, udp, written

CONTENT = pcap((START + number, udp(number)) for number in range(300))


@pytest.fixture
def pipe(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def fed(path: pathlib.Path, *pieces: bytes) -> threading.Thread:
    """Write the pieces into a pipe, one after another, and leave it."""

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for piece in pieces:
                file.write(piece)

    writer = threading.Thread(target=write)
    writer.start()
    return writer


def test_what_was_looked_at_ahead_is_read_again(tmp_path: pathlib.Path) -> None:
    origin = Origin(written(tmp_path, b"0123456789"))
    assert origin.ahead(4) == b"0123"
    assert origin.done == 0
    room = memoryview(bytearray(10))
    assert origin.read_into(room[:3]) == 3
    assert origin.read(100) == b"3"
    assert origin.read(100) == b"456789"
    assert bytes(room[:3]) == b"012"
    assert (origin.done, origin.read(1), origin.read_into(room)) == (10, b"", 0)
    origin.close()


def test_a_file_that_is_shorter_than_what_is_looked_at_is_no_fault(tmp_path: pathlib.Path) -> None:
    origin = Origin(written(tmp_path, b"01"))
    assert origin.ahead(6) == b"01"
    origin.close()


def test_a_named_pipe_is_read_once_though_its_header_is_checked_before(pipe: pathlib.Path) -> None:
    assert is_pipe(pipe)
    assert octets_in(pipe) == 0
    writer = fed(pipe, CONTENT[:10], CONTENT[10:30], CONTENT[30:5000], CONTENT[5000:])
    result = meter(pipe)
    writer.join()
    assert result.counters.metered == 300


def test_packets_of_a_pipe_are_given_before_the_next_arrive(pipe: pathlib.Path) -> None:
    behind = 24 + 10 * (16 + len(udp(0))) + sum(range(10))
    told = threading.Event()

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:
            file.write(CONTENT[:behind])
            assert told.wait(60)
            file.write(CONTENT[behind:])

    writer = threading.Thread(target=write)
    writer.start()
    blocks = Reading([pipe], block_packets=2048).blocks()
    assert next(blocks).packets == 10
    told.set()
    assert sum(block.packets for block in blocks) == 290
    writer.join()


def test_a_pipe_that_brings_no_capture_is_refused(pipe: pathlib.Path) -> None:
    writer = fed(pipe, b"hello, world\n")
    with pytest.raises(Malformed, match="neither pcap"):
        meter(pipe)
    writer.join()


def test_the_rows_of_a_pipe_have_ids_of_their_own_each_time(pipe: pathlib.Path) -> None:
    made = {fingerprint([pipe], "test", None, DEFAULT_SETTINGS) for _ in range(3)}
    assert len(made) == 3


def test_standard_input_is_read_packed_or_not() -> None:
    program = (
        "import pathlib; from sensors.capture.reading import Reading;"
        "reading = Reading([pathlib.Path('-')], block_packets=2048); reading.check();"
        "print(sum(block.packets for block in reading.blocks()), reading.refused.sum())"
    )
    for content in (CONTENT, gzip.compress(CONTENT)):
        shown = subprocess.run(
            [sys.executable, "-c", program],
            input=content,
            capture_output=True,
            check=True,
            timeout=100,
        )
        assert shown.stdout == b"300 0\n"
