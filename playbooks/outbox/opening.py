"""Opening: the settings become channels; every fault is told at once and names its key."""

import pathlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from playbooks.outbox.channel import Access, Channel, Channels, Route
from playbooks.outbox.channels.dingtalk import open_dingtalk
from playbooks.outbox.channels.feishu import open_feishu
from playbooks.outbox.channels.mail import open_mail
from playbooks.outbox.channels.sms import open_sms
from playbooks.outbox.channels.webhook import open_webhook
from playbooks.outbox.channels.wecom import open_wecom
from playbooks.outbox.destination import Policy, destination
from playbooks.outbox.exchange import Line
from playbooks.outbox.own import own_servers
from playbooks.outbox.pace import pace_of
from playbooks.outbox.posting import MAIL, PORTAL, SMS
from playbooks.roster import MAIL_ADDRESS
from situation.faults import Malformed, Misconfigured
from situation.settings import ChannelSettings, Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel: how it is opened, and its pace where the settings name none."""

    open: Callable[[Access], Channel]
    per_minute: int
    most_at_once: int


CHANNELS: Mapping[str, Kind] = {
    "mail": Kind(open_mail, 600, 200),
    "webhook": Kind(open_webhook, 600, 200),
    "wecom": Kind(open_wecom, 18, 6),
    "dingtalk": Kind(open_dingtalk, 18, 6),
    "feishu": Kind(open_feishu, 90, 5),
    "sms": Kind(open_sms, 120, 40),
}
"""The ways out by the type of the settings; the portal is the house itself."""

_ONLY_AS = {MAIL: "mail", SMS: "sms"}
"""Names that the directory itself uses, and what they must be."""


def open_channels(settings: Settings) -> Channels:
    """Open all channels of the settings; raise `Misconfigured` with every fault."""
    routes: dict[str, Route] = {}
    faults: list[str] = []
    own = own_servers(settings)
    for name, one in settings.channels.items():
        try:
            routes[name] = _route(name, one, own)
        except Misconfigured as error:
            faults.append(error.reason)
    if faults:
        raise Misconfigured.listing(faults, where="channels")
    return Channels(routes, settings.console.public_url.rstrip("/"))


def _route(name: str, settings: ChannelSettings, own: frozenset[tuple[str, int]]) -> Route:
    policy = Policy(settings.allow_loopback, own)
    access = Access(
        name=name,
        settings=settings,
        line=Line(policy, _context(name, settings.ca_certs)),
        token=_secret(name, "token", settings.token, settings.token_file),
        secret=_secret(name, "secret", settings.secret, settings.secret_file),
    )
    access.refuse(_faults(access, policy))
    kind = CHANNELS[settings.type]
    pace = pace_of(settings.per_minute or kind.per_minute, kind.most_at_once)
    address = settings.drill_address if settings.drill else None
    return Route(name, settings.type, kind.open(access), pace, address, address == "")


def _faults(access: Access, policy: Policy) -> "list[str]":
    name, settings = access.name, access.settings
    faults = []
    if name == PORTAL or _ONLY_AS.get(name, settings.type) != settings.type:
        faults.append(f"channels.{name}: this name is not for a channel of type {settings.type}")
    if settings.drill:
        faults += [f"{access.where('drill_address')}: {one}" for one in _drill_faults(settings)]
    if settings.url:
        try:
            destination(settings.url, policy)
        except Malformed as error:
            faults.append(f"{access.where('url')}: {error.reason}")
    return faults


def _drill_faults(settings: ChannelSettings) -> list[str]:
    address = settings.drill_address
    if settings.type == "mail" and not MAIL_ADDRESS.fullmatch(address):
        return ["the mail address of the drills is needed"]
    if settings.type == "sms" and not address:
        return ["the phone number of the drills is needed"]
    # Empty: the whole channel is for drills. Else it must lead out of its real group or URL.
    if settings.type not in _ONLY_AS.values() and address and "://" not in address:
        return ["a URL, or empty where the channel is for drills alone"]
    return []


def _context(name: str, ca_certs: pathlib.Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_certs)
    except (OSError, ssl.SSLError) as error:
        where = f"channels.{name}.ca_certs"
        raise Misconfigured(f"{where}: {ca_certs} is no PEM file that can be read") from error


def _secret(name: str, key: str, given: SecretStr, file: pathlib.Path | None) -> str:
    if given.get_secret_value() or file is None:
        return given.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise Misconfigured(f"channels.{name}.{key}_file: {file}: {reason}") from error
