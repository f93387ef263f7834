"""How long the command line takes to start, and the whole way with its peak memory."""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
RUNS = 5


def run() -> None:
    """Time `--help`, then the default scenario end to end from a warm environment."""
    print(f"citywatch --help: {min(_seconds(['--help']) for _ in range(RUNS)):.2f} s (bar 0.5)")
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as folder:
        first = _seconds(["run", "--no-serve", "--data", folder])
        again = _seconds(["run", "--no-serve", "--data", folder])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    print(f"make run ARGS=--no-serve: {first:.1f} s (bar 30), again {again:.1f} s")
    print(f"peak memory of the largest process: {peak:.2f} GiB (bar 1.5)")


def _seconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([CITYWATCH, *arguments], check=True, capture_output=True)
    return time.perf_counter() - began
