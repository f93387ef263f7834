"""A gate before a real server: open it relays, shut nobody listens and all connections are cut."""

import contextlib
import socket
import threading
import urllib.parse
from collections.abc import Iterator

_OCTETS = 64 * 1024


class Gate:
    """Relays the port `url` to a server, or refuses whoever comes."""

    def __init__(self, target: str) -> None:
        parts = urllib.parse.urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 0))
        self._address = ("127.0.0.1", 0)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """URL of the store behind the gate."""
        return f"http://127.0.0.1:{self._address[1]}"

    def open(self) -> None:
        """Let connections through."""
        listener = socket.create_server(self._address)
        self._address, self._listener = listener.getsockname(), listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        """Cut all connections and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            _hang_up(listener)
        with self._lock:
            for one in self._open:
                _hang_up(one)
            self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                with self._lock:
                    self._open |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_relay, args=(source, sink), daemon=True).start()


@contextlib.contextmanager
def gate(target: str) -> Iterator[Gate]:
    """Yield a gate that is open at first."""
    made = Gate(target)
    made.open()
    try:
        yield made
    finally:
        made.shut()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := source.recv(_OCTETS):
            sink.sendall(octets)
    _hang_up(sink)


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
