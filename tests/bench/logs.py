"""Lines of logs a second of one core: octets in memory to columns, and to complete events.

Measured in a process of its own with POLARS_MAX_THREADS=1, in seconds of the processor, so that
one core is what it says and the other programs of the machine do not count.
"""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable

from sensors.log.catalogue import kind_named
from sensors.log.completion import Completion, Origin
from sensors.log.kind import SourceRules
from sensors.log.line import LineReader
from tests.testdata import ROOT

LINES = 200_000
BLOCK_OCTETS = 4 * 1024 * 1024
ROUNDS = 3
RECEIVED = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def _day(number: int) -> int:
    return number % 20 + 1


def rfc3164(number: int) -> str:
    """Return one line as a host sends it: a quarter is logins, the rest other programs."""
    head = f"<{number % 190}>Nov {_day(number):2d} 15:{number // 60 % 60:02d}:{number % 60:02d}"
    host, pid = f"host{number % 50}", number % 30_000
    if number % 4 == 0:
        told = f"Failed password for invalid user web{number % 90} from 203.0.113.{number % 250}"
        return f"{head} {host} sshd[{pid}]: {told} port {number % 60_000} ssh2"
    return (
        f"{head} {host} app{number % 9}[{pid}]: request {number} took {number % 977} ms, cache hit"
    )


def rfc5424(number: int) -> str:
    """Return one line with structured data."""
    clock = f"15:{number // 60 % 60:02d}:{number % 60:02d}.{number % 1_000_000:06d}"
    data = f'[origin@32473 ip="10.0.{number % 250}.7" seq="{number}"][meta@32473 zone="east"]'
    head = f"<{number % 190}>1 2026-11-{_day(number):02d}T{clock}+08:00 host{number % 50}"
    return f"{head} app{number % 9} {number % 30_000} ID{number % 40} {data} request {number} done"


def nginx(number: int) -> str:
    """Return one line of nginx's combined format."""
    clock = f"{_day(number):02d}/Nov/2026:13:{number // 60 % 60:02d}:{number % 60:02d} +0800"
    agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{number % 90}.0 Safari"
    asked = f"GET /service/{number}/page?id={number % 7} HTTP/1.1"
    status = (200, 200, 304, 404)[number % 4]
    return (
        f'10.0.{number % 250}.{number % 199} - - [{clock}] "{asked}" {status} {number} '
        f'"https://portal.example.test/list" "{agent}"'
    )


MEASURED: tuple[tuple[str, str, Callable[[int], str], int], ...] = (
    ("syslog RFC 3164", "syslog", rfc3164, 400_000),
    ("syslog RFC 5424", "syslog", rfc5424, 150_000),
    ("nginx combined", "nginx-access", nginx, 250_000),
)
"""Name, kind, one line by its number, and the bar in lines a second."""


def _seconds(content: bytes, kind: str, *, complete: bool) -> float:
    parser = kind_named(kind).parser(SourceRules())
    completion = Completion(Origin("bench", kind, "bench", file="bench.log"))
    reader = LineReader()
    began = time.process_time()
    for at in range(0, len(content), BLOCK_OCTETS):
        lines = reader.feed(content[at : at + BLOCK_OCTETS])
        parsed = parser.parse(lines.text, RECEIVED)
        if complete:
            completion.complete(parsed, lines, RECEIVED)
    return time.process_time() - began


def measure() -> None:
    """Print the rates of this process."""
    for name, kind, line, bar in MEASURED:
        content = "".join(f"{line(number)}\n" for number in range(LINES)).encode()
        parsed, completed = (
            LINES / min(_seconds(content, kind, complete=complete) for _ in range(ROUNDS))
            for complete in (False, True)
        )
        met = "met" if parsed >= bar else "MISSED"
        print(
            f"{name}: {parsed:,.0f} lines/s of one core parsed, {completed:,.0f} complete "
            f"(bar {bar:,}: {met})"
        )


def run() -> None:
    """Measure in a process with one thread."""
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-m", "tests.bench.logs"], check=True, env=environment, cwd=ROOT
    )


if __name__ == "__main__":
    measure()
