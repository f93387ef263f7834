"""FTP control connections: one record for a command and its reply (RFC 959, 2428, 4217)."""

import dataclasses
import re
from collections.abc import Iterator

from sensors.protocol.command.line import Command, Reply, command_of, lines_length, reply_of
from sensors.protocol.parser import HANDOVER, Fields, Message, Parser, Sample, Session

_OPEN, _USER = "open", "user"
_SECRET = ("PASS", "ACCT", "ADAT")
_NOBODY = ("anonymous", "ftp")
"""Accounts whose password is no secret (RFC 1635)."""
_FILES = ("RETR", "STOR", "STOU", "APPE", "DELE", "SIZE", "MDTM", "RNFR", "RNTO", "MKD", "RMD")
_COMMANDS = frozenset((
    "USER", "PASS", "ACCT", "CWD", "CDUP", "SMNT", "QUIT", "REIN", "PORT", "PASV", "TYPE", "STRU",
    "MODE", "ALLO", "REST", "ABOR", "PWD", "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP",
    "FEAT", "OPTS", "AUTH", "PBSZ", "PROT", "CCC", "EPRT", "EPSV", "MLSD", "MLST", "CLNT", "HOST",
    "XPWD", "XMKD", "XRMD", "XCWD", "LANG", "ADAT", *_FILES,
))  # fmt: skip
_PRELIMINARY, _FAILED = 200, 400
_PASSIVE, _EXTENDED_PASSIVE, _SECURED, _READY = 227, 229, 234, 220
_SIX_NUMBERS = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_ONE_NUMBER = re.compile(r"\|\|\|(\d{1,5})\|")
_EXTENDED = re.compile(r"\|[12]\|([0-9A-Fa-f.:]{2,45})\|(\d{1,5})\|")

Found = dict[str, object]


def _channel(address: str | None, port: int, *, passive: bool) -> Found:
    return {
        "ftp.data_channel.passive": passive,
        "ftp.data_channel.address": address,
        "ftp.data_channel.port": port,
    }


def _six(text: str, *, passive: bool) -> Found:
    """Return the data channel that PORT, or the reply to PASV, names by six numbers."""
    found = _SIX_NUMBERS.search(text)
    if found is None or any(int(number) > 0xFF for number in found.groups()):  # noqa: PLR2004 - octets
        return {}
    *address, high, low = found.groups()
    return _channel(".".join(address), int(high) * 256 + int(low), passive=passive)


def _announced(command: Command) -> Found:
    if command.verb == "PORT":
        return _six(command.argument, passive=False)
    found = _EXTENDED.match(command.argument) if command.verb == "EPRT" else None
    return _channel(found[1], int(found[2]), passive=False) if found else {}


def _answered(reply: Reply) -> Found:
    if reply.code == _PASSIVE:
        return _six(reply.text, passive=True)
    found = _ONE_NUMBER.search(reply.text) if reply.code == _EXTENDED_PASSIVE else None
    return _channel(None, int(found[1]), passive=True) if found else {}


def _command(session: Session, command: Command, time: int) -> Found:
    verb, argument = command
    if verb == "USER":
        session[_USER] = argument
    user = session.get(_USER)
    fields: Found = {
        "@timestamp": time,
        "event.action": f"ftp_{verb.lower()}",
        "ftp.command": verb,
        "user.name": user,
    }
    if verb not in _SECRET:
        fields["ftp.argument"] = argument or None
    elif str(user).lower() not in _NOBODY:
        fields["citywatch.credentials.cleartext"] = True
    if verb in _FILES:
        fields["file.path"] = argument
    return fields | _announced(command)


def _taken(session: Session) -> Found | None:
    fields = session.pop(_OPEN, None)
    return fields if isinstance(fields, dict) else None


def _from_client(message: Message) -> Iterator[Fields]:
    for line in message.octets.splitlines():
        command = command_of(line)
        if command.verb not in _COMMANDS:
            continue
        unanswered = _taken(message.session)
        if unanswered is not None:
            yield unanswered
        message.session[_OPEN] = _command(message.session, command, message.time)


def _from_server(message: Message) -> Iterator[Fields]:
    for line in message.octets.splitlines():
        reply = reply_of(line)
        if reply is None or not reply.is_last or reply.code < _PRELIMINARY:
            continue
        fields = _taken(message.session) or {"event.action": "ftp_ready"}
        if fields["event.action"] == "ftp_ready" and reply.code != _READY:
            # The command was not seen.
            continue
        if reply.code == _SECURED:
            message.session[HANDOVER] = "tls"
        yield (
            fields
            | _answered(reply)
            | {
                "event.outcome": "failure" if reply.code >= _FAILED else "success",
                "ftp.reply_code": reply.code,
                "ftp.reply": reply.text,
            }
        )


def read(message: Message) -> Iterator[Fields]:
    """Read lines of either side."""
    return _from_client(message) if message.from_client else _from_server(message)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of the command that was never answered."""
    fields = _taken(session)
    if fields is not None:
        yield fields


def begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a greeting or a login begins here, on a port of FTP."""
    if from_client:
        return command_of(octets[:64]).verb in ("USER", "AUTH", "FEAT", "HOST")
    return octets.startswith((b"220 ", b"220-"))


def begins_anywhere(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a server says that it is one of FTP."""
    return not from_client and begins(octets, from_client) and b"ftp" in octets[:256].lower()


PARSER = Parser(
    name="ftp",
    standard="RFC 959",
    transport="tcp",
    ports=(21, 2121),
    begins=begins,
    length=lines_length,
    read=read,
    finish=finish,
    fields=(
        "event.action", "event.outcome", "user.name", "file.path", "ftp.command", "ftp.argument",
        "ftp.reply_code", "ftp.reply", "ftp.data_channel.passive", "ftp.data_channel.address",
        "ftp.data_channel.port", "citywatch.credentials.cleartext",
    ),
    messages=True,
    samples=(
        Sample(b"USER alice\r\n", {"user.name": "alice", "ftp.command": "USER"}),
        Sample(b"PASS secret\r\n", {"citywatch.credentials.cleartext": True}),
        Sample(b"PORT 192,0,2,7,4,1\r\n", {"ftp.data_channel.port": 1025}),
        Sample(b"220 FTP server ready\r\n", {"ftp.reply_code": 220}, from_client=False),
    ),
)  # fmt: skip
PARSERS = (
    PARSER,
    dataclasses.replace(
        PARSER,
        ports=(),
        anywhere=True,
        first=frozenset(b"2"),
        begins=begins_anywhere,
        messages=False,
    ),
)
