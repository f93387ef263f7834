"""Posting: who is told by which channel, written in the transaction of the change it tells of."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.directory import contacts_of, desk_contacts
from situation.state.tables import Contact, Delivery

PORTAL = "portal"
"""The channel inside the house: what is posted stands there as soon as it is committed."""
MAIL = "mail"
SMS = "sms"

_MOBILE = re.compile(r"(\+?86)?1[0-9]{10}|\+[0-9]{8,15}")
_SEPARATORS = str.maketrans("", "", " -")


@dataclass(frozen=True, slots=True)
class _Target:
    recipient: str
    channel: str
    address: str


def tell(  # noqa: PLR0913 - each is a column of the delivery
    session: Session,
    *,
    object_kind: str,
    object_id: str,
    occasion: str,
    department: str,
    roles: Sequence[str],
    payload: Mapping[str, object],
    urgent: bool,
    drill_id: str | None,
    give_up_at: dt.datetime,
    now: dt.datetime,
) -> list[Delivery]:
    """Post to the portal of a department and to each address of its contacts of these roles.

    `payload` has number, kind_zh, kind_en, level, title_zh, title_en, department, due_at (ISO),
    link (path in the console); nothing sensitive. Return what was written: an occasion that was
    told before writes nothing again.
    """
    targets = [_Target(department, PORTAL, "")]
    for contact in contacts_of(session, department, roles):
        targets += _targets(contact)
    about = About(object_kind, object_id, occasion, payload, drill_id, urgent, give_up_at, now)
    return _post(session, about, targets)


def tell_desk(
    session: Session,
    *,
    object_kind: str,
    object_id: str,
    occasion: str,
    payload: Mapping[str, object],
    urgent: bool,
    drill_id: str | None,
    give_up_at: dt.datetime,
    now: dt.datetime,
) -> list[Delivery]:
    """Post to each address of the city's own duty desk, as `tell`; its portal is the console."""
    targets = [one for contact in desk_contacts(session) for one in _targets(contact)]
    about = About(object_kind, object_id, occasion, payload, drill_id, urgent, give_up_at, now)
    return _post(session, about, targets)


@dataclass(frozen=True, slots=True)
class About:
    """What a message tells of: the columns of its deliveries that are the same for everybody.

    `payload` is that of `tell`; it may have `text_zh` and `text_en` of several lines too.
    """

    object_kind: str
    object_id: str
    occasion: str
    payload: Mapping[str, object]
    drill_id: str | None
    urgent: bool
    give_up_at: dt.datetime
    now: dt.datetime


def tell_by_mail(session: Session, contacts: Sequence[Contact], about: About) -> list[Delivery]:
    """Post a mail to each of these contacts who has an address; return what was written."""
    targets = [one for contact in contacts for one in _targets(contact) if one.channel == MAIL]
    return _post(session, about, targets)


def tell_channel(session: Session, channel: str, about: About) -> list[Delivery]:
    """Post once by a channel of the settings, to where it leads by itself."""
    return _post(session, about, [_Target(channel, channel, "")])


def _targets(contact: Contact) -> Iterator[_Target]:
    recipient = f"{contact.department}/{contact.name}"
    if contact.mail:
        yield _Target(recipient, MAIL, contact.mail)
    phone = contact.phone.translate(_SEPARATORS)
    # A fixed line cannot take a text message; the desk calls it.
    if _MOBILE.fullmatch(phone):
        yield _Target(recipient, SMS, phone)
    for channel, address in sorted(contact.addresses.items()):
        if address:
            yield _Target(recipient, channel, str(address))


def _post(session: Session, about: About, targets: Sequence[_Target]) -> list[Delivery]:
    wanted = {_id(about, target): target for target in targets}
    known = set(session.scalars(sa.select(Delivery.id).where(Delivery.id.in_(wanted))))
    posted = [_delivery(key, about, one) for key, one in wanted.items() if key not in known]
    session.add_all(posted)
    return posted


def _id(about: About, target: _Target) -> str:
    parts = (about.object_kind, about.object_id, about.occasion, target.recipient, target.channel)
    return hashlib.blake2b("\x1f".join(("delivery", *parts)).encode(), digest_size=16).hexdigest()


def _delivery(delivery_id: str, about: About, target: _Target) -> Delivery:
    is_inside = target.channel == PORTAL
    return Delivery(
        id=delivery_id,
        drill_id=about.drill_id,
        object_kind=about.object_kind,
        object_id=about.object_id,
        occasion=about.occasion,
        recipient=target.recipient,
        channel=target.channel,
        # The row of a drill holds no real address, so that nothing can send to one by mistake.
        address="" if about.drill_id else target.address,
        payload={**about.payload, "drill": about.drill_id is not None},
        urgent=about.urgent,
        state="delivered" if is_inside else "pending",
        next_try_at=about.now,
        give_up_at=about.give_up_at,
        created_at=about.now,
        delivered_at=about.now if is_inside else None,
    )
