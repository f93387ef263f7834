"""POP3: one record for a command and the status of its reply (RFC 1939, 2449, 2595, 5034)."""

import dataclasses
from collections.abc import Iterator

from sensors.protocol.command import sasl
from sensors.protocol.command.line import Command, command_of, lines_length
from sensors.protocol.parser import HANDOVER, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of

_OPEN, _USER, _TOLD = "open", "user", "told"
_COMMANDS = frozenset((
    "USER", "PASS", "APOP", "AUTH", "STLS", "CAPA", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET",
    "TOP", "UIDL", "QUIT", "UTF8", "LANG",
))  # fmt: skip
_GOOD, _BAD, _MORE = b"+OK", b"-ERR", b"+ "

Found = dict[str, object]


def _command(session: Session, command: Command, time: int) -> Found:
    verb, argument = command
    fields: Found = {
        "@timestamp": time,
        "event.action": f"pop3_{verb.lower()}",
        "pop3.command": verb,
    }
    if verb in ("USER", "APOP"):
        session[_USER] = argument.partition(" ")[0]
    elif verb == "PASS":
        fields["citywatch.credentials.cleartext"] = True
    elif verb == "AUTH":
        mechanism, _, initial = argument.partition(" ")
        fields["pop3.argument"] = mechanism or None
        fields |= sasl.begin_exchange(session, mechanism, initial) if mechanism else {}
    else:
        fields["pop3.argument"] = argument or None
    if _USER in session:
        fields["user.name"] = session[_USER]
    elif "user.name" in fields:
        session[_USER] = fields["user.name"]
    return fields


def _taken(session: Session) -> Found | None:
    fields = session.pop(_OPEN, None)
    return fields if isinstance(fields, dict) else None


def _from_client(message: Message) -> Iterator[Fields]:
    session = message.session
    for line in message.octets.splitlines():
        waiting = session.get(_OPEN)
        if sasl.is_under_way(session) and isinstance(waiting, dict):
            waiting |= sasl.go_on(session, line)
            continue
        command = command_of(line)
        if command.verb in _COMMANDS:
            unanswered = _taken(session)
            if unanswered is not None:
                yield unanswered
            session[_OPEN] = _command(session, command, message.time)


def _from_server(message: Message) -> Iterator[Fields]:
    session = message.session
    line = message.octets.splitlines()[0] if message.octets else b""
    if not line.startswith((_GOOD, _BAD)):
        return
    sasl.end_exchange(session)
    fields = _taken(session)
    if fields is None and session.get(_TOLD):
        return
    session[_TOLD] = True
    fields = fields or {"event.action": "pop3_ready", "pop3.banner": text_of(line[4:])}
    is_good = line.startswith(_GOOD)
    if is_good and fields.get("pop3.command") == "STLS":
        session[HANDOVER] = "tls"
    yield fields | {"event.outcome": "success" if is_good else "failure"}


def read(message: Message) -> Iterator[Fields]:
    """Read lines of either side; of what a server sends the first line of a segment."""
    return _from_client(message) if message.from_client else _from_server(message)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of the command that was never answered."""
    fields = _taken(session)
    if fields is not None:
        yield fields


def begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a greeting or a login begins here, on a port of POP3."""
    if from_client:
        return command_of(octets[:64]).verb in ("USER", "APOP", "AUTH", "CAPA", "STLS")
    return octets.startswith(_GOOD)


def begins_anywhere(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a server says that it is one of POP3."""
    return not from_client and octets.startswith(_GOOD) and b"pop3" in octets[:256].lower()


PARSER = Parser(
    name="pop3",
    standard="RFC 1939",
    transport="tcp",
    ports=(110,),
    begins=begins,
    length=lines_length,
    read=read,
    finish=finish,
    fields=(
        "event.action", "event.outcome", "pop3.command", "pop3.argument",
        "pop3.banner", *sasl.FIELDS,
    ),
    messages=True,
    samples=(
        Sample(b"USER alice\r\n", {"user.name": "alice", "pop3.command": "USER"}),
        Sample(b"PASS secret\r\n", {"citywatch.credentials.cleartext": True}),
        Sample(b"AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", {"user.name": "alice"}),
        Sample(b"+OK ready\r\n", {"pop3.banner": "ready"}, from_client=False),
    ),
)  # fmt: skip
PARSERS = (
    PARSER,
    dataclasses.replace(
        PARSER,
        ports=(),
        anywhere=True,
        first=frozenset(_GOOD[:1]),
        begins=begins_anywhere,
        messages=False,
    ),
)
