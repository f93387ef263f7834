"""A sensor of its own process, as an operator runs it, with all that belongs to it in a folder."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from elastic_transport import TransportError
from elasticsearch import Elasticsearch

from situation.clock import SystemClock
from situation.events.store import EventStore
from situation.faults import Unavailable
from situation.sensor_status import SensorStatus
from situation.settings import read_settings
from situation.state.store import open_state_store
from soc_api.sensing.reporting import sensor_statuses
from soc_api.wiring import open_events
from tests.faults.sums import reconciles

SECONDS = 120.0
"""How long anything is waited for on a busy machine."""
NAME = "gate"
KEY = "synthetic-key-of-a-sender"

_COMMAND = str(pathlib.Path(sys.executable).with_name("citywatch"))
_LOOK_SECONDS = 0.05
_MIB_KIB = 1024

Table = Mapping[str, object]


@dataclass(slots=True)
class Site:
    """Settings and folder of one sensor; `events` is the store's URL, empty for Parquet.

    `spool` are settings of the spool, `prefix` is that of the indices.
    """

    folder: pathlib.Path
    inputs: Mapping[str, Table]
    events: str = ""
    spool: Table = field(default_factory=dict)
    prefix: str = "citywatch"
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> pathlib.Path:
        """The settings file."""
        return self.folder / "citywatch.toml"

    @property
    def data(self) -> pathlib.Path:
        """Folder of the installation."""
        return self.folder / "data"

    @property
    def spool_folder(self) -> pathlib.Path:
        """Folder of the sensor's spool."""
        return self.data / "spool" / NAME

    def start(self) -> None:
        """Start the sensor on whatever is there, without waiting for it."""
        self._write_settings()
        with (self.folder / "sensor.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_COMMAND, "run", "sensor", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the sensor as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> SensorStatus:
        """Ask the sensor to end; return its last report, whose sums must be exact."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(SECONDS) == 0, self.said()
        report = self.report()
        assert report is not None
        reconciles(report, at_rest=True)
        return report

    def await_ready(self, port: int) -> None:
        """Wait until the sensor listens on the port of one of its inputs."""
        until(lambda: self._is_alive() and _is_open(port), self.said)

    def report(self) -> SensorStatus | None:
        """Return what the sensor reported last to the desk; its sums must reconcile."""
        found: list[SensorStatus] = []
        with contextlib.suppress(Unavailable), contextlib.ExitStack() as opened:
            state = open_state_store(read_settings(self.config).state_url)
            opened.callback(state.close)
            session = opened.enter_context(state.transaction())
            found = sensor_statuses(session, SystemClock().now())
        for one in found:
            reconciles(one)
        return found[0] if found else None

    def said(self) -> str:
        """Return the end of what the process printed."""
        return (self.folder / "sensor.log").read_text(errors="replace")[-3000:]

    @contextlib.contextmanager
    def store(self) -> Iterator[EventStore]:
        """Open the store of the site beside the sensor, with all that it took in sight."""
        store = open_events(read_settings(self.config))
        if self.events:
            with Elasticsearch(self.events) as client, contextlib.suppress(TransportError):
                client.indices.refresh(index=f"{self.prefix}-*")
        try:
            yield store
        finally:
            store.close()

    def _is_alive(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()
        return True

    def command(self, *arguments: str) -> str:
        """Run another command on the same settings and return what it says."""
        return subprocess.run(
            [_COMMAND, *arguments, "--config", str(self.config)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def _write_settings(self) -> None:
        (self.folder / "key").write_text(KEY)
        store = {
            "folder": str(self.data),
            "events": self.events,
            "index_prefix": self.prefix,
        }
        tables: dict[str, Table] = {"store": store, "sensor": {"observer": NAME}}
        tables["spool"] = self.spool
        tables |= {f"inputs.{name}": table for name, table in self.inputs.items()}
        lines = [
            line
            for name, table in tables.items()
            for line in (f"[{name}]", *(f"{key} = {json.dumps(table[key])}" for key in table))
        ]
        self.config.write_text("\n".join(lines), encoding="utf-8")


def reported(own: Site, holds: Callable[[SensorStatus], bool]) -> SensorStatus:
    """Wait for a report that holds, and return it."""
    found: list[SensorStatus] = []

    def is_there() -> bool:
        report = own.report()
        found[:] = [report] if report is not None and holds(report) else []
        return bool(found)

    until(is_there, own.said)
    return found[0]


def spool_status(own: Site) -> dict[str, object]:
    """Return what `citywatch spool status` says of the spool's health."""
    told = own.command("spool", "status", "--json")
    assert own.command("spool", "status").startswith(NAME)
    return dict(json.loads(told)[0]["health"])


def resident_mib(own: Site) -> float:
    """Return the greatest memory that the process has held so far."""
    assert own.process is not None
    status = pathlib.Path(f"/proc/{own.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / _MIB_KIB


@contextlib.contextmanager
def site(
    folder: pathlib.Path,
    inputs: Mapping[str, Table],
    *,
    events: str = "",
    spool: Table | None = None,
    prefix: str = "citywatch",
) -> Iterator[Site]:
    """Yield a site whose sensor does not run yet; nothing of it runs afterwards."""
    made = Site(folder, inputs, events, spool or {}, prefix)
    try:
        yield made
    finally:
        made.kill()


def files(folder: pathlib.Path) -> Table:
    """Return the input that follows all files of a folder."""
    return {"type": "file", "kind": "syslog", "paths": [f"{folder}/*"]}


def push(folder: pathlib.Path, port: int) -> Table:
    """Return the input that takes pushes; its key lies in the site's folder."""
    return {"type": "http", "kind": "syslog", "port": port, "api_key_file": f"{folder}/key"}


def syslog(port: int, transport: str = "tcp") -> Table:
    """Return the input that takes syslog."""
    return {"type": "syslog", "transport": transport, "port": port}


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on at present."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def until(holds: Callable[[], bool], said: Callable[[], str] = lambda: "") -> None:
    """Wait for a condition; fail with what was said where it never comes to hold."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, f"it never came to hold: {said()}"
        time.sleep(_LOOK_SECONDS)


def soak(short: int, long: int) -> int:
    """Return how much is done: `long` by `make soak`, else `short`."""
    return long if os.environ.get("CITYWATCH_SOAK") == "1" else short


def _is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
