"""A confined process can read what it was given, and nothing else."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import textwrap

import pytest

from tests.sensors.content.confined import ROOT

_BEGINNING = """
import json, os, socket, sys, tempfile
from sensors.content.confinement import allow, confine
from sensors.content.limits import Limits
given = open(sys.argv[1], "rb")
confinement = confine(Limits(memory_mib=256, ocr=False))
"""


def confined(folder: pathlib.Path, program: str) -> subprocess.CompletedProcess[str]:
    (folder / "given.txt").write_bytes(b"given")
    return subprocess.run(
        [sys.executable, "-c", _BEGINNING + textwrap.dedent(program), str(folder / "given.txt")],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        timeout=60,
    )


def test_an_open_descriptor_and_paths_can_be_read(tmp_path: pathlib.Path) -> None:
    done = confined(tmp_path, "print(given.read(), open(sys.argv[1]).read())")
    assert done.stdout == "b'given' given\n"


@pytest.mark.parametrize(
    "attempt",
    [
        'open("made.txt", "w")',
        'open(sys.argv[1], "ab")',
        'os.mkdir("made")',
        "os.unlink(sys.argv[1])",
        'os.symlink("/etc/hostname", "made")',
        "os.rename(sys.argv[1], 'made')",
        "tempfile.mkstemp()",
        'os.execv("/bin/true", ["true"])',
    ],
)
def test_nothing_can_be_written_or_run(tmp_path: pathlib.Path, attempt: str) -> None:
    done = confined(
        tmp_path,
        f"""
        assert confinement.writing
        try:
            {attempt}
        except OSError:
            print("refused")
        """,
    )
    assert done.stdout == "refused\n"
    assert [path.name for path in tmp_path.iterdir()] == ["given.txt"]


def test_no_server_can_be_reached(tmp_path: pathlib.Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = confined(
            tmp_path,
            f"""
            assert confinement.network != "open"
            try:
                socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=9)
            except OSError:
                print("refused")
            """,
        )
    assert done.stdout == "refused\n"


def test_memory_has_an_end(tmp_path: pathlib.Path) -> None:
    done = confined(
        tmp_path,
        """
        try:
            bytearray(300 << 20)
        except MemoryError:
            print("refused", len(bytearray(100 << 20)))
        """,
    )
    assert done.stdout == f"refused {100 << 20}\n"


def test_who_takes_more_time_than_allowed_is_killed(tmp_path: pathlib.Path) -> None:
    done = confined(
        tmp_path,
        """
        allow(0)
        while True:
            pass
        """,
    )
    assert done.returncode == -signal.SIGXCPU


def test_time_can_be_allowed_again(tmp_path: pathlib.Path) -> None:
    done = confined(
        tmp_path,
        """
        import resource, time
        limits = []
        for _ in range(2):
            allow(1)
            limits.append(resource.getrlimit(resource.RLIMIT_CPU)[0])
            end = time.process_time() + 1
            while time.process_time() < end:
                pass
        print(json.dumps(limits))
        """,
    )
    first, second = json.loads(done.stdout)
    assert second > first


def test_the_readers_start_no_thread_before_the_process_is_confined(tmp_path: pathlib.Path) -> None:
    """A process with a second thread cannot leave the network without being root."""
    program = "import sensors.content.reading; print(len(os.listdir('/proc/self/task')))"
    assert confined(tmp_path, program).stdout == "1\n"
