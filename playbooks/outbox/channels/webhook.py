"""Webhooks after Standard Webhooks 1.0 (standardwebhooks.com): signed, small, no redirect.

`webhook-id` is the id of the delivery, the same for each repeat: the receiver drops what it
knows. The signature is `v1,` and base64(HMAC-SHA256(secret, "id.timestamp.body")).
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.destination import destination
from playbooks.outbox.exchange import Request, exchange, outcome_of
from playbooks.outbox.message import Message, fitting
from playbooks.outbox.outcome import Outcome
from situation.faults import Malformed, Misconfigured

BODY_OCTETS = 20_000
"""The specification wants less than 20 kB."""
SECRET_OCTETS = range(24, 65)
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to the URL of the contact, or to that of the channel where there is none."""

    access: Access
    key: bytes = field(repr=False)

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Post the message, signed."""
        settings, line = self.access.settings, self.access.line
        try:
            to = destination(address or settings.url, line.policy, self.access.hosts)
        except Malformed as error:
            return Outcome("refused", error=f"forbidden: {error.reason}")
        body = body_of(message, now)
        stamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self.key, message.id, stamp, body),
        }
        answer = exchange(to, line, Request("POST", headers, body), now)
        return answer if isinstance(answer, Outcome) else outcome_of(answer)


def sign(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    """Return the header `webhook-signature`."""
    said = b".".join((message_id.encode(), stamp.encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()}"


def key_of(secret: str) -> bytes:
    """Return the key of a secret `whsec_...`; raise `Malformed` where it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("is no base64") from error
    if len(key) not in SECRET_OCTETS:
        raise Malformed("must have 24 to 64 octets")
    return key


def body_of(message: Message, now: dt.datetime) -> bytes:
    """Return the JSON of a message; of a long digest the items that fit, and how many more."""

    def written(count: int) -> bytes:
        data: dict[str, object] = {
            "drill": message.is_drill,
            "urgent": message.is_urgent,
            "items": [asdict(item) for item in message.items[:count]],
            "more": len(message.items) - count,
        }
        said = {"type": _type(message), "timestamp": now.isoformat(), "data": data}
        return json.dumps(said, ensure_ascii=False).encode()

    return written(fitting(written, len(message.items), BODY_OCTETS - 1))


def _type(message: Message) -> str:
    return "digest" if len(message.items) > 1 else message.items[0].topic


def open_webhook(access: Access) -> Channel:
    """Return the channel; `secret_file` holds its signing secret."""
    access.require("secret_file")
    if not (access.settings.url or access.settings.hosts):
        access.require("url", "hosts")
    try:
        return Webhook(access, key_of(access.secret))
    except Malformed as error:
        raise Misconfigured(f"{access.where('secret_file')}: {error.reason}") from error
