"""企业微信 group robots: text of at most 2,048 octets, 20 messages a minute, no signature.

Source: developer.work.weixin.qq.com, document 91770.
"""

import datetime as dt

from playbooks.outbox.channel import Access, Channel
from playbooks.outbox.channels.robot import OFTEN_SECONDS, Dialect, Mention, open_robot


def _body(text: str, mention: Mention) -> dict[str, object]:
    content: dict[str, object] = {"content": text}
    if mention.mobile:
        content["mentioned_mobile_list"] = [mention.mobile]
    if mention.member:
        content["mentioned_list"] = [mention.member]
    return {"msgtype": "text", "text": content}


def _signed(
    url: str, body: dict[str, object], _secret: str, _now: dt.datetime
) -> tuple[str, dict[str, object]]:
    return url, body


WECOM = Dialect(
    service="https://qyapi.weixin.qq.com",
    path="/cgi-bin/webhook/send?key={token}",
    octets=2048,
    body=_body,
    signed=_signed,
    code_fields=("errcode",),
    limited={45009: OFTEN_SECONDS, 45033: OFTEN_SECONDS},
    refused=frozenset({93000}),
)


def open_wecom(access: Access) -> Channel:
    """Return the channel; the key of the robot is `token_file`."""
    return open_robot(access, WECOM)
