"""SMS by whatever gateway a city has: request and success are described by settings alone.

Placeholders `{phone} {text} {number} {id} {secret}` stand in header values and in the texts of
`body`. What a placeholder gives is never read for placeholders again.
"""

import datetime as dt
import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.destination import destination
from playbooks.outbox.exchange import Answer, Request, exchange, outcome_of
from playbooks.outbox.message import Message, cut
from playbooks.outbox.outcome import Outcome
from situation.faults import Malformed

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_KNOWN = frozenset({"phone", "text", "number", "id", "secret"})
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_CONTENT = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded"}
_CODE_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Gateway:
    """Posts a short text for one phone number to the gateway."""

    access: Access

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Send the text: what, which number, until when."""
        if not _PHONE.fullmatch(address):
            return Outcome("refused", error="no phone number")
        settings, line = self.access.settings, self.access.line
        values = {
            "phone": address,
            "text": short_text(message, settings.text_octets),
            "number": message.items[0].number,
            "id": message.id,
            "secret": self.access.secret,
        }
        url, request = self._request(values)
        try:
            to = destination(url, line.policy)
        except Malformed as error:
            return Outcome("refused", error=f"forbidden: {error.reason}")
        answer = exchange(to, line, request, now)
        return answer if isinstance(answer, Outcome) else self._judged(answer)

    def _request(self, values: Mapping[str, str]) -> tuple[str, Request]:
        settings = self.access.settings
        body = _filled(settings.body, values)
        headers = {key: str(_filled(text, values)) for key, text in settings.headers.items()}
        if settings.method == "GET":
            joint = "&" if "?" in settings.url else "?"
            return f"{settings.url}{joint}{_form(body)}", Request("GET", headers, b"")
        headers = {"Content-Type": _CONTENT[settings.form], **headers}
        written = json.dumps(body, ensure_ascii=False) if settings.form == "json" else _form(body)
        return settings.url, Request("POST", headers, written.encode())

    def _judged(self, answer: Answer) -> Outcome:
        outcome, settings = outcome_of(answer), self.access.settings
        if outcome.kind != "delivered" or not settings.success_field:
            return outcome
        said: object = answer.json()
        for key in settings.success_field.split("."):
            said = said.get(key) if isinstance(said, Mapping) else None
        if _code(said) == settings.success_value:
            return outcome
        return Outcome("again", outcome.status, f"code {_code(said)}")


def short_text(message: Message, octets: int) -> str:
    """Return the text of a short message: its subject and the deadline, cut to `octets`."""
    due = message.items[0].due if len(message.items) == 1 else ""
    return cut(f"{message.subject} 期限 {due}" if due else message.subject, octets)


def _filled(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    return value


def _form(body: JsonValue) -> str:
    fields = body if isinstance(body, dict) else {}
    # A form knows texts only; what is nested goes as JSON, as gateways with parameters want it.
    plain = {
        key: one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
        for key, one in fields.items()
    }
    return urllib.parse.urlencode(plain)


def _code(said: object) -> str:
    text = json.dumps(said) if isinstance(said, bool) else str(said)
    return "".join(one for one in text if one.isascii() and one.isprintable())[:_CODE_LENGTH]


def _unknown(value: JsonValue) -> set[str]:
    return {name for name in _PLACEHOLDER.findall(json.dumps(value)) if name not in _KNOWN}


def open_sms(access: Access) -> Channel:
    """Return the channel; raise `Misconfigured` where a placeholder is unknown."""
    access.require("url", "body")
    tables: tuple[tuple[str, JsonValue], ...] = (
        ("body", access.settings.body),
        ("headers", {**access.settings.headers}),
    )
    access.refuse(
        f"{access.where(key)}: {{{name}}} is no placeholder"
        for key, table in tables
        for name in sorted(_unknown(table))
    )
    if any("{secret}" in json.dumps(table) for _, table in tables):
        access.require("secret_file")
    return Gateway(access)
