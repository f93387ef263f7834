"""Listeners: the published playbooks that start by themselves."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from playbooks.cacao.playbook import Playbook
from playbooks.execution.house import House
from playbooks.execution.versions import PUBLISHED
from situation.faults import Malformed
from situation.state.tables import PlaybookVersion


@dataclass(frozen=True, slots=True)
class Listener:
    """A published playbook that starts by itself."""

    version_id: int
    playbook: Playbook
    published_at: dt.datetime


def listeners_of(session: Session, house: House) -> tuple[list[Listener], list[int]]:
    """Return the listeners, and the published versions that this release cannot read."""
    versions = session.scalars(
        sa.select(PlaybookVersion)
        .where(PlaybookVersion.state == PUBLISHED)
        .order_by(PlaybookVersion.key)
        .options(defer(PlaybookVersion.document))
    )
    found, unreadable = [], []
    for version in versions:
        try:
            playbook = house.playbook(version)
        except Malformed:
            unreadable.append(version.id)
            continue
        if playbook.triggers:
            published_at = version.reviewed_at or version.written_at
            found.append(Listener(version.id, playbook, published_at))
    return found, unreadable
