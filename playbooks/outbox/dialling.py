"""Dialling: a name is resolved once, what it gave is checked, and only that is connected to."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

from playbooks.outbox.destination import Policy, checked

CONNECT_SECONDS = 5.0
"""Longest wait for one address to answer."""


def dial(host: str, port: int, policy: Policy, seconds: float) -> socket.socket:
    """Return a connection to the first address that answers; each wait on it is of `seconds`.

    Raise `Malformed` for an address that is forbidden, `OSError` where nobody answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = checked(list(dict.fromkeys(str(one[4][0]) for one in found)), port, policy)
    last: OSError = ConnectionRefusedError("no address")
    for address in addresses:
        try:
            connection = socket.create_connection((str(address), port), CONNECT_SECONDS)
        except OSError as error:
            last = error
            continue
        connection.settimeout(seconds)
        return connection
    raise last


def secured(
    connection: socket.socket, host: str, context: ssl.SSLContext, seconds: float
) -> ssl.SSLSocket:
    """Return the connection under TLS; the certificate must be of `host`, whatever was dialled."""
    wrapped = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    try:
        with cut_after(lambda: wrapped, seconds):
            wrapped.do_handshake()
    except OSError:
        wrapped.close()
        raise
    return wrapped


@contextlib.contextmanager
def cut_after(current: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Cut the connection that is open then if what is done with it lasts longer than `seconds`.

    A server that sends an octet now and then would else hold a worker past its lease.
    """
    timer = threading.Timer(seconds, _cut, (current,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(current: Callable[[], socket.socket | None]) -> None:
    connection = current()
    if connection is None:
        return
    with contextlib.suppress(OSError):
        # That of the plain socket: an SSL socket would throw away what another thread reads with.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
