"""`citywatch run sensor --interface`: a process as an operator starts and stops it."""

import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import polars as pl
import pytest

from tests.sensors.building import udp
from tests.sensors.wire.cables import FAR, cable, send, varied
from tests.testdata import ROOT

pytestmark = pytest.mark.usefixtures("wired")

PACKETS = 500


@pytest.fixture
def wired() -> Iterator[None]:
    with cable():
        yield


def started(folder: pathlib.Path, interface: str) -> subprocess.Popen[bytes]:
    command = "from soc_api.cli import main; main()"
    options = ["--interface", interface, "--data", str(folder), "--filter", "udp"]
    return subprocess.Popen(
        [sys.executable, "-c", command, "run", "sensor", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )


def test_what_came_before_a_sensor_was_told_to_stop_is_in_the_store(tmp_path: pathlib.Path) -> None:
    process = started(tmp_path, FAR)
    assert process.stderr is not None
    with process, process.stderr as told:
        for line in told:
            if b"worker 0 captures" in line:
                break
        sent = send(varied(udp(), PACKETS))
        process.send_signal(signal.SIGTERM)
        assert told.read().endswith(b"what was accepted is durable\n")
    assert process.returncode == 0
    flows = pl.read_parquet(tmp_path / "events" / "flow" / "*" / "*.parquet")
    assert flows["network.packets"].sum() == sent == PACKETS


def test_an_interface_that_is_missing_ends_a_sensor_at_once(tmp_path: pathlib.Path) -> None:
    process = started(tmp_path, "eth77")
    _, told = process.communicate()
    assert process.returncode == 2
    assert "inputs.eth77: there is no interface 'eth77'; there are: " in told.decode()
