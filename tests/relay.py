"""A relay in front of a real server, whose connections are all cut at once when a test says so."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Relay:
    """Passes octets on between its port and another one."""

    to: int
    port: int
    listening: socket.socket
    _open: list[socket.socket] = field(default_factory=list)

    def cut(self) -> None:
        """End every connection; nobody listens any more."""
        for one in (self.listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def serve(self) -> None:
        """Take connections until they are cut."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


@contextlib.contextmanager
def relay(to: int) -> Iterator[Relay]:
    """Relay to a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    made = Relay(to, int(listening.getsockname()[1]), listening)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.cut()
        thread.join(30)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
