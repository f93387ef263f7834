"""mail and webhook: a message leaves by the outbox, once for each step.

Whatever leaves the house by such a message may be read by others, so addresses of the city's own
networks are left out of its text.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StrictInt, field_validator

from playbooks.action.action import (
    Action,
    Effect,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
)
from playbooks.action.intent import Change, Intent
from playbooks.action.parameter import Line, NamedLine, Switch, Text, taking
from playbooks.action.phrase import at_time, impossible
from playbooks.cacao.playbook import Words
from playbooks.directory import contacts_of, desk_contacts
from playbooks.measure.safety import PRIVATE
from playbooks.outbox.message import LONGEST_TEXT
from playbooks.outbox.posting import MAIL as MAIL_CHANNEL
from playbooks.outbox.posting import PORTAL, SMS, About, tell_by_mail, tell_channel
from playbooks.person import SYSTEM
from situation.assets import UNKNOWN, Assets
from situation.events.address import canonical
from situation.state.store import audit
from situation.state.tables import Contact, Delivery

OCCASION = "message"
_MASK = "〔…〕"
_FOUR = r"\d{1,3}(?:\.\d{1,3}){3}"
_SIX = r"[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,7}"
_ADDRESS = re.compile(
    rf"(?<![0-9.]){_FOUR}|(?<![0-9A-Za-z:]){_SIX}(?:(?<=\d)(?:\.\d{{1,3}}){{3}})?"
)
"""What may be an address; it stands in Chinese text without blanks around it."""
_NOT_TAKEN_BACK = Words("发出后不能收回", "what has left cannot be taken back")
_NOBODY = Words("没有登记邮箱的联系人", "no contact has a mail address")

_HOOKS = frozenset({"webhook", "wecom", "dingtalk", "feishu"})
"""Types of channels that lead to a URL or a group by themselves."""


class MessageParameters(Parameters):
    """What is told. An English text may be left empty; `give_up_hours` is how long it is tried.

    Of a text that is longer than a message may be, the rest is left out.
    """

    title_zh: NamedLine
    title_en: Line = ""
    text_zh: Text = ""
    text_en: Text = ""
    urgent: Switch = False
    give_up_hours: Annotated[StrictInt, Field(ge=1, le=720)] = 24


class MailParameters(MessageParameters):
    """A mail to the city's duty desk, or to contacts of a department.

    `department` empty is that of the incident.
    """

    to: Literal["desk", "department"] = "desk"
    department: Line = ""
    roles: Annotated[tuple[Literal["liaison", "head", "duty"], ...], Field(min_length=1)] = (
        "liaison",
    )


class WebhookParameters(MessageParameters):
    """A message to a channel of the settings, at the URL that stands there."""

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]

    @field_validator("channel")
    @classmethod
    def _leads_out(cls, channel: str) -> str:
        if channel in (PORTAL, MAIL_CHANNEL, SMS):
            raise ValueError(f"{channel} is no webhook")
        return channel


def _against(scene: Scene, channel: str) -> Words | None:
    """Return why nothing can leave by a channel; None where it can, or nobody knows here."""
    if scene.channels is None or scene.channels.get(channel) in _HOOKS:
        return None
    if channel not in scene.channels:
        return Words(f"没有配置 channels.{channel}", f"there is no channels.{channel}")
    return Words(f"channels.{channel} 不是网络钩子", f"channels.{channel} is no webhook")


def _masked(text: str, assets: Assets) -> str:
    """Return the text without addresses of the city's own networks."""

    def instead(found: re.Match[str]) -> str:
        # A colon may end the sentence and not belong to the address.
        whole, less = found[0], found[0].removesuffix(":")
        is_own = _is_own(whole, assets) or _is_own(less, assets)
        return _MASK + (":" if whole != less else "") if is_own else whole

    return _ADDRESS.sub(instead, text)


def _is_own(text: str, assets: Assets) -> bool:
    address = canonical(text)
    if address is None:
        return False
    inside = any(ipaddress.ip_address(address) in network for network in PRIVATE)
    return inside or assets.of(address) is not None


def _department(scene: Scene, given: MailParameters) -> str:
    if given.to == "desk":
        return ""
    return given.department or (scene.incident.department if scene.incident else UNKNOWN)


def _readers(scene: Scene, given: MailParameters) -> list[Contact]:
    found = (
        desk_contacts(scene.session)
        if given.to == "desk"
        else contacts_of(scene.session, _department(scene, given), given.roles)
    )
    return [one for one in found if one.mail]


def _text(scene: Scene, given: MessageParameters) -> Words:
    return Words(*(_short(_masked(one, scene.assets)) for one in (given.text_zh, given.text_en)))


def _short(text: str) -> str:
    # A list of what was found may be longer than any channel takes; what is cut off is missed.
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _title(scene: Scene, given: MessageParameters) -> Words:
    zh = _masked(given.title_zh, scene.assets)
    return Words(zh, _masked(given.title_en, scene.assets) or zh)


def _give_up_at(scene: Scene, given: MessageParameters) -> dt.datetime:
    return scene.now + dt.timedelta(hours=given.give_up_hours)


def _about(scene: Scene, given: MessageParameters, department: str) -> About:
    title, text, incident = _title(scene, given), _text(scene, given), scene.incident
    payload: dict[str, object] = {
        "number": incident.id if incident else scene.run_id,
        "kind_zh": title.zh,
        "kind_en": title.en,
        "level": incident.level if incident else None,
        "title_zh": title.zh,
        "title_en": title.en,
        "department": department,
        "due_at": "",
        "link": f"/incidents/{incident.id}" if incident and not department else "",
        "text_zh": text.zh,
        "text_en": text.en,
    }
    return About(
        object_kind="playbook_run",
        object_id=scene.run_id,
        occasion=f"{OCCASION}:{scene.key}",
        payload=payload,
        drill_id=scene.drill_id,
        urgent=given.urgent,
        give_up_at=_give_up_at(scene, given),
        now=scene.now,
    )


def _changes(scene: Scene, given: MessageParameters, to: Sequence[str]) -> tuple[Change, ...]:
    title, text = _title(scene, given), _text(scene, given)
    said = [*(title.zh, title.en), *text.zh.splitlines(), *text.en.splitlines()]
    return (
        Change("收件 recipients", tuple(f"+ {one}" for one in to)),
        Change("正文 text", tuple(f"+ {line}" for line in dict.fromkeys(said) if line)),
    )


def _intent(scene: Scene, given: MessageParameters, command: str, to: Sequence[str]) -> Intent:
    title, last = _title(scene, given), at_time(_give_up_at(scene, given))
    drill = scene.drill_id is not None
    names = "、".join(to)
    return Intent(
        command=command,
        what=Words(f"发送：{title.zh}", f"send: {title.en}"),
        how_long=Words(f"发送一次，{last} 前未送达即放弃", f"sent once, given up after {last}"),
        undo=_NOT_TAKEN_BACK,
        touches=Words(
            f"{'演练地址代替：' if drill else ''}{len(to)} 个收件方：{names}",
            f"{'the address of drills in place of ' if drill else ''}{len(to)} recipients: {names}",
        ),
        changes=_changes(scene, given, to),
        outputs={"sent": str(len(to))},
    )


def _intend_mail(scene: Scene, given: MailParameters) -> Intent:
    readers = _readers(scene, given)
    whose = _department(scene, given) or "desk"
    if not readers:
        return impossible(f"mail to={whose}", _NOBODY)
    to = [f"{one.department}/{one.name} <{one.mail}>" for one in readers]
    return _intent(scene, given, f"mail to={whose} recipients={len(to)}: {given.title_zh}", to)


def _mail(scene: Scene, given: MailParameters) -> Outcome:
    readers = _readers(scene, given)
    if not readers:
        raise Refused(_NOBODY.en)
    about = _about(scene, given, _department(scene, given))
    return _posted(scene, tell_by_mail(scene.session, readers, about))


def _intend_webhook(scene: Scene, given: WebhookParameters) -> Intent:
    command = f"webhook channel={given.channel}: {given.title_zh}"
    against = _against(scene, given.channel)
    if against is not None:
        return impossible(command, against)
    return _intent(scene, given, command, [f"channels.{given.channel}"])


def _webhook(scene: Scene, given: WebhookParameters) -> Outcome:
    against = _against(scene, given.channel)
    if against is not None:
        raise Refused(against.en)
    return _posted(scene, tell_channel(scene.session, given.channel, _about(scene, given, "")))


def _posted(scene: Scene, deliveries: Sequence[Delivery]) -> Outcome:
    audit(
        scene.session,
        scene.now,
        SYSTEM.name,
        "message.post",
        kind="playbook_run",
        object_id=scene.run_id,
        step=scene.key,
        started_by=scene.started_by,
        recipients=[one.recipient for one in deliveries],
        channels=sorted({one.channel for one in deliveries}),
    )
    told = Words(f"已交发件箱 {len(deliveries)} 份", f"{len(deliveries)} put into the outbox")
    return Outcome(outputs={"sent": str(len(deliveries))}, told=told)


MAIL = Action(
    name="mail",
    words=Words("发送邮件", "send a mail"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=MailParameters,
    outputs={"sent": "integer"},
    intend=taking(MailParameters, _intend_mail),
    inside=taking(MailParameters, _mail),
)

WEBHOOK = Action(
    name="webhook",
    words=Words("调用网络钩子", "call a webhook"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=WebhookParameters,
    outputs={"sent": "integer"},
    intend=taking(WebhookParameters, _intend_webhook),
    inside=taking(WebhookParameters, _webhook),
)
