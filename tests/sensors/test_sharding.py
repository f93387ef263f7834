"""One capture metered by parts gives the rows of the whole, wherever it is split."""

import os
import pathlib
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import polars as pl
import pytest

from sensors.meter.counters import Counters
from sensors.metering import Metered
from sensors.sharding import Sharding, all_told, summed
from sensors.span import Reach, Span, spans
from situation.faults import Malformed, Unavailable
from tests.sensors.building import SECOND, START, meter, pcap, tcp, udp, written
from tests.sensors.frame.test_merging import assert_same

FRAMES = [udp(), udp(40, ports=(40_001, 53)), tcp("S"), tcp("SA", back=True), tcp("PA", length=300)]
TIMED = [(START + number * SECOND // 9, FRAMES[number % 5]) for number in range(400)]


def sharded(path: pathlib.Path, workers: int) -> tuple[Metered, Counters]:
    """Meter by parts, in threads: processes are for speed and for the command's test."""
    sharding = Sharding(path, workers=workers, observer="test")
    with ThreadPoolExecutor(1) as executor:
        batches = list(sharding.batches(executor=executor))
    kinds = zip(*((one.flows, one.dns, one.events) for one in batches), strict=True)
    flows, dns, events = map(pl.concat, kinds)
    return Metered(flows=flows, dns=dns, events=events, name=batches[0].name), sharding.counters


@pytest.mark.parametrize("workers", [2, 3])
def test_parts_give_the_rows_and_the_counters_of_the_whole(
    tmp_path: pathlib.Path, workers: int
) -> None:
    path = written(tmp_path, pcap(TIMED))
    whole = meter(path)
    rows, counters = sharded(path, workers)
    assert_same(rows.flows, whole.flows)
    assert counters.reconciles()
    assert (counters.packets, counters.bytes, counters.flows) == (
        whole.counters.packets,
        whole.counters.bytes,
        whole.counters.flows,
    )
    assert len(rows.dns) == len(whole.dns)
    ids = set(rows.flows["citywatch.flow.id"])
    assert set(rows.dns["citywatch.flow.id"]) <= ids
    assert set(rows.events["citywatch.flow.id"]) <= ids


def test_a_process_that_is_killed_is_a_fault_and_no_result() -> None:
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes,
        pytest.raises(Unavailable, match="Try fewer"),
    ):
        all_told(processes.map(os._exit, [1]))


def test_a_span_ends_with_a_record_or_goes_on_to_the_end(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, pcap(TIMED))
    size = path.stat().st_size
    right = spans(path, 2)
    packets = []
    for span in (*right, Span(path, 24, right[1].begin + 1)):
        reach = Reach(span, block_packets=64)
        packets.append((sum(block.packets for block in reach.blocks()), reach.is_exact))
    assert packets[0][1]
    assert not packets[1][1]
    assert packets[0][0] + packets[1][0] == len(TIMED)
    assert packets[2] == (len(TIMED), False)
    assert [right[0].begin, right[-1].end] == [24, size]


def test_a_record_that_lies_in_a_payload_splits_nothing_wrongly(tmp_path: pathlib.Path) -> None:
    inner = pcap((time, udp(1)) for time, _ in TIMED)[24:]
    decoys = [(START + n, udp(1)[:42] + inner[:2900]) for n in range(60)]
    path = written(tmp_path, pcap(decoys))
    rows, counters = sharded(path, 2)
    assert counters.packets == 60
    assert rows.flows["network.packets"].sum() == 60


def test_a_capture_that_is_cut_counts_the_cut_record(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, pcap(TIMED)[:-5])
    _, counters = sharded(path, 2)
    assert counters.refused == {"truncated_record": 1}
    assert counters.reconciles()


def test_what_is_no_classic_pcap_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed):
        Sharding(written(tmp_path, b"\x0a\x0d\x0d\x0a" + b"\0" * 60), workers=2, observer="test")


def test_counters_of_parts_add_up() -> None:
    one = Counters(packets=2, refused={"not_ip": 1}, first_packet=7, last_packet=9)
    other = Counters(packets=3, refused={"not_ip": 2, "bad": 1}, first_packet=5, last_packet=8)
    total = summed([one, other, Counters()])
    assert (total.packets, total.refused) == (5, {"not_ip": 3, "bad": 1})
    assert (total.first_packet, total.last_packet) == (5, 9)
