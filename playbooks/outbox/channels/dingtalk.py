r"""钉钉 group robots: 20 messages a minute, beyond that ten minutes of silence.

The signature is base64(HMAC-SHA256(key = secret, "milliseconds\nsecret")), in the query.
Source: open.dingtalk.com, custom robots, security settings.
"""

import base64
import datetime as dt
import hashlib
import hmac
import urllib.parse

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.channels.robot import Dialect, Mention, open_robot

_BLOCKED_SECONDS = 600.0


def sign(secret: str, milliseconds: int) -> str:
    """Return the signature in base64."""
    said = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), said, hashlib.sha256)).decode()


def _body(text: str, mention: Mention) -> dict[str, object]:
    at: dict[str, object] = {"isAtAll": False}
    if mention.mobile:
        at["atMobiles"] = [mention.mobile]
    if mention.member:
        at["atUserIds"] = [mention.member]
    return {"msgtype": "text", "text": {"content": text}, "at": at}


def _signed(
    url: str, body: dict[str, object], secret: str, now: dt.datetime
) -> tuple[str, dict[str, object]]:
    at = int(now.timestamp() * 1000)
    return f"{url}&timestamp={at}&sign={urllib.parse.quote_plus(sign(secret, at))}", body


DINGTALK = Dialect(
    service="https://oapi.dingtalk.com",
    path="/robot/send?access_token={token}",
    octets=4096,
    body=_body,
    signed=_signed,
    code_fields=("errcode",),
    limited={130101: _BLOCKED_SECONDS, 410100: _BLOCKED_SECONDS},
    refused=frozenset({300001}),
)


def open_dingtalk(access: Access) -> Channel:
    """Return the channel; `token_file` is its access token, `secret_file` signs if given."""
    return open_robot(access, DINGTALK)
