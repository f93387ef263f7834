"""What `flows` and `replay` take for captures."""

import gzip
import json
import pathlib
import subprocess

import polars as pl

from tests.sensors.building import at, pcap, udp, written
from tests.soc_api.test_cli import CITYWATCH, citywatch

CLIENTS = [f"10.1.0.{number}" for number in range(1, 6)]


def captured(second: float, client: str) -> bytes:
    return pcap([(at(second), udp(source=client))])


def test_folders_and_packed_files_are_read_in_the_order_of_their_packets(
    tmp_path: pathlib.Path,
) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    written(folder, captured(20, CLIENTS[2]), "a.pcap")
    long = pcap((at(second), udp(source=CLIENTS[3])) for second in (21, 25))
    written(folder, long, "c.pcap")
    written(folder, captured(22, CLIENTS[4]), "d.pcap")
    written(folder, gzip.compress(captured(0, CLIENTS[0])), "b.pcap.gz")
    written(folder, b"what this is", "README")
    single = written(tmp_path, captured(10, CLIENTS[1]), "single.pcap")
    out = tmp_path / "flows.parquet"
    done = citywatch("flows", single, folder, "--out", out)
    assert done.code == 0
    assert "1 files of the folders are no captures" in done.err
    starts = pl.read_parquet(out).sort("event.id")
    assert starts["source.ip"].to_list() == CLIENTS
    assert "'files_overlapping': 1" in done.err


def test_flows_are_read_from_standard_input() -> None:
    done = subprocess.run(
        [CITYWATCH, "flows", "-", "--out", "-"],
        input=gzip.compress(captured(0, CLIENTS[0]), mtime=0),
        capture_output=True,
        check=True,
        timeout=300,
    )
    assert [json.loads(line)["source.ip"] for line in done.stdout.splitlines()] == CLIENTS[:1]


def test_a_pipe_is_not_replayed_since_its_packets_are_looked_for_again(
    tmp_path: pathlib.Path,
) -> None:
    refused = citywatch("replay", "-", "--data", tmp_path)
    assert refused.code == 2
    assert "save it first" in refused.err
