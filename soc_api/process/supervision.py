"""Supervision: a process for each worker is kept alive beside a block, and ends with it."""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from sensors.input.stopping import Stop
from situation.settings import Settings
from soc_api.process.ending import Ending, new_ending

STOP_SECONDS = 8.0
"""How long all of them may take to end; what they leave undone the next ones do again."""

RESTART_SECONDS = 5.0
"""Pause before a process that died is started again."""

_LOG = logging.getLogger("citywatch")

Worker = Callable[[Settings, Stop], None]
"""A function of a module of its own, so that its process imports that module and no other."""


@contextlib.contextmanager
def beside(settings: Settings, workers: Sequence[Worker]) -> Iterator[None]:
    """Keep a process for each worker alive beside the block; they end with it.

    They end with this process, too, even with one that is killed.
    """
    stop, end = new_ending()
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
        end.close()
        last = time.monotonic() + STOP_SECONDS
        for supervisor in supervisors:
            supervisor.join(max(0.0, last - time.monotonic()))


def _supervise(worker: Worker, settings: Settings, stop: Ending) -> None:
    # What is started here inherits it: Ctrl-C reaches the whole group, also who still imports.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    processes = multiprocessing.get_context("spawn")
    while not stop.is_set():
        process = processes.Process(target=_live, args=(worker, settings, stop), daemon=True)
        process.start()
        process.join()
        if not stop.wait(RESTART_SECONDS):
            _LOG.warning("%s ended with %s and is started again", worker.__name__, process.exitcode)


def _live(worker: Worker, settings: Settings, stop: Stop) -> None:
    worker(settings, stop)
    # All is closed and durable; taking a large interpreter apart takes seconds on a busy machine.
    logging.shutdown()
    os._exit(0)
