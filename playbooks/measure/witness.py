"""Which hosts of the city had to do with a target, as far as alerts tell.

Only the event store knows all traffic, and it is not asked while people read what would be
done; alerts are rows of the state store. Whoever shows this says so.
"""

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.assets import UNKNOWN, Network
from situation.state.tables import Alert

LOOK_BACK = dt.timedelta(days=7)
"""By when it happened, or by when the desk was told: an old capture tells of old days."""
MOST_ALERTS = 20_000
"""Alerts that are looked at, the newest first."""

_Told = sa.Row[str | None, str | None, str | None, str, dict[str, object]]
"""Source, destination, host, asset and indicators of an alert."""


def hosts_near_network(
    session: Session, network: Network, *, drill_id: str | None, now: dt.datetime
) -> list[str]:
    """Return the hosts whose alerts name an address of the network, by name or by address."""

    def is_there(text: str) -> bool:
        try:
            return ipaddress.ip_address(text) in network
        except ValueError:
            return False

    return _hosts(_alerts(session, drill_id, now), is_there)


def hosts_near_domain(
    session: Session, domain: str, *, drill_id: str | None, now: dt.datetime
) -> list[str]:
    """Return the hosts whose alerts name the domain or one below it."""

    def is_there(text: str) -> bool:
        name = text.lower().rstrip(".")
        return name == domain or name.endswith(f".{domain}")

    return _hosts(_alerts(session, drill_id, now), is_there)


def _alerts(session: Session, drill_id: str | None, now: dt.datetime) -> Iterator[_Told]:
    since = now - LOOK_BACK
    columns = (Alert.source_ip, Alert.destination_ip, Alert.host_ip, Alert.asset, Alert.indicators)
    wanted = (
        sa.select(*columns)
        .where(Alert.drill_id.is_not_distinct_from(drill_id))
        .where(sa.or_(Alert.last_seen >= since, Alert.updated_at >= since))
        .order_by(Alert.last_seen.desc(), Alert.id)
        .limit(MOST_ALERTS)
    )
    return iter(session.execute(wanted))


def _hosts(alerts: Iterator[_Told], is_there: Callable[[str], bool]) -> list[str]:
    found = set()
    for source, destination, host, asset, indicators in alerts:
        told = (source, destination, *(indicators.get(key) for key in ("address", "domain")))
        if any(is_there(str(one)) for one in told if one):
            near = (one for one in (host, source, destination) if one and not is_there(one))
            found.add(asset if asset != UNKNOWN else next(near, ""))
    return sorted(found - {""})
