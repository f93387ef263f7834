"""How an interface is captured: what its workers are started with, and those that have begun.

Nothing heavy is imported here either: a command begins its captures before it loads the rest.
"""

import dataclasses
import pathlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sensors.meter.settings import MeterSettings
from sensors.wire.packet_socket import RingSettings, check_capture
from sensors.wire.segment import SEGMENTS
from sensors.wire.start import Start
from sensors.wire.worker_process import WorkerProcess
from situation.clock import Clock
from situation.events.instant import nanoseconds
from situation.faults import Misconfigured
from situation.settings import InputSettings

_GROUPS = 2**16


@dataclass(slots=True)
class Plan:
    """What is captured, and by how many workers; `start` is completed for each of them."""

    name: str
    start: Start
    workers: int = 1
    begun: dict[int, WorkerProcess] = field(default_factory=dict)
    """Workers that capture already, by number; they wait for somebody to listen."""

    def start_of(self, number: int, clock: Clock) -> Start:
        """Return the start of a worker that begins now."""
        return dataclasses.replace(self.start, worker=number, began=nanoseconds(clock.now()))

    def worker(self, number: int, clock: Clock) -> WorkerProcess:
        """Return the worker that captures already, else a new one that begins."""
        process = self.begun.pop(number, None)
        if process is None:
            process = WorkerProcess()
            process.begin(self.start_of(number, clock))
        return process

    def begin(self, idle: Sequence[WorkerProcess], clock: Clock) -> None:
        """Let processes that wait for a start be the first workers."""
        for number, process in enumerate(idle[: self.workers]):
            process.begin(self.start_of(number, clock))
            self.begun[number] = process


def plan_of(
    name: str, settings: InputSettings, *, observer: str, meter: MeterSettings, folder: pathlib.Path
) -> Plan:
    """Return how the input of `name` is captured; `folder` is that of the stores.

    Raises `Misconfigured` where it cannot be captured so.
    """
    where = f"inputs.{name}"
    if not settings.interface:
        raise Misconfigured("interface is needed: which one to capture", where=where)
    ring = RingSettings(
        interface=settings.interface,
        filter=settings.filter,
        ring_mib=settings.ring_mib,
        promiscuous=settings.promiscuous,
        group=secrets.randbelow(_GROUPS) if settings.workers > 1 else None,
    )
    check_capture(ring, where=where)
    start = Start(
        ring=ring,
        observer=observer,
        meter=meter,
        where=where,
        deep=settings.deep,
        segments=str(folder / SEGMENTS / name) if settings.kept_mib else "",
        segments_mib=settings.kept_mib,
    )
    return Plan(name, start, settings.workers)
