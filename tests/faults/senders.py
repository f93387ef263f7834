"""What writes to a sensor while it is at fault: a log file, pushes by HTTP, syslog by TCP."""

import contextlib
import gzip
import pathlib
import random
import socket
import threading
from collections.abc import Iterator, Sequence

import httpx

from situation.clock import SystemClock
from tests.faults.site import KEY

PAUSE_SECONDS = 0.1
_MOST_LINES = 20


def line(words: str) -> str:
    """Return a line of syslog (RFC 5424) of this moment that says `words`."""
    return f"<13>1 {SystemClock().now():%Y-%m-%dT%H:%M:%S.%fZ} host-1 app - - - {words}"


class Sender:
    """Sends numbered lines of its own until it is told to end."""

    name = ""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"{self.name} {seed}")  # noqa: S311 - the same again
        self.sent: list[str] = []
        """Lines that the sensor has to answer for; only grows."""
        self._count = 0

    def run(self, stop: threading.Event) -> None:
        """Send until `stop`; what was begun is brought to its end."""
        while not stop.wait(PAUSE_SECONDS * self.chance.random()):
            self.send(self.some(self.chance.randint(1, _MOST_LINES)), stop)

    def send(self, lines: Sequence[str], stop: threading.Event) -> None:
        """Send some lines."""
        raise NotImplementedError

    def some(self, count: int) -> list[str]:
        """Return the next lines."""
        first = self._count
        self._count += count
        return [line(f"{self.name}-{number:07d}") for number in range(first, self._count)]


class Writer(Sender):
    """Appends to a log file and rotates it; old files are packed, as logrotate does."""

    name = "file"

    def __init__(self, folder: pathlib.Path, seed: int) -> None:
        super().__init__(seed)
        self.folder = folder
        self._rotated: list[pathlib.Path] = []

    def send(self, lines: Sequence[str], stop: threading.Event) -> None:  # noqa: ARG002 - it never waits
        """Append the lines at once, and rotate now and then."""
        current = self.folder / "app.log"
        with current.open("a") as file:
            file.write("".join(f"{one}\n" for one in lines))
        self.sent += lines
        if self.chance.random() < 1 / 20:
            self._rotate(current)

    def _rotate(self, current: pathlib.Path) -> None:
        self._rotated.append(self.folder / f"app.log.{len(self._rotated) + 1}")
        current.rename(self._rotated[-1])
        if len(self._rotated) > 1:
            _pack(self._rotated[-2])


class Pusher(Sender):
    """Pushes bodies by HTTP, each with its own key, again and again until it is answered."""

    name = "push"

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(seed)
        self._url = f"http://127.0.0.1:{port}/logs/push"
        self.refused = 0
        """Answers that told to come again later."""

    def send(self, lines: Sequence[str], stop: threading.Event) -> None:
        """Push until the lines are acknowledged; after `stop` a sensor that is away ends it."""
        body, key = "\n".join(lines), f"{self.name}-{self._count}"
        while not self._is_taken(body, key):
            if stop.wait(PAUSE_SECONDS):
                return
        self.sent += lines

    def _is_taken(self, body: str, key: str) -> bool:
        headers = {"authorization": f"ApiKey {KEY}", "idempotency-key": key}
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=30)
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            self.refused += 1
            return False
        answer.raise_for_status()
        return True


class Caller(Sender):
    """Sends by TCP, without knowing which lines a killed sensor had not taken yet."""

    name = "tcp"

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(seed)
        self._port = port
        self._connection: socket.socket | None = None
        self.sent_well = 0
        """Lines that the other side's kernel took, at least."""

    def run(self, stop: threading.Event) -> None:
        """Send until `stop`, then hang up."""
        super().run(stop)
        if self._connection is not None:
            self._connection.close()

    def send(self, lines: Sequence[str], stop: threading.Event) -> None:  # noqa: ARG002 - lines may be lost
        """Send once; call again where the other side hung up."""
        self.sent += lines
        try:
            if self._connection is None:
                self._connection = socket.create_connection(("127.0.0.1", self._port), 5)
            self._connection.sendall("".join(f"{one}\n" for one in lines).encode())
            self.sent_well += len(lines)
        except OSError:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


@contextlib.contextmanager
def sending(senders: Sequence[Sender]) -> Iterator[None]:
    """Let senders run beside; at the end each finishes what it began."""
    stop = threading.Event()
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in senders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _pack(path: pathlib.Path) -> None:
    packed = path.with_name(f".{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    packed.rename(path.with_name(f"{path.name}.gz"))
    path.unlink()
