"""Real servers on this machine that take what the outbox sends: HTTP and mail."""

import contextlib
import email
import email.policy
import http.server
import pathlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.elasticsearch.certificate import Authority, authority

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Got:
    """A request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers; `is_cut`: nothing, the connection ends after the body was read."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    is_cut: bool = False
    drip_seconds: float = 0.0
    """Pause between the octets of the answer."""


Answerer = Callable[[Got], Reply]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Receiver:
    """An HTTP server that keeps what it got and answers as `answer` says."""

    def __init__(self, answer: Answerer, context: ssl.SSLContext | None = None) -> None:
        self.got: list[Got] = []
        self.answer = answer
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._scheme = "https" if context else "http"
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """The port on the loopback address."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """URL of the server, by address for http and by name for https."""
        host = "127.0.0.1" if self._scheme == "http" else "localhost"
        return f"{self._scheme}://{host}:{self.port}"

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: Receiver) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            headers = {key.lower(): value for key, value in self.headers.items()}
            got = Got(self.command, self.path, headers, self.rfile.read(length))
            if len(got.body) < length:
                # Whoever sent it died in the middle; a receiver takes whole requests only.
                return
            reply = receiver.answer(got)
            receiver.got.append(got)
            with contextlib.suppress(OSError):
                self._reply(reply)

        do_GET = do_POST  # noqa: N815 - the base class finds it by this name

        def _reply(self, reply: Reply) -> None:
            if reply.is_cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            head = "".join(f"{key}: {value}\r\n" for key, value in reply.headers.items())
            length = len(reply.body)
            said = f"HTTP/1.1 {reply.status} x\r\n{head}Content-Length: {length}\r\n\r\n".encode()
            if not reply.drip_seconds:
                self.wfile.write(said + reply.body)
                return
            for octet in said:
                self.wfile.write(bytes((octet,)))
                time.sleep(reply.drip_seconds)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextlib.contextmanager
def receiving(
    answer: Answerer = lambda _: Reply(), context: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """Yield a server that listens."""
    receiver = Receiver(answer, context)
    try:
        yield receiver
    finally:
        receiver.close()


@dataclass(slots=True)
class Mailbox:
    """What the mail server got, by recipient; `refuse` gives its answer to a recipient."""

    refuse: Callable[[str], str] = lambda _: ""
    pause_seconds: float = 0.0
    got: list[tuple[str, EmailMessage]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the server finds it by this name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient or not."""
        said = self.refuse(address)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        if self.pause_seconds:
            await _pause(server, self.pause_seconds)
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        self.got += [(recipient, parsed) for recipient in envelope.rcpt_tos]
        return "250 OK"


async def _pause(server: SMTP, seconds: float) -> None:
    ended = server.loop.create_future()
    server.loop.call_later(seconds, ended.set_result, None)
    await ended


def _authenticate(
    _server: object, _session: object, _envelope: object, _mechanism: object, data: object
) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and data.password == b"synthetic-password"
    return AuthResult(success=is_known, handled=False)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextlib.contextmanager
def mailing(
    mailbox: Mailbox, context: ssl.SSLContext | None = None, *, wants_login: bool = False
) -> Iterator[Mailbox]:
    """Yield the mailbox of a mail server that listens; with a context it demands STARTTLS."""
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=_free_port(),
        tls_context=context,
        require_starttls=context is not None,
        auth_required=wants_login,
        authenticator=_authenticate,
        auth_require_tls=True,
    )
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop(no_assert=True)


@dataclass(frozen=True, slots=True)
class Tls:
    """An authority's file and a server context with a certificate that it signed."""

    ca_file: pathlib.Path
    context: ssl.SSLContext


def tls(folder: pathlib.Path, *names: str, signer: Authority | None = None) -> Tls:
    """Return TLS for a server under these names, by an authority of our own."""
    signs = signer or authority("tests")
    signed = signs.sign(*names)
    (folder / "ca.pem").write_text(signs.pem)
    (folder / "server.pem").write_text(signed.pem + signed.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return Tls(folder / "ca.pem", context)


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition; fail where it never comes to hold."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)
