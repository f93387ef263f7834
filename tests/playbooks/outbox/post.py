"""A department with contacts, settings of channels, and messages for them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from playbooks.outbox.channel import Channels
from playbooks.outbox.opening import open_channels
from playbooks.outbox.posting import tell
from situation.settings import ChannelSettings, Settings
from situation.state.store import StateStore
from situation.state.tables import Contact, Delivery, Department

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DEPARTMENT = "示例市教育局"
OWNER = "worker-1"


def channels_of(**tables: Mapping[str, object]) -> Channels:
    """Open channels by their settings, as the settings file has them."""
    made = {name: ChannelSettings.model_validate(table) for name, table in tables.items()}
    return open_channels(Settings(channels=made))


def add_contact(
    session: Session,
    name: str = "王联络",
    *,
    department: str = DEPARTMENT,
    role: str = "liaison",
    mail: str = "",
    phone: str = "",
    **addresses: str,
) -> None:
    """Put a contact into the directory, with its department where that is new."""
    if session.get(Department, department) is None:
        session.add(Department(name=department, updated_at=NOW))
        session.flush()
    said: dict[str, object] = {**addresses}
    session.add(
        Contact(
            department=department,
            name=name,
            role=role,
            mail=mail,
            phone=phone,
            addresses=said,
            updated_at=NOW,
        )
    )


def payload(number: str = "示网应通〔2026〕第001号", **changed: object) -> dict[str, object]:
    """Return what a notice gives to its messages."""
    return {
        "number": number,
        "kind_zh": "事件通报",
        "kind_en": "Incident notice",
        "level": 3,
        "title_zh": "某系统疑似失陷的通报",
        "title_en": "A system that may be compromised",
        "department": DEPARTMENT,
        "due_at": (NOW + DAY).isoformat(),
        "link": "/portal/notices/n1",
        **changed,
    }


def post(
    session: Session,
    object_id: str = "n1",
    *,
    department: str = DEPARTMENT,
    roles: Sequence[str] = ("liaison",),
    occasion: str = "issue",
    said: Mapping[str, object] | None = None,
    urgent: bool = False,
    drill_id: str | None = None,
    now: dt.datetime = NOW,
) -> list[Delivery]:
    """Tell the department of a notice."""
    return tell(
        session,
        object_kind="notice",
        object_id=object_id,
        occasion=occasion,
        department=department,
        roles=roles,
        payload=payload() if said is None else said,
        urgent=urgent,
        drill_id=drill_id,
        give_up_at=now + DAY,
        now=now,
    )


def of_channel(state: StateStore, channel: str) -> list[Delivery]:
    """Return the deliveries of a channel, the first told first."""
    with state.reading() as session:
        rows = session.query(Delivery).filter_by(channel=channel)
        return sorted(rows.all(), key=lambda one: (one.created_at, one.object_id, one.recipient))
