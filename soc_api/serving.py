"""Console, follower, duties and sensor as one process tree: `citywatch run` after its summary."""

import contextlib
import logging
import multiprocessing
import multiprocessing.synchronize
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import uvicorn

from playbooks.document.pdf import find_faces
from playbooks.document.template import load_templates
from playbooks.outbox.opening import open_channels
from playbooks.outbox.worker import turn
from sensors.input.stopping import Stop
from situation.faults import Conflict, Fault, Misconfigured, Unavailable
from situation.settings import Settings
from soc_api.accounts import ensure_first_account
from soc_api.duties import attend
from soc_api.replay import judge
from soc_api.sensing.process import LAST_SECONDS, run_sensor
from soc_api.terminal import say, tell_log
from soc_api.web.app import build_app
from soc_api.wiring import City, open_city

LOOPBACK = "127.0.0.1"
FOLLOW_SECONDS = 2.0
"""Pause between two looks at what came in."""

STOP_SECONDS = LAST_SECONDS + 3.0
"""How long sensor and follower may take to end; what they leave undone the next ones do again."""

RESTART_SECONDS = 5.0
"""Pause before a follower that died is started again."""

MENDING_SECONDS = 60.0
"""Pause before another try where somebody has to mend something first."""

_log = logging.getLogger("citywatch")


Worker = Callable[[Settings, Stop], None]


def serve_console(city: City) -> None:
    """Print the address and the first login, then serve until a signal stops it."""
    app = build_app(
        state=city.state,
        events=city.events,
        plan=city.plan,
        papers=load_templates(city.settings.city.documents),
        clock=city.clock,
        settings=city.settings.console,
    )
    _look_for_fonts()
    # What a channel lacks is said now, not found out by messages that wait.
    open_channels(city.settings)
    with contextlib.closing(_listen(city.settings.console.port)) as listener:
        login = ensure_first_account(city.state, city.clock)
        say()
        say(f"Console   http://{LOOPBACK}:{listener.getsockname()[1]}/")
        if login is not None:
            say(f"Login     {login[0]}   password {login[1]}   (shown this once)")
        say("Stop      Ctrl-C")
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        )
        workers = (follow, tend, sense) if city.settings.inputs else (follow, tend)
        with _beside(city.settings, workers):
            server.run(sockets=[listener])


def _look_for_fonts() -> None:
    try:
        find_faces()
    except Misconfigured as fault:
        # All else works without; who asks for a PDF is told the same.
        _log.warning("no PDF can be made: %s", fault)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise Misconfigured(
            f"port {port} is taken ({error.strerror}); give another with --port",
            where="console.port",
        ) from error
    return listener


@contextlib.contextmanager
def _beside(settings: Settings, workers: Sequence[Worker]) -> Iterator[None]:
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
        _log.info("stopping: what was accepted is made durable")
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
            _log.warning("%s ended with %s and is started again", worker.__name__, process.exitcode)


class Voice:
    """Says a fault once while it lasts, and once that it is over."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._said = ""

    def ill(self, fault: Fault) -> None:
        """Say a fault unless it was the last thing said."""
        if str(fault) != self._said:
            _log.warning("%s waits: %s", self._name, fault)
        self._said = str(fault)

    def well(self) -> None:
        """Say that work goes on, if a fault was said before."""
        if self._said:
            _log.warning("%s goes on", self._name)
        self._said = ""


def sense(settings: Settings, stop: Stop) -> None:
    """Read the inputs of the settings until `stop`, or until who started it is gone."""

    def read(wanted: Stop, voice: Voice) -> None:
        run_sensor(settings, wanted, lambda _status: voice.well())

    _insist(read, stop, Voice("the sensor"))


def _insist(work: Callable[[Stop, Voice], None], stop: Stop, voice: Voice) -> None:
    """Do the work until `stop`; what only a person can mend is said once and waited for."""
    # Ctrl-C reaches the whole group of processes; the console's process says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell_log()
    wanted = _WhileWanted(stop)
    while not wanted.is_set():
        try:
            work(wanted, voice)
        except (Unavailable, Conflict, Misconfigured) as fault:
            voice.ill(fault)
            _pause(wanted)


def _pause(wanted: Stop) -> None:
    for _ in range(round(MENDING_SECONDS / FOLLOW_SECONDS)):
        if wanted.wait(FOLLOW_SECONDS):
            return


class _WhileWanted:
    """An end that was asked for, or that came because nobody is there any more."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def wait(self, timeout: float | None = None) -> bool:
        """Return True as soon as the end is near, False after `timeout` seconds."""
        return self._stop.wait(timeout) or not _is_wanted()

    def is_set(self) -> bool:
        """Return whether the end is near."""
        return self._stop.is_set() or not _is_wanted()


def follow(settings: Settings, stop: Stop) -> None:
    """Judge whatever comes into the stores until `stop`; a store that is away is waited for.

    It ends with the process that started it, too, even one that was killed.
    """

    def judge_all(wanted: Stop, voice: Voice) -> None:
        with open_city(settings) as city:
            while not wanted.wait(FOLLOW_SECONDS):
                try:
                    judge(city, drill_id=None)
                    voice.well()
                except (Unavailable, Conflict) as fault:
                    voice.ill(fault)

    _insist(judge_all, stop, Voice("following"))


def tend(settings: Settings, stop: Stop) -> None:
    """Mark what ran out and send what is due until `stop`, or until who started it is gone."""

    def attend_all(wanted: Stop, voice: Voice) -> None:
        with open_city(settings) as city, turn(settings.store.folder) as owner:
            voice.well()
            attend(settings, city, wanted, owner=owner, voice=Voice)

    _insist(attend_all, stop, Voice("sending and reminding"))


def _is_wanted() -> bool:
    parent = multiprocessing.parent_process()
    return parent is None or parent.is_alive()
