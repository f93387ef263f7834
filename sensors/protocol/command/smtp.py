"""SMTP: one record for a mail, or for a conversation without one (RFC 5321, 4954, 3207)."""

import dataclasses
import re
from collections.abc import Iterator

from sensors.protocol.command import sasl
from sensors.protocol.command.line import Command, command_of, lines_length, reply_of
from sensors.protocol.command.mail import header_fields
from sensors.protocol.parser import HANDOVER, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of

_STANDING, _MAIL, _VERBS, _DATA = "standing", "mail", "verbs", "data"
_COMMANDS = frozenset((
    "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "RSET", "VRFY", "EXPN", "HELP", "NOOP", "QUIT",
    "AUTH", "STARTTLS", "BDAT", "ETRN", "TURN", "XCLIENT", "X-ANONYMOUSTLS",
))  # fmt: skip
_PATH = re.compile(r"(?:FROM|TO):\s*<?([^<>\s]*)>?", re.IGNORECASE)
_RECIPIENTS = 100
_PIPELINED = 256
"""Commands that may wait for their reply (RFC 2920)."""
_MESSAGE_ENDS = "."
_HEADER_OCTETS = 16 * 1024
_READY, _GO_ON, _CHALLENGE, _FAILED = 220, 354, 334, 400

Found = dict[str, object]


def _dict(session: Session, key: str) -> Found:
    value = session.setdefault(key, {})
    return value if isinstance(value, dict) else {}


def _verbs(session: Session) -> list[str]:
    """Return the commands that wait for their reply, the oldest first."""
    verbs = session.setdefault(_VERBS, [])
    return verbs if isinstance(verbs, list) else []


def _told(session: Session) -> Iterator[Fields]:
    """Yield what is known of the mail, or of the conversation while there was none."""
    standing, mail = _dict(session, _STANDING), _dict(session, _MAIL)
    session[_MAIL] = {}
    headers = session.pop(_DATA, None)
    if isinstance(headers, bytearray):
        mail |= {k: v for k, v in header_fields(bytes(headers)).items() if k not in mail}
    if mail or standing.pop("untold", False):
        standing.pop("untold", None)
        kind = "smtp_mail" if mail else "smtp_session"
        yield {"event.action": kind, **standing, **mail}


def _hear(session: Session, command: Command, time: int) -> Iterator[Fields]:
    """Take a command of the client."""
    verb, argument = command
    standing, mail = _dict(session, _STANDING), _dict(session, _MAIL)
    _verbs(session).append(verb)
    del _verbs(session)[:-_PIPELINED]
    if verb in ("HELO", "EHLO", "LHLO"):
        standing |= {"smtp.helo": argument, "untold": True}
    elif verb == "AUTH":
        mechanism, _, initial = argument.partition(" ")
        standing |= {"smtp.authentication": mechanism.upper(), "untold": True}
        standing |= sasl.begin_exchange(session, mechanism, initial)
    elif verb == "MAIL":
        if mail:
            yield from _told(session)
            mail = _dict(session, _MAIL)
        found = _PATH.match(argument)
        mail |= {"@timestamp": time, "smtp.mail_from": found[1] if found else argument}
    elif verb == "RCPT":
        found = _PATH.match(argument)
        recipients = mail.setdefault("smtp.recipients", [])
        if isinstance(recipients, list) and len(recipients) < _RECIPIENTS:
            recipients.append(found[1] if found else argument)
    elif verb in ("RSET", "QUIT"):
        yield from _told(session)
    elif verb == "BDAT":
        session[_DATA] = bytearray()


def _from_client(message: Message) -> Iterator[Fields]:
    session = message.session
    headers = session.get(_DATA)
    if isinstance(headers, bytearray):
        ended = message.octets.endswith(b"\r\n.\r\n") or message.octets == b".\r\n"
        headers += message.octets[: _HEADER_OCTETS - len(headers)]
        if ended:
            _verbs(session).append(_MESSAGE_ENDS)
        return
    for line in message.octets.splitlines():
        if sasl.is_under_way(session):
            _dict(session, _STANDING).update(sasl.go_on(session, line))
            continue
        command = command_of(line)
        if command.verb in _COMMANDS:
            yield from _hear(session, command, message.time)


def _from_server(message: Message) -> Iterator[Fields]:
    session = message.session
    standing = _dict(session, _STANDING)
    for line in message.octets.splitlines():
        reply = reply_of(line)
        if reply is None:
            continue
        verbs = _verbs(session)
        if not verbs and reply.code == _READY and "smtp.banner" not in standing:
            standing |= {"smtp.banner": reply.text, "untold": True}
        elif not reply.is_last:
            continue
        elif verbs and not (verbs[0] == "AUTH" and reply.code == _CHALLENGE):
            yield from _answer(session, verbs.pop(0), reply.code, text_of(line))


def _answer(session: Session, verb: str, code: int, line: str) -> Iterator[Fields]:
    """Take the reply to the oldest command that has none."""
    standing, mail = _dict(session, _STANDING), _dict(session, _MAIL)
    outcome = "failure" if code >= _FAILED else "success"
    if verb == "AUTH":
        sasl.end_exchange(session)
        standing |= {"event.outcome": outcome, "smtp.reply": line}
    elif verb == "STARTTLS" and code == _READY:
        standing |= {"smtp.starttls": True, "smtp.reply": line}
        yield from _told(session)
        session[HANDOVER] = "tls"
    elif verb == "DATA" and code == _GO_ON:
        session[_DATA] = bytearray()
    elif mail:
        mail |= {"event.outcome": outcome, "smtp.reply": line}
        if verb == _MESSAGE_ENDS:
            yield from _told(session)


def read(message: Message) -> Iterator[Fields]:
    """Read lines of either side, or a part of a mail."""
    return _from_client(message) if message.from_client else _from_server(message)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of the mail that was under way."""
    return _told(session)


def begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a greeting begins here, on a port of SMTP."""
    if from_client:
        return command_of(octets[:64]).verb in ("HELO", "EHLO", "LHLO")
    return octets.startswith((b"220 ", b"220-", b"554 ", b"421 "))


def begins_anywhere(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a server says that it is one of SMTP, or a client greets one."""
    if from_client:
        return begins(octets, from_client)
    return octets.startswith(b"220") and b"smtp" in octets[:256].lower()


PARSER = Parser(
    name="smtp",
    standard="RFC 5321",
    transport="tcp",
    ports=(25, 587, 2525),
    begins=begins,
    length=lines_length,
    read=read,
    finish=finish,
    fields=(
        "event.action", "event.outcome", "smtp.banner", "smtp.helo",
        "smtp.mail_from", "smtp.recipients", "smtp.reply", "smtp.starttls",
        "smtp.authentication", "email.from.address", "email.to.address", "email.cc.address",
        "email.sender.address", "email.reply_to.address", "email.subject", "email.message_id",
        "email.x_mailer", "email.date", "email.originating_ip",
        "email.content_type", "email.in_reply_to",
        *sasl.FIELDS,
    ),
    messages=True,
    samples=(
        Sample(b"EHLO client.example\r\n", {"smtp.helo": "client.example"}),
        Sample(b"MAIL FROM:<a@example.org>\r\n", {"smtp.mail_from": "a@example.org"}),
        Sample(b"AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", {"user.name": "alice"}),
        Sample(b"220 here ESMTP\r\n", {"smtp.banner": "here ESMTP"}, from_client=False),
    ),
)  # fmt: skip
PARSERS = (
    PARSER,
    dataclasses.replace(
        PARSER,
        ports=(),
        anywhere=True,
        first=frozenset(b"2HhEeLl \t\r\n\v\f"),
        begins=begins_anywhere,
        messages=False,
    ),
)
