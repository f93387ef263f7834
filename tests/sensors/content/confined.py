"""Reads one file in a confined process of its own, as the scan does; run as a program.

It prints what came of it as JSON: kinds of pieces with their number, reasons, MiB at the peak.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import BinaryIO

from sensors.content.confinement import allow, confine
from sensors.content.limits import Limits
from sensors.content.reading import read
from situation.content.piece import Unreadable

ROOT = pathlib.Path(__file__).parents[3]
LIMITS = Limits(memory_mib=512, seconds=20, file_mib=256, archive_mib=256, ocr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of reading a file."""

    pieces: dict[str, int]
    reasons: list[str]
    peak_mib: int
    seconds: float
    """Of processor time, without the start of the program."""


def read_confined(path: pathlib.Path) -> Outcome:
    """Read a file in a process of its own; it works in the folder of the file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sensors.content.confined", str(path)],
        check=True,
        capture_output=True,
        cwd=path.parent,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(path.parent), "PATH": "/usr/bin:/bin"},
        timeout=120,
    )
    return Outcome(**json.loads(done.stdout))


def main() -> None:
    """Read the file that the command line names."""
    path = pathlib.Path(sys.argv[1])
    with path.open("rb") as stream:
        confine(LIMITS)
        allow(LIMITS.seconds + LIMITS.file_mib)
        print(json.dumps(asdict(_outcome(path, stream))))  # noqa: T201 - a program


def _outcome(path: pathlib.Path, stream: BinaryIO) -> Outcome:
    began = time.process_time()
    pieces: collections.Counter[str] = collections.Counter()
    reasons: list[str] = []
    for piece in read(stream, path.name, LIMITS):
        pieces[type(piece).__name__] += 1
        if isinstance(piece, Unreadable):
            reasons.append(piece.reason)
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    seconds = time.process_time() - began
    return Outcome(dict(pieces), reasons, int(peak[1]) // 1024 if peak else 0, seconds)


if __name__ == "__main__":
    main()
