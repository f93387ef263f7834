"""Telnet: one record for a login, as far as it can be seen (RFC 854, 1091)."""

import re
from collections.abc import Iterator

from sensors.protocol.parser import Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of

_IAC = 0xFF
_WILL, _DONT = 0xFB, 0xFE
_TERMINAL_TYPE = 24
_OPTIONS = frozenset((*range(51), 138, 139, 140, 255))
"""IANA, Telnet Options."""
_NEGOTIATION = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa(.*?)\xff\xf0|[\xf0-\xf9])", re.DOTALL)
_ASKS_NAME = re.compile(rb"(?:login|user ?name|user|account)\s*:\s*$", re.IGNORECASE)
_ASKS_SECRET = re.compile(rb"(?:password|passwd|passcode|pin)[^:\n]{0,40}:\s*$", re.IGNORECASE)
_REFUSED = re.compile(rb"incorrect|failed|denied|invalid|bad password", re.IGNORECASE)
_LINE_END = re.compile(rb"[\r\n]")
_TAIL, _LINE_LIMIT = 256, 512
_ASKED, _TYPED, _SHOWN, _FOUND, _TOLD = "asked", "typed", "shown", "found", "told"
_NAME, _SECRET, _ANSWER = "name", "secret", "answer"

Found = dict[str, object]


def _found(session: Session) -> Found:
    value = session.setdefault(_FOUND, {"event.action": "telnet_session"})
    return value if isinstance(value, dict) else {}


def _plain(message: Message) -> bytes:
    """Return the octets without negotiation, of which the terminal's type is remembered."""
    octets = message.octets
    if b"\xff" not in octets:
        return octets
    for option in _NEGOTIATION.findall(octets):
        if len(option) > 2 and option[0] == _TERMINAL_TYPE and option[1] == 0:  # noqa: PLR2004 - RFC 1091: option, IS, name
            _found(message.session)["telnet.terminal"] = text_of(option[2:])
    return _NEGOTIATION.sub(b"", octets)


def _octets(session: Session, key: str) -> bytes:
    value = session.get(key, b"")
    return value if isinstance(value, bytes) else b""


def _shown(session: Session, octets: bytes) -> Iterator[Fields]:
    """Follow what the server shows: it asks for a name, for a secret, or says what came of it."""
    if session.get(_ASKED) == _ANSWER and octets.strip():
        session[_ASKED] = None
        session[_TOLD] = True
        outcome = "failure" if _REFUSED.search(octets) else "success"
        found = _found(session)
        yield {**found, "event.action": "telnet_login", "event.outcome": outcome}
    tail = (_octets(session, _SHOWN) + octets)[-_TAIL:]
    session[_SHOWN] = tail
    if _ASKS_SECRET.search(tail):
        session[_ASKED], session[_TYPED] = _SECRET, b""
    elif _ASKS_NAME.search(tail):
        session[_ASKED], session[_TYPED] = _NAME, b""


def _typed(session: Session, octets: bytes) -> None:
    """Follow what the client types; of a secret nothing is kept."""
    asked = session.get(_ASKED)
    if asked not in (_NAME, _SECRET):
        return
    ended = _LINE_END.search(octets)
    typed = octets[: ended.start()] if ended else octets
    if asked == _NAME:
        session[_TYPED] = (_octets(session, _TYPED) + typed)[:_LINE_LIMIT]
    if ended is None:
        return
    session[_SHOWN] = b""
    if asked == _NAME:
        session[_ASKED] = None
        _found(session)["user.name"] = _without_deletions(_octets(session, _TYPED))
    else:
        session[_ASKED] = _ANSWER
        _found(session)["citywatch.credentials.cleartext"] = True


def _without_deletions(typed: bytes) -> str:
    kept = bytearray()
    for octet in typed:
        if octet in b"\b\x7f":
            del kept[-1:]
        elif octet:
            kept.append(octet)
    return text_of(bytes(kept))


def read(message: Message) -> Iterator[Fields]:
    """Read what a segment of either side holds."""
    octets = _plain(message)
    session = message.session
    _found(session)
    if message.from_client:
        _typed(session, octets)
    else:
        yield from _shown(session, octets)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of a conversation in which no login was seen to its end."""
    found = _found(session)
    if not session.get(_TOLD):
        yield found


def begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a negotiation or a prompt begins here, on a port of Telnet."""
    if len(octets) >= 3 and octets[0] == _IAC:  # noqa: PLR2004 - command and option
        return _WILL <= octets[1] <= _DONT and octets[2] in _OPTIONS
    return bool(_ASKS_NAME.search(octets[-_TAIL:]) or _ASKS_SECRET.search(octets[-_TAIL:]))


PARSER = Parser(
    name="telnet",
    standard="RFC 854",
    transport="tcp",
    ports=(23, 2323, 107),
    begins=begins,
    read=read,
    finish=finish,
    fields=(
        "event.action", "event.outcome", "user.name", "telnet.terminal",
        "citywatch.credentials.cleartext",
    ),
    messages=True,
    samples=(
        Sample(b"\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0", {"telnet.terminal": "XTERM"}),
        Sample(b"\xff\xfd\x18\r\nlogin: ", {"event.action": "telnet_session"}, from_client=False),
    ),
)  # fmt: skip
