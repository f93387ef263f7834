"""Slices hold exactly the packets of the flows that were asked for."""

import pathlib

import polars as pl
import pytest

from sensors.slicing import MOST_PACKETS, WANTED_SCHEMA, slice_packets
from tests.sensors.building import START, at, meter, pcap, tcp, udp, written

OTHER = ("192.0.2.9", "192.0.2.10")


def _wanted(flows: pl.DataFrame, name: str = "one") -> pl.DataFrame:
    return flows.with_columns(
        pl.lit(name).alias("slice"),
        pl.col("event.start").alias("since"),
        pl.col("event.end").alias("until"),
    ).select(*WANTED_SCHEMA)


@pytest.fixture
def capture(tmp_path: pathlib.Path) -> pathlib.Path:
    packets = [
        (START, tcp("S")),
        (START + 1, udp(source=OTHER[0], destination=OTHER[1])),
        (at(0.5), tcp("SA", back=True)),
        (at(1), tcp("A")),
        (at(2), udp(source=OTHER[1], destination=OTHER[0], ports=(9_000, 40_000))),
    ]
    return written(tmp_path, pcap(packets))


def test_a_slice_of_one_flow_is_a_capture_of_that_flow(
    capture: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    flows = meter(capture).flows
    for transport, packets in (("tcp", 3), ("udp", 2)):
        chosen = flows.filter(pl.col("network.transport") == transport)
        ((count, content),) = slice_packets([capture], _wanted(chosen)).values()
        again = meter(written(tmp_path, content, f"{transport}.pcap")).flows
        assert count == packets
        columns = ("event.start", "event.end", "source.bytes", "destination.bytes", "source.ip")
        assert again.select(columns).equals(chosen.select(columns))


def test_a_packet_may_stand_in_two_slices_and_in_each_but_once(capture: pathlib.Path) -> None:
    flows = meter(capture).flows.filter(pl.col("network.transport") == "tcp")
    both = pl.concat([_wanted(flows, "a"), _wanted(flows, "b"), _wanted(flows, "b")])
    found = slice_packets([capture], both)
    assert found["a"] == found["b"]
    assert found["a"][0] == 3


def test_packets_outside_of_the_time_are_left_out(capture: pathlib.Path) -> None:
    flows = meter(capture).flows.filter(pl.col("network.transport") == "tcp")
    first = _wanted(flows).with_columns(until=pl.col("since"))
    assert slice_packets([capture], first)["one"][0] == 1


def test_a_slice_is_bounded(tmp_path: pathlib.Path) -> None:
    many = written(tmp_path, pcap([(START + n, udp()) for n in range(MOST_PACKETS + 50)]))
    assert slice_packets([many], _wanted(meter(many).flows))["one"][0] == MOST_PACKETS


def test_nothing_wanted_is_nothing_found(capture: pathlib.Path) -> None:
    assert slice_packets([capture], pl.DataFrame(schema=WANTED_SCHEMA)) == {}
