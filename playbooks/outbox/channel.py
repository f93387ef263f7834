"""What a channel is: it takes a message to an address and says what came of it."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from playbooks.outbox.destination import destination
from playbooks.outbox.exchange import Line
from playbooks.outbox.message import Message
from playbooks.outbox.outcome import Outcome
from playbooks.outbox.pace import Pace
from situation.faults import Misconfigured
from situation.settings import ChannelSettings
from situation.state.tables import Delivery


class Channel(Protocol):
    """One way out. What the other side does is an outcome, never an exception."""

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Send once; the receiver can tell a repeat by the id of the message."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """What a channel is made of: its settings, its secrets, and how it is connected."""

    name: str
    settings: ChannelSettings
    line: Line
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def require(self, *keys: str) -> None:
        """Raise `Misconfigured` naming each of these settings that is empty."""
        self.refuse(f"{self.where(key)}: is needed" for key in keys if not self._given(key))

    def refuse(self, faults: Iterable[str]) -> None:
        """Raise `Misconfigured` with all faults, if there are any."""
        found = list(faults)
        if found:
            raise Misconfigured("; ".join(found))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts that a URL may name: those that the settings name, and no other."""
        settings = self.settings
        urls = (settings.url, settings.drill_address if "://" in settings.drill_address else "")
        own = (destination(url, self.line.policy).host for url in urls if url)
        return (*own, *(host.lower() for host in settings.hosts))

    def where(self, key: str) -> str:
        """Return how a setting of this channel is named."""
        return f"channels.{self.name}.{key}"

    def _given(self, key: str) -> bool:
        secrets = {"token_file": self.token, "secret_file": self.secret}
        return bool(secrets[key] if key in secrets else getattr(self.settings, key))


@dataclass(frozen=True, slots=True)
class Route:
    """An open channel with its type, its pace and what a drill may do on it."""

    name: str
    type: str
    channel: Channel
    pace: Pace
    drill_address: str | None
    """Where everything of a drill goes; None: a drill may not use the channel."""
    is_for_drills: bool = False
    """Whether nothing but drills leaves by it: its own group or URL is that of the drills."""

    def bucket(self, address: str) -> str:
        """Return what draws from one bucket of tokens: the channel, or a contact's own URL."""
        if "://" not in address:
            return self.name
        return f"{self.name} {hashlib.blake2b(address.encode(), digest_size=8).hexdigest()}"


Way = tuple[Route, str]
"""By which channel and to which address something goes."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of an installation by name. `public_url` stands before links."""

    routes: Mapping[str, Route]
    public_url: str = ""

    def way(self, delivery: Delivery) -> Way | None:
        """Return by which channel and to which address a delivery really goes; None if by none.

        What is of a drill goes to the channel's address of drills and never to whom it is for: by
        the channel that it names, or else by the first one of the same type that drills may use.
        """
        named = self.routes.get(delivery.channel)
        if delivery.drill_id is None:
            is_real = named is not None and not named.is_for_drills
            return (named, delivery.address) if named is not None and is_real else None
        type_ = named.type if named is not None else delivery.channel
        same = [route for _, route in sorted(self.routes.items()) if route.type == type_]
        for route in (named, *same):
            if route is not None and route.drill_address is not None:
                return route, route.drill_address
        return None
