"""The console and all that runs beside it, as one process tree: `citywatch run`."""

import contextlib
import logging
import socket

import uvicorn

from playbooks.document.pdf import find_faces
from playbooks.document.template import load_templates
from playbooks.measure.checking import check_points
from playbooks.outbox.opening import open_channels
from situation.faults import Misconfigured
from soc_api.accounts import ensure_first_account
from soc_api.house import open_house
from soc_api.jobs.catalogue import jobs_of
from soc_api.process.follower import follow
from soc_api.process.labourer import labour
from soc_api.process.responder import respond
from soc_api.process.scanner import scan
from soc_api.process.sender import tend
from soc_api.process.sensor import sense
from soc_api.process.supervision import Worker, beside
from soc_api.process.ticker import tick
from soc_api.terminal import say
from soc_api.web.app import build_app
from soc_api.web.query.data.scanning import Scanning
from soc_api.wiring import City

LOOPBACK = "127.0.0.1"

WORKERS: tuple[Worker, ...] = (follow, tend, tick, labour, respond, scan)
"""What runs beside the console, each as a process of its own."""

_LOG = logging.getLogger("citywatch")


def serve_console(city: City) -> None:
    """Print the address and the first login, then serve until a signal stops it."""
    app = build_app(
        state=city.state,
        events=city.events,
        plan=city.plan,
        papers=load_templates(city.settings.city.documents),
        clock=city.clock,
        settings=city.settings.console,
        house=open_house(city),
        scanning=Scanning(city.settings),
    )
    _look_for_fonts()
    # What a channel, a point or a time lacks is said now, not found out by what waits.
    open_channels(city.settings)
    check_points(city.settings.points)
    jobs_of(city.settings)
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
        workers = (*WORKERS, sense) if city.settings.inputs else WORKERS
        with beside(city.settings, workers):
            server.run(sockets=[listener])


def _look_for_fonts() -> None:
    try:
        find_faces()
    except Misconfigured as fault:
        # All else works without; who asks for a PDF is told the same.
        _LOG.warning("no PDF can be made: %s", fault)


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
