"""A handshake as it is heard: the messages of both sides come in, their sense is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.protocol.cursor import Cursor
from sensors.protocol.secure.hello import ClientHello, ServerHello, client_hello, server_hello
from sensors.protocol.secure.vocabulary import alert_name, version_of

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE = 1, 2, 11, 12
"""Handshake messages that are read (RFC 8446, 4; RFC 5246, 7.4)."""

_FATAL, _CLOSE_NOTIFY = 2, 0
_ALERT_OCTETS = 2
_NAMED_CURVE, _CURVE_OCTETS = 3, 3
_MOST_CERTIFICATES = 10
_MOST_ALERTS = 4
_LONGEST_ALERT = 24
_SIDES = 2


@dataclass(slots=True)
class Handshake:
    """What both sides of one conversation said in clear.

    Who is the client is told by the hello messages, not by who opened the connection.
    """

    carrier: str
    """As JA4 names it: t TCP, d DTLS, q QUIC."""
    begun: int | None = None
    """Time of its first message."""
    client: ClientHello | None = None
    server: ServerHello | None = None
    certificates: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """Chains (DER) by who sent them: client or server."""
    curve: int | None = None
    """Of a key exchange before TLS 1.3."""
    changed: list[str] = field(default_factory=list)
    """Who went on under keys, in order; before TLS 1.3."""
    alerts: list[str] = field(default_factory=list)
    established: bool = False
    """Whether both sides were heard to go on under their keys."""
    is_over: bool = False
    """Whether nothing more is to be heard in clear."""
    initiator_is_client: bool = True

    @property
    def is_heard(self) -> bool:
        """Whether there is anything to tell."""
        return self.client is not None or self.server is not None

    @property
    def is_modern(self) -> bool:
        """Whether the server chose TLS 1.3 or its like, which hides all that follows."""
        return self.server is not None and version_of(self.server.chosen_version)[1] == "1.3"

    def who(self, *, from_client: bool) -> str:
        """Return client or server for what the initiator, or the other side, sent."""
        return "client" if from_client is self.initiator_is_client else "server"

    def take(self, kind: int, body: bytes, *, from_client: bool, time: int) -> None:
        """Take a handshake message; one that says nothing is passed over.

        Raises `Malformed` where the message is none.
        """
        if kind == CLIENT_HELLO:
            self.offer(client_hello(body), from_client=from_client, time=time)
        elif kind == SERVER_HELLO:
            self.choose(server_hello(body), from_client=from_client, time=time)
        elif kind == CERTIFICATE:
            who = self.who(from_client=from_client)
            self.certificates.setdefault(who, tuple(_certificates(body)))
        elif kind == SERVER_KEY_EXCHANGE and len(body) > _CURVE_OCTETS and body[0] == _NAMED_CURVE:
            self.curve = int.from_bytes(body[1:3])

    def offer(self, hello: ClientHello, *, from_client: bool, time: int) -> None:
        """Take a client's hello; of several the first one tells what the client is like."""
        self.begun = time if self.begun is None else self.begun
        self.initiator_is_client = from_client
        self.client = self.client or hello

    def choose(self, hello: ServerHello, *, from_client: bool, time: int) -> None:
        """Take a server's hello; one that asks for another client's hello gives way to the next."""
        self.begun = time if self.begun is None else self.begun
        self.initiator_is_client = not from_client
        if self.server is None or self.server.is_retry:
            self.server = hello

    def alert(self, body: bytes) -> None:
        """Take an alert; one under keys says nothing."""
        if len(body) != _ALERT_OCTETS or self.changed:
            return
        level, number = body
        if len(self.alerts) < _MOST_ALERTS:
            self.alerts.append(alert_name(number))
        self.is_over = self.is_over or level == _FATAL or number == _CLOSE_NOTIFY

    def change(self, *, from_client: bool) -> None:
        """Take the change of one side to its keys (RFC 5246, 7.1), which from 1.3 on is a sham."""
        who = self.who(from_client=from_client)
        if self.is_modern or who in self.changed:
            return
        self.changed.append(who)
        if len(self.changed) == _SIDES:
            self.established = self.is_over = True

    def protect(self, length: int, *, from_client: bool) -> None:
        """Take a record under keys of `length` octets; from 1.3 on the client's ends the handshake.

        One as short as an alert may be one.
        """
        if self.server is None or self.server.is_retry:
            return
        if not self.is_modern:
            self.change(from_client=from_client)
        elif length > _LONGEST_ALERT and self.who(from_client=from_client) == "client":
            self.established = self.is_over = True


def _certificates(body: bytes) -> Iterator[bytes]:
    """Yield the certificates of a message up to TLS 1.2 (RFC 5246, 7.4.2)."""
    cursor = Cursor(body)
    chain = cursor.part(cursor.big(3))
    for _ in range(_MOST_CERTIFICATES):
        if not chain.left:
            return
        yield chain.take(chain.big(3))


class Gathering:
    """Handshake messages out of the records of both sides; a message may fill several records."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = {True: b"", False: b""}

    def messages(self, octets: bytes, *, from_client: bool) -> Iterator[tuple[int, bytes]]:
        """Yield kind and content of the messages that a record makes whole.

        What claims more than MOST_OCTETS is no message; nothing of its side is kept.
        """
        left = self._left[from_client] + octets if self._left[from_client] else octets
        self._left[from_client] = b""
        at = 0
        while at + _HEAD_OCTETS <= len(left):
            end = at + _HEAD_OCTETS + int.from_bytes(left[at + 1 : at + _HEAD_OCTETS])
            if end > len(left):
                break
            yield left[at], left[at + _HEAD_OCTETS : end]
            at = end
        else:
            end = at
        if end - at <= MOST_OCTETS:
            self._left[from_client] = left[at:]


_HEAD_OCTETS = 4
MOST_OCTETS = 64 * 1024
"""Longest handshake message that is put together."""
