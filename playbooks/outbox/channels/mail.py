"""Mail: STARTTLS before anything is said, text and HTML, a Message-ID made of the delivery's id.

RFC 5321, 3207, 5322; a repeat carries the same Message-ID.
"""

import contextlib
import datetime as dt
import email.utils
import pathlib
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import jinja2

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.destination import is_this_machine
from playbooks.outbox.dialling import cut_after, dial, secured
from playbooks.outbox.exchange import Line, name_of
from playbooks.outbox.message import Item, Message
from playbooks.outbox.outcome import DELIVERED, Outcome
from playbooks.roster import MAIL_ADDRESS
from situation.faults import Malformed
from situation.settings import ChannelSettings

SECONDS = 30.0
"""How long a mail may take from the connection to the answer after its last line."""

_PERMANENT = 500
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(pathlib.Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


class _Smtp(smtplib.SMTP):
    """A session with a mail server that is dialled by our rules."""

    def __init__(self, line: Line, settings: ChannelSettings) -> None:
        domain = settings.sender.rpartition("@")[2]
        super().__init__(local_hostname=domain, timeout=SECONDS)
        # The name that the certificate must be of; the base class would connect if it got it.
        self._host = settings.host
        self._line = line
        self._settings = settings

    def open(self) -> None:
        """Connect, secure the line, log in."""
        settings = self._settings
        self.connect(settings.host, settings.port)
        if settings.tls == "starttls":
            self.starttls(context=self._line.context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = dial(host, port, self._line.policy, timeout)
        if self._settings.tls == "implicit":
            return secured(plain, host, self._line.context, timeout)
        return plain


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends mails through the city's own mail server."""

    access: Access

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Send one mail to one address."""
        if not MAIL_ADDRESS.fullmatch(address):
            return Outcome("refused", error="no mail address")
        settings = self.access.settings
        letter = letter_of(message, settings.sender, address, now)
        session = _Smtp(self.access.line, settings)
        with contextlib.closing(session):
            try:
                with cut_after(lambda: session.sock, SECONDS):
                    session.open()
                    self._log_in(session)
                    session.send_message(letter)
            except Malformed as error:
                return Outcome("refused", error=f"forbidden: {error.reason}")
            except (OSError, ValueError) as error:
                return _outcome_of(error)
            with contextlib.suppress(OSError):
                session.quit()
        return DELIVERED

    def _log_in(self, session: smtplib.SMTP) -> None:
        if self.access.settings.user:
            session.login(self.access.settings.user, self.access.secret)


def letter_of(message: Message, sender: str, address: str, now: dt.datetime) -> EmailMessage:
    """Return the mail of a message, text and HTML."""
    letter = EmailMessage()
    letter["From"] = email.utils.formataddr(("网络安全应急平台 Citywatch", sender))
    letter["To"] = address
    # What looks like an encoded word (RFC 2047) would be decoded on the way.
    letter["Subject"] = message.subject.replace("=?", "= ?")
    letter["Date"] = now
    letter["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    # Nobody's absence note shall answer it (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(_text(message)), cte="base64")
    said = {"subject": message.subject, "items": message.items, "is_drill": message.is_drill}
    page = _TEMPLATES.get_template("letter.html").render(said)
    letter.add_alternative(page, subtype="html", cte="base64")
    return letter


def _text(message: Message) -> Iterator[str]:
    yield message.subject
    if message.is_drill:
        yield "本邮件为演练，不涉及真实事件。 This is a drill; nothing of it is real."
    for item in message.items:
        yield from ("", *_of_item(item))
        if item.text:
            yield from ("", item.text)
    yield ""
    yield "签收与反馈只在门户内有效，请勿回复本邮件。"
    yield "Sign and answer in the portal only; do not reply to this mail."


def _of_item(item: Item) -> Iterator[str]:
    pairs = (
        ("编号 No.", item.number),
        ("类型 Kind", f"{item.kind_zh} {item.kind_en}".strip()),
        ("级别 Level", item.level),
        ("单位 Department", item.department),
        ("期限 Due", item.due),
        ("要求 To do", f"{item.asks_zh} / {item.asks_en}"),
        ("办理 Open", item.link),
    )
    return (f"{name}：{value}" for name, value in pairs if value)


def _outcome_of(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return Outcome("refused" if code >= _PERMANENT else "again", code, f"recipient {code}")
    if isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
        return Outcome("refused" if code >= _PERMANENT else "again", code, f"content {code}")
    if isinstance(error, smtplib.SMTPResponseException):
        # Login, sender or greeting: ours to mend, and no fault of the recipient.
        return Outcome("again", error.smtp_code, f"{type(error).__name__} {error.smtp_code}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome("again", error="the mail server offers no STARTTLS or no login")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome("again", error="connection cut")
    return Outcome("again", error=name_of(error))


def open_mail(access: Access) -> Channel:
    """Return the channel; raise `Misconfigured` for a line without TLS to another machine."""
    settings = access.settings
    access.require("host", "sender", *(("secret_file",) if settings.user else ()))
    is_local = settings.allow_loopback and is_this_machine(settings.host)
    access.refuse(
        f"{access.where(key)}: {reason}"
        for key, reason, is_fault in (
            ("tls", "none only to this machine", settings.tls == "none" and not is_local),
            ("sender", "is no mail address", not MAIL_ADDRESS.fullmatch(settings.sender)),
        )
        if is_fault
    )
    return Mail(access)
