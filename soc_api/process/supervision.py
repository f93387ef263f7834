"""Supervision: a process for each worker is kept alive beside a block, and ends with it."""

import contextlib
import logging
import multiprocessing
import multiprocessing.synchronize
import threading
from collections.abc import Callable, Iterator, Sequence

from sensors.input.stopping import Stop
from situation.settings import Settings

STOP_SECONDS = 8.0
"""How long the processes may take to end; what they leave undone the next ones do again."""

RESTART_SECONDS = 5.0
"""Pause before a process that died is started again."""

_LOG = logging.getLogger("citywatch")

Worker = Callable[[Settings, Stop], None]
"""A function of a module of its own, so that its process imports that module and no other."""


@contextlib.contextmanager
def beside(settings: Settings, workers: Sequence[Worker]) -> Iterator[None]:
    """Keep a process for each worker alive beside the block; they end with it."""
    processes = multiprocessing.get_context("spawn")
    stop = processes.Event()
    supervisors = [
        threading.Thread(target=_supervise, args=(worker, settings, stop), daemon=True)
        for worker in workers
    ]
    for supervisor in supervisors:
        supervisor.start()
    try:
        yield
    finally:
        _LOG.info("stopping: what was accepted is made durable")
        stop.set()
        for supervisor in supervisors:
            supervisor.join(timeout=STOP_SECONDS)


def _supervise(worker: Worker, settings: Settings, stop: multiprocessing.synchronize.Event) -> None:
    processes = multiprocessing.get_context("spawn")
    while not stop.is_set():
        process = processes.Process(target=worker, args=(settings, stop), daemon=True)
        process.start()
        process.join()
        if not stop.wait(RESTART_SECONDS):
            _LOG.warning("%s ended with %s and is started again", worker.__name__, process.exitcode)
