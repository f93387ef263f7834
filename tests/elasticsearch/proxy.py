"""A proxy that forwards to a real server and spoils some of its answers to bulk requests."""

import contextlib
import http.client
import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Spoil = Callable[[bytes], bytes | None]
"""Makes another answer of one; None closes the connection without an answer."""


def cut(_: bytes) -> None:
    """Close the connection after the server did its work."""


def shortened(answer: bytes) -> bytes:
    """Leave out the last item."""
    whole = json.loads(answer)
    return json.dumps({"items": whole["items"][:-1]}).encode()


def truncated(answer: bytes) -> bytes:
    """End in the middle."""
    return answer[: len(answer) // 2]


def failed(answer: bytes) -> bytes:
    """Say of each document that the server broke on it."""
    items = json.loads(answer)["items"]
    error = {"type": "null_pointer_exception", "reason": "synthetic"}
    return json.dumps(
        {"items": [{"create": {"status": 500, "error": error}} for _ in items]}
    ).encode()


def kept_aside(answer: bytes) -> bytes:
    """Say of each document that it went to the failure store."""
    items = json.loads(answer)["items"]
    return json.dumps(
        {"items": [{"create": {"status": 201, "failure_store": "used"}} for _ in items]}
    ).encode()


@dataclass(slots=True)
class Proxy:
    """Where it listens, what it does to the next bulk answers, and how many it has passed on."""

    url: str
    spoils: list[Spoil] = field(default_factory=list)
    always: Spoil | None = None
    bulks: int = 0

    def next_spoil(self) -> Spoil | None:
        """Return what to do to this answer."""
        self.bulks += 1
        return self.spoils.pop(0) if self.spoils else self.always


@contextlib.contextmanager
def proxy(
    target: str, spoils: Sequence[Spoil] = (), always: Spoil | None = None
) -> Iterator[Proxy]:
    """Forward to `target`; spoil the first bulk answers one by one, then each by `always`."""
    made = Proxy("", list(spoils), always)
    address = urllib.parse.urlsplit(target)

    class Forwarding(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _forward(self, str(address.hostname), int(address.port or 0), made)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 - names of the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Forwarding)
    listening.daemon_threads = True
    made.url = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def _forward(asked: BaseHTTPRequestHandler, host: str, port: int, made: Proxy) -> None:
    body = asked.rfile.read(int(asked.headers.get("content-length", 0)))
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "host"}
    with contextlib.closing(http.client.HTTPConnection(host, port)) as connection:
        connection.request(asked.command, asked.path, body, headers)
        answer = connection.getresponse()
        content: bytes | None = answer.read()
    spoil = made.next_spoil() if "_bulk" in asked.path else None
    if spoil is not None and content is not None:
        content = spoil(content)
    if content is None:
        asked.close_connection = True
        asked.connection.shutdown(socket.SHUT_RDWR)
        return
    asked.send_response_only(answer.status)
    for name, value in answer.getheaders():
        if name.lower() not in {"content-length", "transfer-encoding"}:
            asked.send_header(name, value)
    asked.send_header("content-length", str(len(content)))
    asked.end_headers()
    asked.wfile.write(content)
