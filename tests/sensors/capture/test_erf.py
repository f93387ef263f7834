import pathlib
import shutil
import struct
import subprocess

import pytest

from sensors.capture import erf
from sensors.capture.reading import Block, Reading
from situation.faults import Malformed
from tests.sensors.building import SECOND, START, pcap, tcp, udp, written
from tests.testdata import missing

ETHERNET, SERIAL, IPV4, META, PADDING = 2, 1, 22, 27, 48
COLOURED_ETHERNET, ATM, INFINIBAND = 11, 3, 21
MORE = 0x80
CHECK = b"\xfc\xfc\xfc\xfc"


def record(
    kind: int, body: bytes, *, time: int = START, wire: int | None = None, lost: int = 0
) -> bytes:
    """Return a record whose body is what follows its first header."""
    seconds, rest = divmod(time, SECOND)
    length = 16 + len(body)
    on_wire = len(body) if wire is None else wire
    stamp = struct.pack("<II", (rest << 32) // SECOND, seconds)
    return stamp + struct.pack(">BBHHH", kind, 4, length, lost, on_wire) + body


def ethernet(frame: bytes, *, time: int = START, lost: int = 0, kind: int = ETHERNET) -> bytes:
    """Return a record of an Ethernet frame with its check sequence, padded to 8 octets."""
    body = b"\0\0" + frame + CHECK
    padded = body + b"\0" * (-len(body) % 8)
    return record(kind, padded, time=time, wire=len(frame) + 4, lost=lost)


def read(path: pathlib.Path) -> tuple[Reading, list[tuple[int, int, int, bytes]]]:
    """Return the reader, and of each packet time, link type, octets on the wire, octets."""
    reading = Reading([path], block_packets=2048)
    return reading, [packet for block in reading.blocks() for packet in packets_of(block)]


def packets_of(block: Block) -> list[tuple[int, int, int, bytes]]:
    return [
        (
            int(found["time"]),
            int(found["link"]),
            int(found["wire"]),
            block.data.octets[found["at"] : found["at"] + found["captured"]].tobytes(),
        )
        for found in block.records[: block.packets]
    ]


def test_a_frame_is_given_without_its_check_sequence_and_padding(tmp_path: pathlib.Path) -> None:
    times = [START, START + 999_999_999, START + SECOND + 1]
    content = b"".join(ethernet(udp(number), time=time) for number, time in enumerate(times))
    _, packets = read(written(tmp_path, content, "capture.erf"))
    assert packets == [
        (time, 1, len(udp(number)), udp(number)) for number, time in enumerate(times)
    ]


def test_a_frame_that_is_cut_keeps_its_length_on_the_wire(tmp_path: pathlib.Path) -> None:
    content = record(ETHERNET, b"\0\0" + tcp("A")[:46], wire=1004)
    _, packets = read(written(tmp_path, content))
    assert packets == [(START, 1, 1000, tcp("A")[:46])]


def test_extension_headers_are_stepped_over(tmp_path: pathlib.Path) -> None:
    body = b"\x85" + b"x" * 7 + b"\x05" + b"y" * 7 + b"\0\0" + udp() + CHECK
    content = record(MORE | ETHERNET, body, wire=len(udp()) + 4)
    _, packets = read(written(tmp_path, content))
    assert packets == [(START, 1, len(udp()), udp())]


def test_extension_headers_that_leave_their_record_refuse_it_alone(tmp_path: pathlib.Path) -> None:
    content = record(MORE | ETHERNET, b"\x85" + b"x" * 15) + ethernet(udp())
    reading, packets = read(written(tmp_path, content))
    assert len(packets) == 1
    assert reading.packets == 2
    assert reading.refused.sum() == 1


@pytest.mark.parametrize(
    ("kind", "body", "link"),
    [
        (SERIAL, b"\x0f\0\x08\0" + udp()[14:] + CHECK, 104),
        (SERIAL, b"\xff\x03\0\x21" + udp()[14:] + CHECK, 50),
        (IPV4, udp()[14:], 101),
        (ATM, b"\0" * 52, 197),
        (INFINIBAND, b"\0" * 52, 197),
    ],
    ids=["cisco", "ppp", "ipv4", "atm", "infiniband"],
)
def test_each_type_has_the_link_type_of_what_it_holds(
    tmp_path: pathlib.Path, kind: int, body: bytes, link: int
) -> None:
    _, packets = read(written(tmp_path, record(kind, body)))
    assert [packet[1] for packet in packets] == [link]
    assert packets[0][3] == body.removesuffix(CHECK)


def test_records_that_are_no_packets_are_passed_over(tmp_path: pathlib.Path) -> None:
    content = record(META, b"\0" * 32) + ethernet(udp()) + record(PADDING, b"\0" * 16)
    reading, packets = read(written(tmp_path, content))
    assert len(packets) == reading.packets == 1


def test_packets_that_the_card_lost_are_noted(tmp_path: pathlib.Path) -> None:
    content = ethernet(udp(), lost=3) + ethernet(udp(), lost=4)
    coloured = ethernet(udp(), lost=500, kind=COLOURED_ETHERNET)
    reading, _ = read(written(tmp_path, content + coloured))
    assert reading.noted() == {"dropped_before_capture": 7}


@pytest.mark.parametrize("rest", [ethernet(udp())[:-5], ethernet(udp())[:9]])
def test_a_file_that_ends_inside_a_record_is_read_up_to_there(
    tmp_path: pathlib.Path, rest: bytes
) -> None:
    reading, packets = read(written(tmp_path, ethernet(udp()) + rest))
    assert len(packets) == 1
    assert reading.packets == 2
    assert reading.refused.sum() == 1


@pytest.mark.parametrize(("at", "value"), [(8, 0), (8, 100), (10, 0)])
def test_a_record_of_no_type_or_no_length_ends_the_file(
    tmp_path: pathlib.Path, at: int, value: int
) -> None:
    damaged = bytearray(ethernet(udp()))
    damaged[at : at + 2] = bytes((value, 0))
    reading, packets = read(written(tmp_path, ethernet(udp()) * 30 + bytes(damaged)))
    assert len(packets) == 30
    assert reading.refused.sum() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 200,
        b"a long line of text, and\nanother one\n" * 2000,
        ethernet(udp())[:40],
        ethernet(udp()) + ethernet(udp(), time=START + 30 * 86_400 * SECOND),
        ethernet(udp()) + b"x" * 40,
    ],
    ids=["nothing", "zeros", "text", "a part of one record", "a leap in time", "no second record"],
)
def test_what_only_looks_like_records_is_not_recognised(content: bytes) -> None:
    assert not erf.recognizes(content)


def test_text_is_refused_as_no_capture(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="neither pcap nor pcapng nor ERF"):
        Reading([written(tmp_path, b"hello, world\n" * 20)], block_packets=1).check()


def test_what_wireshark_writes_gives_the_packets_of_the_capture(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, pcap((START + number * 1001, udp(number)) for number in range(100)))
    mergecap = shutil.which("mergecap") or ""
    if not mergecap:
        missing("mergecap")
    target = tmp_path / "capture.erf"
    subprocess.run([mergecap, "-F", "erf", "-w", target, path], check=True, timeout=60)
    assert read(target)[1] == read(path)[1]
