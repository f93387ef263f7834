"""One HTTP exchange: no proxy, no redirect, an address that was checked, an end in time."""

import datetime as dt
import email.utils
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.outbox.destination import Destination, Policy
from playbooks.outbox.dialling import cut_after, dial, secured
from playbooks.outbox.outcome import Outcome
from situation.faults import Malformed

SECONDS = 15.0
"""How long an exchange may last (Standard Webhooks asks for 15 to 30 s)."""
ANSWER_OCTETS = 16 * 1024
"""What is read of an answer; the robots' are some hundred octets."""
LONGEST_WAIT = dt.timedelta(days=1)

_GONE = 410
_TOO_MANY = 429
_LATER = frozenset({408, 409, 421, 425, 429})
"""Answers that ask for another try although they are below 500."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a channel is connected: what it may reach and whose certificates it believes."""

    policy: Policy
    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the seconds that Retry-After names, and the body, which nobody stores."""

    status: int
    wait_seconds: float
    body: bytes

    def json(self) -> Mapping[str, object]:
        """Return the JSON object of the body; empty if it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class _Connection(http.client.HTTPConnection):
    """A connection that dials by our rules."""

    def __init__(self, to: Destination, line: Line) -> None:
        super().__init__(to.host, to.port, timeout=SECONDS)
        self._to = to
        self._line = line

    def connect(self) -> None:
        """Connect to a checked address; TLS with the name of the host."""
        plain = dial(self._to.host, self._to.port, self._line.policy, SECONDS)
        if self._to.scheme == "http":
            self.sock = plain
        else:
            self.sock = secured(plain, self._to.host, self._line.context, SECONDS)


def exchange(to: Destination, line: Line, request: Request, now: dt.datetime) -> Answer | Outcome:
    """Send a request; return the answer, or what came of it where there is none."""
    connection = _Connection(to, line)
    try:
        connection.connect()
        with cut_after(lambda: connection.sock, SECONDS):
            return _asked(connection, to, request, now)
    except Malformed as error:
        return Outcome("refused", error=f"forbidden: {error.reason}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome("again", error=name_of(error))
    finally:
        connection.close()


def _asked(connection: _Connection, to: Destination, request: Request, now: dt.datetime) -> Answer:
    fixed = {"Host": to.authority, "User-Agent": "citywatch", "Connection": "close"}
    headers = {**fixed, **request.headers}
    connection.request(request.method, to.target, request.body or None, headers)
    response = connection.getresponse()
    wait = _wait_seconds(response.getheader("Retry-After", ""), now)
    return Answer(response.status, wait, response.read(ANSWER_OCTETS))


def outcome_of(answer: Answer) -> Outcome:
    """Return what the status says: 2xx is success, 410 ends the address, 4xx refuses."""
    status, wait = answer.status, answer.wait_seconds
    if 200 <= status < 300:  # noqa: PLR2004 - the class of success (RFC 9110, 15.3)
        return Outcome("delivered", status)
    if status == _GONE:
        return Outcome("gone", status, "gone")
    if status == _TOO_MANY:
        return Outcome("limited", status, "too many requests", wait)
    if status in _LATER or status >= 500:  # noqa: PLR2004 - the class of server errors
        return Outcome("again", status, f"status {status}", wait)
    # A redirect is never followed: it would lead past the list of hosts.
    return Outcome("refused", status, f"status {status}")


def name_of(error: Exception) -> str:
    """Return a fault of the line as a short class, with nothing of what the other side said."""
    for kind, name in _NAMES:
        if isinstance(error, kind):
            return name
    return type(error).__name__


_NAMES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (ssl.SSLCertVerificationError, "certificate not trusted"),
    (ssl.SSLError, "tls failed"),
    (socket.gaierror, "name not resolved"),
    (ConnectionRefusedError, "connection refused"),
    (ConnectionError, "connection cut"),
    (http.client.HTTPException, "answer broken"),
)


def _wait_seconds(text: str, now: dt.datetime) -> float:
    # Seconds or a date (RFC 9110, 10.2.3).
    if text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - more than a lifetime
        return min(float(text), LONGEST_WAIT.total_seconds())
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_WAIT.total_seconds())
