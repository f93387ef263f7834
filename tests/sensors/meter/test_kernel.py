"""How packets become flows: direction, timeouts, teardown, interim records, eviction."""

import pathlib

import polars as pl
import pytest

from sensors.meter.settings import MeterSettings
from tests.sensors.building import CLIENT, SERVER, Result, Timed, at, meter, pcap, tcp, udp, written

QUICK = MeterSettings(active_seconds=10.0)


def metered(folder: pathlib.Path, *packets: Timed, settings: MeterSettings = QUICK) -> Result:
    return meter(written(folder, pcap(packets)), settings)


def reasons(result: Result) -> list[str]:
    return result.flows.sort("event.start")["citywatch.flow.end_reason"].to_list()


def test_the_first_packet_tells_the_source(tmp_path: pathlib.Path) -> None:
    back = udp(source=SERVER, destination=CLIENT, ports=(9_000, 40_000))
    flow = metered(tmp_path, (at(0), back), (at(1), udp()), (at(2), udp())).flow
    assert (flow["source.ip"], flow["source.packets"], flow["destination.packets"]) == (
        SERVER,
        1,
        2,
    )


@pytest.mark.parametrize(
    "frames",
    [
        [tcp("S"), tcp("SA", back=True), tcp("A")],
        [tcp("SA", back=True), tcp("A"), tcp("A")],
        [tcp("A", back=True), tcp("S"), tcp("A")],
        [tcp("SA", back=True), tcp("S"), tcp("A")],
    ],
    ids=["SYN", "SYN-ACK first", "SYN after data", "SYN-ACK before SYN"],
)
def test_who_opens_a_tcp_connection_is_its_source(
    tmp_path: pathlib.Path, frames: list[bytes]
) -> None:
    result = metered(tmp_path, *((at(number), frame) for number, frame in enumerate(frames)))
    assert (result.flow["source.ip"], result.flow["source.packets"]) == (CLIENT, 2)


def test_flags_are_counted_by_direction(tmp_path: pathlib.Path) -> None:
    frames = [tcp("S"), tcp("SA", back=True), tcp("PA", length=9), tcp("FPUEC", back=True)]
    flow = metered(tmp_path, *((at(number), frame) for number, frame in enumerate(frames))).flow
    forward, backward = (
        {
            flag: flow[f"citywatch.flow.{way}.flags.{flag}"]
            for flag in ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")
        }
        for way in ("forward", "backward")
    )
    assert forward == {
        "fin": 0,
        "syn": 1,
        "rst": 0,
        "psh": 1,
        "ack": 1,
        "urg": 0,
        "ece": 0,
        "cwr": 0,
    }
    assert backward == {
        "fin": 1,
        "syn": 1,
        "rst": 0,
        "psh": 1,
        "ack": 1,
        "urg": 1,
        "ece": 1,
        "cwr": 1,
    }


def test_statistics_of_sizes_and_gaps_are_exact(tmp_path: pathlib.Path) -> None:
    back = udp(100, source=SERVER, destination=CLIENT, ports=(9_000, 40_000))
    flow = metered(
        tmp_path, (at(0), udp(10)), (at(1), back), (at(3), udp(20)), (at(3.5), udp(30))
    ).flow
    sizes = [len(udp(10)), len(back), len(udp(20)), len(udp(30))]
    prefix = "citywatch.flow"
    assert flow[f"{prefix}.both.size.min"] == min(sizes)
    assert flow[f"{prefix}.both.size.max"] == max(sizes)
    assert flow[f"{prefix}.both.size.sum"] == sum(sizes)
    assert flow[f"{prefix}.both.size.sum_squares"] == sum(size * size for size in sizes)
    assert flow[f"{prefix}.both.iat.min"] == 500_000_000
    assert flow[f"{prefix}.both.iat.max"] == 2_000_000_000
    assert flow[f"{prefix}.forward.iat.sum"] == 3_500_000_000
    assert flow[f"{prefix}.forward.iat.sum_squares"] == 3e9**2 + 0.5e9**2
    assert flow[f"{prefix}.backward.iat.min"] is None
    assert flow[f"{prefix}.backward.size.max"] == len(back)
    assert (flow[f"{prefix}.forward.ttl.min"], flow[f"{prefix}.forward.ttl.max"]) == (64, 64)


@pytest.mark.parametrize(("gap", "flows"), [(60, 1), (60.000000001, 2)])
def test_a_udp_flow_that_is_quiet_for_60_seconds_is_over(
    tmp_path: pathlib.Path, gap: float, flows: int
) -> None:
    settings = MeterSettings()
    result = metered(tmp_path, (at(0), udp()), (at(gap), udp()), settings=settings)
    assert result.counters.flows == flows
    assert reasons(result) == ["idle", "end"][-flows:]


def test_a_tcp_flow_may_be_quiet_for_300_seconds(tmp_path: pathlib.Path) -> None:
    settings = MeterSettings(active_seconds=10_000.0)
    frames = [(at(0), tcp("A")), (at(300), tcp("A")), (at(601), tcp("A"))]
    result = metered(tmp_path, *frames, settings=settings)
    assert result.flows.sort("event.start")["network.packets"].to_list() == [2, 1]


def test_a_flow_is_ended_by_the_time_of_other_packets(tmp_path: pathlib.Path) -> None:
    other = udp(ports=(1, 2))
    packets = [(at(0), udp()), *((at(second), other) for second in range(1, 70, 10))]
    result = metered(tmp_path, *packets, settings=MeterSettings())
    assert reasons(result) == ["idle", "end"]


def teardown() -> list[bytes]:
    return [
        tcp("S", sequence=100),
        tcp("SA", back=True),
        tcp("FA", sequence=101),
        tcp("FA", back=True),
        tcp("A", sequence=102),
    ]


def test_after_both_fins_stragglers_belong_to_the_flow_for_5_seconds(
    tmp_path: pathlib.Path,
) -> None:
    frames = [*teardown(), tcp("R", back=True)]
    result = metered(tmp_path, *((at(number), frame) for number, frame in enumerate(frames)))
    assert reasons(result) == ["fin"]
    assert result.flow["network.packets"] == 6


def test_one_fin_does_not_close(tmp_path: pathlib.Path) -> None:
    packets = [(at(0), tcp("FA")), (at(7), tcp("A", back=True))]
    assert reasons(metered(tmp_path, *packets)) == ["end"]


def test_what_comes_5_seconds_after_the_teardown_is_a_new_flow(tmp_path: pathlib.Path) -> None:
    packets = [(at(0), frame) for frame in teardown()]
    result = metered(tmp_path, *packets, (at(5.1), tcp("A")))
    assert reasons(result) == ["fin", "end"]


def test_a_reset_closes_at_once(tmp_path: pathlib.Path) -> None:
    packets = [(at(0), tcp("S")), (at(1), tcp("RA", back=True)), (at(7), tcp("S"))]
    assert reasons(metered(tmp_path, *packets)) == ["rst", "end"]


def test_a_new_syn_on_closed_ports_opens_a_new_flow(tmp_path: pathlib.Path) -> None:
    packets = [(at(0), frame) for frame in teardown()]
    result = metered(tmp_path, *packets, (at(1), tcp("S", sequence=999)))
    assert reasons(result) == ["fin", "end"]
    assert result.flows["network.packets"].to_list() == [5, 1]


def test_a_repeated_syn_on_closed_ports_opens_none(tmp_path: pathlib.Path) -> None:
    packets = [(at(0), tcp("S", sequence=5)), (at(1), tcp("RA", back=True))]
    result = metered(tmp_path, *packets, (at(2), tcp("S", sequence=5)))
    assert result.flow["network.packets"] == 3


def test_a_long_flow_is_cut_into_interim_records_that_add_up(tmp_path: pathlib.Path) -> None:
    packets = [(at(second * 0.9), udp(second)) for second in range(40)]
    cut = metered(tmp_path, *packets)
    whole = metered(tmp_path, *packets, settings=MeterSettings())
    assert cut.counters.flows == 1
    rows = cut.flows.sort("event.start")
    assert rows["citywatch.flow.final"].to_list() == [False, False, False, True]
    assert reasons(cut) == ["active", "active", "active", "end"]
    assert rows["citywatch.flow.id"].n_unique() == 1
    merged = merge(rows)
    same = [name for name in merged.columns if not name.endswith("sum_squares")]
    assert merged.select(same).equals(whole.flows.select(same))
    assert merged["citywatch.flow.both.iat.sum_squares"].item() == pytest.approx(
        whole.flow["citywatch.flow.both.iat.sum_squares"]
    )


def merge(rows: pl.DataFrame) -> pl.DataFrame:
    """Merge the records of one flow as any reader may."""
    sums = [
        name
        for name in rows.columns
        if name.endswith((".packets", ".bytes", ".sum", ".sum_squares", "_bytes"))
        or ".flags." in name
    ]
    return rows.select(
        pl.col("event.start").min(),
        pl.col("event.end").max(),
        *(pl.col(name).sum() for name in sums),
        *(pl.col(name).min() for name in rows.columns if name.endswith(".min")),
        *(pl.col(name).max() for name in rows.columns if name.endswith(".max")),
    )


def test_a_full_table_evicts_the_flow_that_was_quiet_longest(tmp_path: pathlib.Path) -> None:
    settings = MeterSettings(max_flows=3)
    packets = [(at(number), udp(ports=(1000 + number, 9))) for number in range(3)]
    packets += [(at(3), udp(ports=(1000, 9))), (at(4), udp(ports=(1003, 9)))]
    result = metered(tmp_path, *packets, settings=settings)
    assert result.counters.noted == {"flows_evicted": 1}
    evicted = result.flows.filter(pl.col("citywatch.flow.end_reason") == "evicted")
    assert evicted["source.port"].to_list() == [1001]


def test_the_table_grows_with_the_flows_that_live(tmp_path: pathlib.Path) -> None:
    frame = bytearray(udp())
    packets = []
    for number in range(30_000):
        frame[26:30] = (0x0A000000 + number).to_bytes(4)
        packets.append((at(number / 1000), bytes(frame)))
    result = metered(tmp_path, *packets, *packets[-30_000:], settings=MeterSettings())
    assert result.counters.flows == 30_000
    assert result.flows["network.packets"].to_list() == [2] * 30_000


def test_small_batches_hold_the_same_rows(tmp_path: pathlib.Path) -> None:
    packets = [(at(n / 10), udp(ports=(1000 + n % 37, 53), length=20)) for n in range(500)]
    large = metered(tmp_path, *packets, settings=MeterSettings(active_seconds=5.0))
    small = metered(tmp_path, *packets, settings=MeterSettings(active_seconds=5.0, batch_rows=7))
    assert len(small.names) > 10
    columns = [
        name for name in large.flows.columns if name not in ("event.id", "citywatch.flow.id")
    ]
    order = ["event.start", "source.port"]
    assert large.flows.select(columns).sort(order).equals(small.flows.select(columns).sort(order))
