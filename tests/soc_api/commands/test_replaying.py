"""What `flows` and `replay` take for captures."""

import gzip
import json
import pathlib
import signal
import subprocess
import time

import polars as pl
import pytest

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
    assert f"1 files ({folder / 'README'})" in done.err
    starts = pl.read_parquet(out).sort("event.id")
    assert starts["source.ip"].to_list() == CLIENTS
    assert "1 files_overlapping" in done.err


@pytest.mark.parametrize("events", [False, True])
def test_workers_give_the_rows_of_one(tmp_path: pathlib.Path, events: bool) -> None:  # noqa: FBT001 - a parameter
    packets = [(at(n), udp(source=CLIENTS[n % 5], ports=(4000 + n % 7, 53))) for n in range(300)]
    file = written(tmp_path, pcap(packets))
    counts = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.parquet"
        beside = ["--events", tmp_path / f"{workers}.jsonl"] if events else []
        done = citywatch("flows", file, "--out", out, "--workers", str(workers), *beside)
        assert done.code == 0, done.err
        ends = ["source.ip", "source.port", "source.packets", "source.bytes", "event.start"]
        counts.append(pl.read_parquet(out).select(ends).sort(ends))
    assert counts[0].equals(counts[1])
    assert counts[0]["source.packets"].sum() == 300


def test_flows_and_records_do_not_go_to_one_file(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, captured(0, CLIENTS[0]))
    out = tmp_path / "both.jsonl"
    refused = citywatch("flows", file, "--out", out, "--events", out)
    assert (refused.code, out.exists()) == (2, False)
    assert "only one of both can go there" in refused.err


def test_who_is_told_to_end_leaves_no_half_written_file(tmp_path: pathlib.Path) -> None:
    process = subprocess.Popen(
        [CITYWATCH, "flows", "-", "--out", tmp_path / "out.jsonl"], stdin=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(captured(0, CLIENTS[0]))
        process.stdin.flush()
        while not list(tmp_path.iterdir()) and process.poll() is None:
            time.sleep(0.01)
        process.terminate()
    assert process.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


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
