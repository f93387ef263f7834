"""Captures of every format with octets changed: read to an end, with every record accounted for."""

import gzip
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.capture.layout import PACKET_LIMIT
from sensors.capture.reading import Reading
from situation.faults import Malformed
from tests.sensors.building import START, enhanced, interface, option, pcap, section, udp
from tests.sensors.capture.test_erf import ethernet

FRAMES = [udp(number) for number in range(8)]
TICKS = START // 1000
SAMPLES = {
    "pcap": pcap((START + number, frame) for number, frame in enumerate(FRAMES)),
    "modified": pcap([(START, frame) for frame in FRAMES], order=">", magic=0xA1B2CD34),
    "pcapng": section()
    + interface(options=option(9, b"\x06") + option(13, b"\x20"))
    + b"".join(enhanced(TICKS + number, frame) for number, frame in enumerate(FRAMES)),
    "big": section(">")
    + interface(">", options=option(14, bytes(8), ">"))
    + b"".join(enhanced(TICKS, frame, ">") for frame in FRAMES),
    "erf": b"".join(ethernet(frame, time=START + number) for number, frame in enumerate(FRAMES)),
}
CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6)


@pytest.mark.parametrize("name", SAMPLES)
@given(changes=CHANGES, left=st.integers(0, 10_000), packed=st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_capture_holds_it_is_read_to_an_end(
    tmp_path: pathlib.Path,
    name: str,
    changes: list[tuple[int, int]],
    left: int,
    packed: bool,  # noqa: FBT001 - drawn
) -> None:
    content = bytearray(SAMPLES[name])
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path / "capture"
    cut = bytes(content[: max(left % (2 * len(content)), 1)])
    path.write_bytes(gzip.compress(cut, 1) if packed else cut)
    reading = Reading([path], block_packets=4)
    found, where = 0, "offset"
    try:
        for block in reading.blocks():
            found += block.packets
            records = block.records[: block.packets]
            assert (records["at"] >= 0).all()
            assert (records["captured"] >= 0).all()
            assert (records["captured"] <= PACKET_LIMIT).all()
            assert (records["at"] + records["captured"] <= len(block.data.octets)).all()
            assert (records["wire"] >= records["captured"]).all()
            assert (records["time"] >= 0).all()
    except Malformed as fault:
        where = fault.where
    assert "offset" in where
    assert reading.packets == found + reading.refused.sum()
