"""IMAP: one record for a command and the status of its tagged response (RFC 9051, 3501)."""

import dataclasses
import re
from collections.abc import Iterator

from sensors.protocol.command import sasl
from sensors.protocol.command.line import lines_length
from sensors.protocol.parser import HANDOVER, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of

_OPEN, _USER, _TOLD = "open", "user", "told"
_OPEN_LIMIT = 32
"""Commands that wait for their response; further ones are told without."""
_COMMANDS = frozenset((
    "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ENABLE", "SELECT",
    "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB",
    "NAMESPACE", "STATUS", "APPEND", "IDLE", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH", "FETCH",
    "STORE", "COPY", "MOVE", "UID", "CHECK", "ID", "COMPRESS", "GETQUOTAROOT", "XLIST",
))  # fmt: skip
_LINE = re.compile(rb"([^\s*+(){%\"\\]{1,64}) +([A-Za-z]{2,16})(?: +(.*))?", re.DOTALL)
_STATUS = re.compile(rb"([^\s*+]{1,64}) +(OK|NO|BAD)(?= |$)", re.IGNORECASE)
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s"{]+)')
_GREETING = re.compile(rb"\* (?:OK|PREAUTH|BYE)\b", re.IGNORECASE)
_ARGUMENT_FREE = ("LOGIN", "AUTHENTICATE", "APPEND")
"""Commands whose argument is not told: it holds a secret, or a message."""

Found = dict[str, object]


def _words(argument: bytes) -> list[str]:
    """Return the atoms and quoted strings of an argument; literals follow on lines of their own."""
    return [text_of(quoted or atom) for quoted, atom in _WORD.findall(argument[:2048])]


def _command(session: Session, verb: str, argument: bytes, time: int) -> Found:
    fields: Found = {
        "@timestamp": time,
        "event.action": f"imap_{verb.lower()}",
        "imap.command": verb,
    }
    words = _words(argument)
    if verb == "LOGIN":
        fields["citywatch.credentials.cleartext"] = True
        session[_USER] = words[0] if words else None
    elif verb == "AUTHENTICATE" and words:
        fields["imap.argument"] = words[0]
        fields |= sasl.begin_exchange(session, words[0], words[1] if len(words) > 1 else "")
        session[_USER] = fields.get("user.name")
    if verb not in _ARGUMENT_FREE:
        fields["imap.argument"] = text_of(argument) or None
    fields["user.name"] = session.get(_USER)
    return fields


def _waiting(session: Session) -> dict[bytes, Found]:
    """Return the commands that wait for their response, by tag."""
    waiting = session.setdefault(_OPEN, {})
    return waiting if isinstance(waiting, dict) else {}


def _go_on(session: Session, line: bytes) -> None:
    """Take a line of a login for the command that began it."""
    said = sasl.go_on(session, line)
    for fields in list(_waiting(session).values())[-1:]:
        fields.update(said)
    if "user.name" in said:
        session[_USER] = said["user.name"]


def _from_client(message: Message) -> Iterator[Fields]:
    session = message.session
    for line in message.octets.splitlines():
        if sasl.is_under_way(session):
            _go_on(session, line)
            continue
        found = _LINE.fullmatch(line)
        verb = found[2].decode().upper() if found else ""
        if found is None or verb not in _COMMANDS:
            continue
        waiting = _waiting(session)
        waiting[found[1]] = _command(session, verb, found[3] or b"", message.time)
        if len(waiting) > _OPEN_LIMIT:
            yield waiting.pop(next(iter(waiting)))


def _from_server(message: Message) -> Iterator[Fields]:
    session = message.session
    if not session.get(_TOLD):
        session[_TOLD] = True
        if _GREETING.match(message.octets):
            line = message.octets.splitlines()[0]
            yield {"event.action": "imap_ready", "imap.banner": text_of(line[2:])}
    waiting = _waiting(session)
    for line in message.octets.splitlines() if waiting else ():
        found = _STATUS.match(line)
        fields = waiting.pop(found[1], None) if found else None
        if found is None or fields is None:
            continue
        sasl.end_exchange(session)
        status = found[2].decode().upper()
        if status == "OK" and fields["imap.command"] == "STARTTLS":
            session[HANDOVER] = "tls"
        yield fields | {
            "event.outcome": "success" if status == "OK" else "failure",
            "imap.status": status,
        }


def read(message: Message) -> Iterator[Fields]:
    """Read lines of either side."""
    return _from_client(message) if message.from_client else _from_server(message)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of the commands that were never answered."""
    yield from _waiting(session).values()
    session.pop(_OPEN, None)


def begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a greeting or a tagged command begins here, on a port of IMAP."""
    if not from_client:
        return _GREETING.match(octets) is not None
    found = _LINE.match(octets[:128].splitlines()[0] if octets else b"")
    return found is not None and found[2].decode().upper() in _COMMANDS


def begins_anywhere(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a server says that it is one of IMAP."""
    return not from_client and begins(octets, from_client) and b"imap" in octets[:256].lower()


PARSER = Parser(
    name="imap",
    standard="RFC 9051",
    transport="tcp",
    ports=(143,),
    begins=begins,
    length=lines_length,
    read=read,
    finish=finish,
    fields=(
        "event.action", "event.outcome", "imap.command", "imap.argument",
        "imap.banner", "imap.status", *sasl.FIELDS,
    ),
    messages=True,
    samples=(
        Sample(b'a1 LOGIN "alice" "secret"\r\n', {"user.name": "alice"}),
        Sample(b"a2 AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n", {"user.name": "alice"}),
        Sample(b"a3 SELECT INBOX\r\n", {"imap.argument": "INBOX"}),
        Sample(b"* OK ready\r\n", {"imap.banner": "OK ready"}, from_client=False),
    ),
)  # fmt: skip
PARSERS = (
    PARSER,
    dataclasses.replace(
        PARSER,
        ports=(),
        anywhere=True,
        first=frozenset(b"*"),
        begins=begins_anywhere,
        messages=False,
    ),
)
