r"""飞书 group robots: 100 messages a minute and 5 a second, 20 kB.

The signature is base64(HMAC-SHA256(key = "seconds\nsecret", empty message)), in the body.
Source: open.feishu.cn, guide to custom bots.
"""

import base64
import datetime as dt
import hashlib
import hmac

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.channels.robot import OFTEN_SECONDS, Dialect, Mention, open_robot

_TAG = str.maketrans({"<": "＜", ">": "＞"})
"""A text may hold tags that call people; nothing of ours is one."""


def sign(secret: str, seconds: int) -> str:
    """Return the signature in base64."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


def _body(text: str, mention: Mention) -> dict[str, object]:
    member = mention.member if mention.member.replace("_", "").isalnum() else ""
    call = f'<at user_id="{member}"></at>\n' if member else ""
    return {"msg_type": "text", "content": {"text": call + text.translate(_TAG)}}


def _signed(
    url: str, body: dict[str, object], secret: str, now: dt.datetime
) -> tuple[str, dict[str, object]]:
    at = int(now.timestamp())
    return url, {"timestamp": str(at), "sign": sign(secret, at), **body}


FEISHU = Dialect(
    service="https://open.feishu.cn",
    path="/open-apis/bot/v2/hook/{token}",
    octets=4096,
    body=_body,
    signed=_signed,
    code_fields=("code", "StatusCode"),
    limited={11232: OFTEN_SECONDS, 9499: OFTEN_SECONDS, 99991400: OFTEN_SECONDS},
    refused=frozenset({19001}),
)


def open_feishu(access: Access) -> Channel:
    """Return the channel; `token_file` is the end of its URL, `secret_file` signs if given."""
    return open_robot(access, FEISHU)
