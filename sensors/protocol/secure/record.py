"""The record layer of TLS and TLCP (RFC 8446, 5.1; RFC 5246, 6.2; GB/T 38636-2020)."""

from collections.abc import Iterable, Iterator

from sensors.protocol.parser import DONE, LOST, MORE, Fields, Message, Session
from sensors.protocol.secure import ssl2
from sensors.protocol.secure.description import description
from sensors.protocol.secure.handshake import (
    CLIENT_HELLO,
    SERVER_HELLO,
    Gathering,
    Handshake,
)

CHANGE, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT = range(20, 25)
"""Content types."""

HEAD_OCTETS = 5
MOST_OCTETS = (1 << 14) + 2048
"""Longest content of a record, with what encryption adds."""

_TLS, _TLCP = 3, 1
_LAST_MINOR = 4
_KEY = "handshake"
_EXCHANGE = "exchange"


def length(octets: bytes) -> int:
    """Return the octets of the record in front; also that of SSL 2.0, which begins otherwise."""
    if len(octets) < HEAD_OCTETS:
        return MORE
    kind, major, minor = octets[0], octets[1], octets[2]
    if CHANGE <= kind <= HEARTBEAT and _is_version(major, minor):
        content = octets[3] << 8 | octets[4]
        return HEAD_OCTETS + content if content <= MOST_OCTETS else LOST
    return ssl2.length(octets)


def _is_version(major: int, minor: int) -> bool:
    return (major == _TLS and minor <= _LAST_MINOR) or (major == _TLCP and minor == 1)


def begins(octets: bytes, major: int) -> bool:
    """Tell whether a stream begins with a hello in a record of a version `major`."""
    if len(octets) <= HEAD_OCTETS:
        return len(octets) > 2 and octets[0] == HANDSHAKE and octets[1] == major  # noqa: PLR2004 - kind and version
    return (
        octets[0] == HANDSHAKE
        and octets[1] == major
        and length(octets) > HEAD_OCTETS
        and octets[HEAD_OCTETS] in (CLIENT_HELLO, SERVER_HELLO)
    )


def goes_on(octets: bytes) -> bool:
    """Tell whether records of a connection whose hellos were not seen stand here, the last cut."""
    at = 0
    while at + HEAD_OCTETS <= len(octets):
        kind, major, minor = octets[at], octets[at + 1], octets[at + 2]
        content = octets[at + 3] << 8 | octets[at + 4]
        is_version = major == _TLS and 0 < minor < _LAST_MINOR
        if not (CHANGE <= kind <= APPLICATION and is_version and 0 < content <= MOST_OCTETS):
            return False
        at += HEAD_OCTETS + content
    return at >= len(octets) > HEAD_OCTETS


def handshake_of(session: Session, carrier: str) -> Handshake:
    """Return the handshake of a conversation."""
    known = session.get(_KEY)
    if isinstance(known, Handshake):
        return known
    session[_KEY] = made = Handshake(carrier)
    return made


def gathering_of(session: Session) -> Gathering:
    """Return what is gathered of the records of a conversation."""
    known = session.get(_EXCHANGE)
    if isinstance(known, Gathering):
        return known
    session[_EXCHANGE] = made = Gathering()
    return made


def read(message: Message) -> Iterable[Fields]:
    """Read a record; yield the record of the handshake once nothing more is to be heard."""
    handshake = handshake_of(message.session, "t")
    octets = message.octets
    if len(octets) < HEAD_OCTETS or not _is_version(octets[1], octets[2]):
        ssl2.take(message, handshake)
    else:
        take(message, handshake, octets[0], octets[HEAD_OCTETS:])
    return told(message.session, handshake)


def take(message: Message, handshake: Handshake, kind: int, content: bytes) -> None:
    """Hand the content of a record to the handshake.

    Raises `Malformed` where a message in it is none.
    """
    sender = message.from_client
    if kind == HANDSHAKE:
        if handshake.who(from_client=sender) in handshake.changed:
            return
        for number, body in gathering_of(message.session).messages(content, from_client=sender):
            handshake.take(number, body, from_client=sender, time=message.time)
    else:
        take_other(handshake, kind, content, from_client=sender)


def take_other(handshake: Handshake, kind: int, content: bytes, *, from_client: bool) -> None:
    """Hand the content of a record that holds no handshake messages to the handshake."""
    if kind == ALERT:
        handshake.alert(content)
    elif kind == CHANGE:
        handshake.change(from_client=from_client)
    elif kind == APPLICATION:
        handshake.protect(len(content), from_client=from_client)


def told(session: Session, handshake: Handshake) -> Iterable[Fields]:
    """Return the record of a handshake that is over, and have the rest passed over."""
    if not handshake.is_over or session.get(DONE):
        return ()
    session[DONE] = True
    return (description(handshake),) if handshake.is_heard else ()


def finish(session: Session) -> Iterator[Fields]:
    """Yield the record of a handshake that was not heard to its end."""
    handshake = session.get(_KEY)
    if isinstance(handshake, Handshake) and handshake.is_heard and not session.get(DONE):
        yield description(handshake)
