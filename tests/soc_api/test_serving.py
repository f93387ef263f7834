"""`citywatch run` serves on the loopback address alone, follows, and ends on a signal."""

import contextlib
import http.client
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
START_SECONDS = 120


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    port: int
    login: str


@pytest.fixture
def running(tmp_path: pathlib.Path) -> Iterator[Running]:
    process = subprocess.Popen(
        [CITYWATCH, "run", "--data", tmp_path, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    shown = ""
    for line in process.stdout:
        shown += line
        if line.startswith("Stop"):
            break
    address = re.search(r"Console +http://127\.0\.0\.1:(\d+)/", shown)
    login = re.search(r"^Login +(\S+) +password (\S+)", shown, re.MULTILINE)
    assert address, shown
    assert login, shown
    yield Running(process, int(address[1]), login[1])
    if process.poll() is None:
        process.kill()
    process.wait(30)
    process.stdout.close()


def _health(port: int) -> int:
    for _ in range(START_SECONDS):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            with contextlib.closing(connection):
                connection.request("GET", "/health")
                return connection.getresponse().status
        except ConnectionError:
            time.sleep(1)
    return 0


def test_the_console_answers_on_loopback_alone_and_ends_on_a_signal(running: Running) -> None:
    assert running.login == "operator"
    assert _health(running.port) == http.client.OK
    with pytest.raises(OSError, match=r"refused|unreachable|Cannot assign"):
        socket.create_connection(("127.0.0.2", running.port), timeout=5).close()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) in {0, 130}


def test_the_follower_ends_with_a_console_that_was_killed(running: Running) -> None:
    assert _health(running.port) == http.client.OK
    followers = _children(running.process.pid)
    assert followers
    running.process.kill()
    running.process.wait(30)
    for _ in range(START_SECONDS):
        if not any(pathlib.Path("/proc", str(pid)).exists() for pid in followers):
            break
        time.sleep(1)
    assert not [pid for pid in followers if pathlib.Path("/proc", str(pid)).exists()]


def _children(pid: int) -> list[int]:
    for _ in range(START_SECONDS):
        listed = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
        found = [int(child) for path in listed for child in path.read_text().split()]
        if len(found) > 1:
            return found
        time.sleep(1)
    return []


def test_a_port_that_is_taken_is_refused_in_one_sentence(
    running: Running, tmp_path: pathlib.Path
) -> None:
    refused = subprocess.run(
        [CITYWATCH, "run", "--data", tmp_path, "--port", str(running.port)],
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert refused.returncode == 2
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_channel_that_lacks_something_is_told_at_the_start(tmp_path: pathlib.Path) -> None:
    settings = tmp_path / "citywatch.toml"
    settings.write_text('[channels.wecom]\ntype = "wecom"\n', encoding="utf-8")
    refused = subprocess.run(
        [CITYWATCH, "run", "--config", settings, "--data", tmp_path / "data", "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert refused.returncode == 2
    assert "channels.wecom.token_file: is needed" in refused.stderr
    assert "Console" not in refused.stdout
