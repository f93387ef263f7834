"""DNS over TCP: messages that several segments hold, and what becomes of what is missing."""

import itertools
import pathlib
import struct

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, TCP
from scapy.packet import Raw

from tests.sensors.building import CLIENT, Result, ether
from tests.sensors.dns.test_message import RESOLVER, metered

MESSAGES = [bytes(DNS(id=n, qd=DNSQR(qname=f"h{n}.example.com"))) for n in range(4)]
STREAM = b"".join(struct.pack(">H", len(message)) + message for message in MESSAGES)
NAMES = [f"h{n}.example.com" for n in range(4)]


def segment(begin: int, end: int, *, port: int = 40_000, flags: str = "PA") -> bytes:
    """Return a segment of the stream, whose sequence numbers run over."""
    head = TCP(sport=port, dport=53, flags=flags, seq=(0xFFFFFFF8 + begin) % (1 << 32))
    return ether(IP(src=CLIENT, dst=RESOLVER) / head / Raw(STREAM[begin:end]))


def names(result: Result) -> list[str]:
    return result.dns["dns.question.name"].to_list()


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, len(STREAM) - 1), max_size=6, unique=True))
def test_however_a_stream_is_cut_its_messages_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    frames = [segment(*span) for span in itertools.pairwise(places)]
    result = metered(tmp_path_factory.mktemp("stream"), *frames)
    assert names(result) == NAMES
    assert result.counters.dns_refused == {}


def test_a_length_alone_in_a_segment_waits_for_its_message(tmp_path: pathlib.Path) -> None:
    result = metered(tmp_path, segment(0, 2), segment(2, len(STREAM)))
    assert names(result) == NAMES
    times = result.dns["@timestamp"].dt.timestamp("ns")
    assert times.n_unique() == 1


def test_what_is_sent_again_is_read_once(tmp_path: pathlib.Path) -> None:
    size = len(MESSAGES[0]) + 2
    frames = [segment(0, size), segment(0, size), segment(0, len(STREAM))]
    assert names(metered(tmp_path, *frames)) == NAMES


def test_behind_a_gap_reading_begins_anew(tmp_path: pathlib.Path) -> None:
    size = len(MESSAGES[0]) + 2
    result = metered(
        tmp_path, segment(0, 50 if size > 50 else size - 1), segment(size, len(STREAM))
    )
    assert names(result)[-3:] == NAMES[1:]


def test_the_question_of_a_message_that_never_ends_is_told(tmp_path: pathlib.Path) -> None:
    whole = struct.pack(">H", 2000) + MESSAGES[2]
    head = TCP(sport=40_000, dport=53, flags="PA", seq=1)
    first = ether(IP(src=CLIENT, dst=RESOLVER) / head / Raw(whole))
    result = metered(tmp_path, first)
    assert names(result) == ["h2.example.com"]
    assert result.flow["dns.question.name"] == "h2.example.com"


def test_streams_do_not_mix(tmp_path: pathlib.Path) -> None:
    half = len(STREAM) // 2
    spans = [(0, half), (half, len(STREAM))]
    frames = [segment(*span, port=port) for span in spans for port in (40_000, 40_001)]
    result = metered(tmp_path, *frames)
    by_port = result.dns.group_by("source.port").agg("dns.question.name").sort("source.port")
    assert by_port["dns.question.name"].to_list() == [NAMES, NAMES]


def test_what_is_no_message_is_refused_at_once(tmp_path: pathlib.Path) -> None:
    head = TCP(sport=40_000, dport=53, flags="PA", seq=1)
    frame = ether(IP(src=CLIENT, dst=RESOLVER) / head / Raw(b"\x40\0id\x7f\xff" + b"z" * 20))
    assert metered(tmp_path, frame).counters.dns_refused == {"opcode": 1}


def test_ids_of_messages_of_one_stream_differ(tmp_path: pathlib.Path) -> None:
    result = metered(tmp_path, segment(0, 60), segment(60, 100), segment(100, len(STREAM)))
    assert result.dns.select(pl.col("event.id").n_unique()).item() == len(result.dns)
