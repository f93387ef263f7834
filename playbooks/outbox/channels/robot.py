"""Group robots: all take JSON by POST and answer with a code; a dialect says how."""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playbooks.outbox.channel import Access
from playbooks.outbox.destination import destination
from playbooks.outbox.exchange import Request, exchange, outcome_of
from playbooks.outbox.message import Message, text_of
from playbooks.outbox.outcome import Outcome
from situation.faults import Malformed

OFTEN_SECONDS = 60.0
"""How long a robot rests that was told it sends too often; the dialect may say longer."""

_MOBILE = re.compile(r"(\+?86)?1[0-9]{10}")
_IN_URL = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom of the group the message calls: by mobile number or by the service's own id."""

    mobile: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one service wants its messages, and what its codes mean."""

    service: str
    path: str
    """Path and query with {token}."""
    octets: int
    """Octets of UTF-8 that the text may have."""
    body: Callable[[str, Mention], dict[str, object]]
    signed: Callable[[str, dict[str, object], str, dt.datetime], tuple[str, dict[str, object]]]
    """URL, body, secret and now to URL and body with the signature."""
    code_fields: tuple[str, ...]
    limited: Mapping[int, float]
    """Codes that say too often, with the seconds to wait."""
    refused: frozenset[int]
    """Codes that no repeat will change: the robot is gone, the message is not allowed."""


@dataclass(frozen=True, slots=True)
class Robot:
    """Sends to the channel's own robot, or to that of a contact where its address is a URL.

    Any other address is whom the message mentions in the group of the channel's own robot.
    """

    access: Access
    dialect: Dialect

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Send the text of the message."""
        text = text_of(message, self.dialect.octets)
        url, mention = self._aim(address)
        body = self.dialect.body(text, mention)
        if self.access.secret:
            url, body = self.dialect.signed(url, body, self.access.secret, now)
        line = self.access.line
        try:
            to = destination(url, line.policy, self._hosts())
        except Malformed as error:
            return Outcome("refused", error=f"forbidden: {error.reason}")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        sent = json.dumps(body, ensure_ascii=False).encode()
        answer = exchange(to, line, Request("POST", headers, sent), now)
        if isinstance(answer, Outcome):
            return answer
        outcome = outcome_of(answer)
        return self._judged(answer.json(), outcome) if outcome.kind == "delivered" else outcome

    def _aim(self, address: str) -> tuple[str, Mention]:
        if _IN_URL.match(address):
            return address, Mention()
        own = f"{self._service()}{self.dialect.path.format(token=self.access.token)}"
        if _MOBILE.fullmatch(address):
            return own, Mention(mobile=address[-11:])
        return own, Mention(member=address)

    def _service(self) -> str:
        return (self.access.settings.url or self.dialect.service).rstrip("/")

    def _hosts(self) -> tuple[str, ...]:
        own = destination(self._service(), self.access.line.policy).host
        return (own, *self.access.hosts)

    def _judged(self, said: Mapping[str, object], outcome: Outcome) -> Outcome:
        # These services answer 200 to what they did not take.
        code = next((said[key] for key in self.dialect.code_fields if key in said), None)
        if not isinstance(code, int):
            return Outcome("again", outcome.status, "answer without a code")
        if code == 0:
            return outcome
        error = f"code {code}"
        if code in self.dialect.limited:
            return Outcome("limited", outcome.status, error, self.dialect.limited[code])
        return Outcome(
            "refused" if code in self.dialect.refused else "again", outcome.status, error
        )


def open_robot(access: Access, dialect: Dialect) -> Robot:
    """Return the robot; raise `Misconfigured` where its key is missing or stands in the URL."""
    access.require("token_file")
    url = access.settings.url
    if "?" in url or _path_of(dialect) in url:
        key = access.where("url")
        fault = f"{key}: only the service, as {dialect.service}; the key is in token_file"
        access.refuse([fault])
    return Robot(access, dialect)


def _path_of(dialect: Dialect) -> str:
    return dialect.path.partition("?")[0].partition("/{")[0]
