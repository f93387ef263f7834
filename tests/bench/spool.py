"""Events a second through the spool: put with a sync every 1,000, and taken again."""

import os
import pathlib
import tempfile
import time

import polars as pl

from sensors.delivery.parcel import OCTETS, ROWS
from sensors.record import Priority, Record
from sensors.spool.layout import written_rows
from sensors.spool.spool import Spool
from situation.clock import SystemClock
from situation.settings import SpoolSettings
from tests.bench.flow_rows import flows

RECORDS = 200
EVENTS = 1000
"""Rows of a record, and events after which it is made durable."""
TRIES = 3

_OF_A_LOG = (
    "@timestamp", "event.id", "event.kind", "event.dataset", "event.action", "observer.name",
    "source.ip", "source.port", "destination.ip", "destination.port", "network.transport",
    "network.type", "network.community_id", "network.direction", "network.bytes",
    "citywatch.source.asset", "citywatch.source.department", "citywatch.source.district",
    "citywatch.source.role",
)  # fmt: skip


def log_rows() -> pl.DataFrame:
    """Return rows as an sshd log gives them, the raw line among their 25 columns."""
    flow = flows(EVENTS, 1)
    said = [
        f"Failed password for user{number % 97} from {address} port {number} ssh2"
        for number, address in enumerate(flow["source.ip"])
    ]
    return flow.select(_OF_A_LOG).with_columns(
        pl.Series("message", said),
        pl.Series("event.original", [f"<38>Mar  1 08:00 web-1 sshd[7]: {text}" for text in said]),
        pl.lit("web-1").alias("host.name"),
        pl.lit("sshd").alias("process.name"),
        pl.lit(7, pl.Int64).alias("process.pid"),
        pl.lit("sshd").alias("citywatch.log.kind"),
    )


def _speeds(frame: pl.DataFrame) -> tuple[float, float, int]:
    """Return events a second put and taken, and octets an event on disk."""
    settings = SpoolSettings(sync_events=EVENTS, sync_milliseconds=10**6)
    with tempfile.TemporaryDirectory() as name:
        spool = Spool(pathlib.Path(name), sensor="bench", clock=SystemClock(), settings=settings)
        began = time.perf_counter()
        for number in range(RECORDS):
            spool.put(Record("log", frame, Priority.LOG, places={"file": str(number)}))
        spool.sync()
        put = time.perf_counter() - began
        octets = spool.state().octets
        began = time.perf_counter()
        while taken := spool.take(ROWS, OCTETS):
            spool.acknowledge(taken[-1].end, {})
        read = time.perf_counter() - began
        spool.close()
    rows = RECORDS * frame.height
    return rows / put, rows / read, octets // rows


def _plain(frame: pl.DataFrame) -> float:
    """Return events a second of a loop that only writes ready octets and syncs."""
    octets = written_rows(frame)
    with tempfile.TemporaryFile(buffering=0) as file:
        began = time.perf_counter()
        for _ in range(RECORDS):
            file.write(octets)
            os.fdatasync(file.fileno())
        return RECORDS * frame.height / (time.perf_counter() - began)


def run() -> None:
    """Print the best of three for log rows and for flow rows, beside what the disk allows."""
    for name, frame in (("log", log_rows()), ("flow", flows(EVENTS, 1))):
        tries = [_speeds(frame) for _ in range(TRIES)]
        plain = max(_plain(frame) for _ in range(TRIES))
        put, read = max(one[0] for one in tries), max(one[1] for one in tries)
        print(
            f"spool: {put:,.0f} {name} rows/s of {frame.width} columns put, fsync every {EVENTS:,} "
            f"(bar: 300,000); {read:,.0f} rows/s taken; {tries[0][2]} octets a row"
        )
        print(
            f"spool: {plain:,.0f} {name} rows/s is what the disk takes of ready octets with the "
            f"same syncs; the spool reaches {put / plain:.0%} of it"
        )


if __name__ == "__main__":
    run()
