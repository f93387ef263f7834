"""Points as the settings name them: the explicit list of what there is."""

import pathlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from playbooks.measure.form.listing import FORMS
from playbooks.measure.point.file import ListFile, ZoneFile
from playbooks.measure.point.firewall import FirewallPoint
from playbooks.measure.point.point import Point, Reach
from playbooks.measure.point.polled import PolledPoint
from situation.faults import Unavailable
from situation.settings import PointSettings
from situation.state.store import StateStore

FOLDER = "blocklist"
"""Folder below that of the store, for files that the settings do not name."""
HEALTH_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Site:
    """What points are opened with: the folder of the store, and the state store."""

    folder: pathlib.Path
    state: StateStore


def path_of(name: str, settings: PointSettings, folder: pathlib.Path) -> pathlib.Path:
    """Return the file of a point."""
    suffix = ".zone" if settings.type == "rpz" else FORMS[settings.format].suffix
    return settings.path or folder / FOLDER / f"{name}{suffix}"


def open_point(name: str, settings: PointSettings, site: Site) -> Point:
    """Return the point of a name."""
    return _POINTS[settings.type](name, settings, site)


_POINTS: Mapping[str, Callable[[str, PointSettings, Site], Point]] = {
    "file": lambda name, one, site: ListFile(path_of(name, one, site.folder), one),
    "rpz": lambda name, one, site: ZoneFile(path_of(name, one, site.folder), one),
    "http": lambda name, one, site: PolledPoint(name, one, site.state),
    "nftables": lambda _, one, site: FirewallPoint(one, reach_of(one, site)),
}


def reach_of(settings: PointSettings, site: Site) -> Reach:
    """Return the look at what must still be reached after a change of the firewall."""

    def reach() -> None:
        with site.state.reading() as session:
            session.execute(sa.text("SELECT 1"))
        if settings.health:
            _connect(settings.health)

    return reach


def _connect(health: str) -> None:
    host, _, port = health.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), HEALTH_SECONDS).close()
    except OSError as error:
        raise Unavailable(f"does not answer: {error.strerror or error}", where=health) from error
