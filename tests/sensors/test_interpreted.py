"""The same functions without compilation: Python's own bounds checks find what hides in loops."""

import os
import pathlib
import subprocess
import sys

from tests.testdata import ROOT

HERE = pathlib.Path(__file__).parent
FILES = (
    "test_octets.py",
    "capture/test_pcap.py",
    "capture/test_pcapng.py",
    "dns/test_answer.py",
    "dns/test_message.py",
    "dns/test_port.py",
    "dns/test_stream.py",
    "frame/test_community.py",
    "decode/test_packet.py",
    "decode/test_fragment.py",
    "decode/test_checksum.py",
    "decode/tunnel/test_unwrapping.py",
    "meter/test_connection.py",
    "meter/test_kernel.py",
    "netflow/flow/test_endpoint.py",
    "netflow/test_hostile.py",
)
SLOW = "not many and not grows and not machine_code"
"""Left out: what needs thousands of packets, and what is about the machine code."""


def test_the_meter_passes_its_tests_without_compilation() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", SLOW]
        + [str(HERE / name) for name in FILES],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:]
    assert " passed" in run.stdout
