"""What stands around tshark, tried with programs that want more than they should."""

import os
import pathlib
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from sensors.microscope import sandbox
from sensors.microscope.limits import Limits
from sensors.microscope.sandbox import ENVIRONMENT, sandboxed
from tests.testdata import missing

KINDS = ("bubblewrap", "namespace", "limits")
NEEDS = {"bubblewrap": "bwrap", "namespace": "unshare", "limits": "prlimit"}


@pytest.fixture(params=KINDS)
def walls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each kind of walls, as if the system had no thicker ones."""
    kind = str(request.param)
    if shutil.which(NEEDS[kind]) is None:
        missing(NEEDS[kind])
    there = sandbox.WALLS[KINDS.index(kind) :]
    monkeypatch.setattr(sandbox, "WALLS", there)
    sandbox.thickest.cache_clear()
    if sandbox.thickest()[0] != kind:
        missing(f"this kernel lets nobody put up {kind}")
    yield kind
    sandbox.thickest.cache_clear()


def run(*program: str, limits: Limits | None = None) -> subprocess.CompletedProcess[str]:
    command = sandboxed(program, limits or Limits()).command
    return subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_walls_are_named(walls: str) -> None:
    assert sandboxed(["true"], Limits()).walls == walls
    assert run("echo", "hello").stdout == "hello\n"


def test_memory_files_and_descriptors_are_limited(walls: str) -> None:
    shown = run(
        "sh", "-c", "ulimit -v; ulimit -t; ulimit -n; ulimit -c", limits=Limits(memory_mib=512)
    )
    assert walls
    assert shown.stdout.split() == [str(512 * 1024), "60", "64", "0"]
    large = run(
        "sh",
        "-c",
        "cd /tmp && head -c 5000000 /dev/zero > large; echo $?; wc -c < large; rm -f large",
    )
    assert large.stdout.split()[-1] == str(1024 * 1024)


@pytest.mark.parametrize("walls", ["bubblewrap", "namespace"], indirect=True)
def test_no_port_of_this_machine_is_reached(walls: str) -> None:
    assert walls
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        tried = run("bash", "-c", f"echo > /dev/tcp/127.0.0.1/{port}")
    assert tried.returncode != 0
    assert "onnect" in tried.stderr or "nreachable" in tried.stderr


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
def test_bubblewrap_shows_no_file_of_anybody(walls: str, tmp_path: pathlib.Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    assert sandboxed(["true"], Limits()).walls == walls
    assert run("cat", str(secret)).returncode != 0
    assert run("cat", "/etc/passwd").returncode != 0
    assert run("sh", "-c", "echo > /usr/mine").returncode != 0
    assert run("id", "-u").stdout == "65534\n"
    assert run("sh", "-c", "ls /proc | wc -l").stdout == "0\n"


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
def test_whoever_is_killed_takes_the_sandbox_along(walls: str, tmp_path: pathlib.Path) -> None:
    assert walls
    reader, writer = os.pipe()
    command = sandboxed(["sh", "-c", "echo there; sleep 1000"], Limits()).command
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=writer, cwd=tmp_path)
    os.close(writer)
    assert os.read(reader, 100) == b"there\n"
    process.kill()
    process.wait(timeout=60)
    # The pipe ends when the last process that holds it has ended.
    assert os.read(reader, 100) == b""
    os.close(reader)
