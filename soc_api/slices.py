"""Slices for playbooks: the packets behind alerts, out of captures and of live traffic.

A capture that was replayed can be cut only while its files still lie where they lay and hold what
they held. Of live traffic the first packets of each flow lie in segments for a time. What was
kept once stays.
"""

import datetime as dt
import pathlib
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sensors.frame.identity import fingerprint
from sensors.wire.segment import SEGMENT_SECONDS, SEGMENTS, segments_between
from situation.events.dataset import FINDING, LOG
from situation.events.instant import nanoseconds
from situation.faults import Conflict, Malformed, Unavailable
from situation.state.tables import Alert, Capture, PacketSlice
from soc_api.evidence import keep_slices
from soc_api.sensing.packets import meter_settings
from soc_api.wiring import City

ACTOR = "system"
LIVE_FOR = dt.timedelta(days=1)
"""Age of an alert up to which live packets are looked for without being asked."""
MOST_AT_ONCE = 100

_COMPLETE = dt.timedelta(seconds=SEGMENT_SECONDS + 5)
"""After this the packets that an alert was made of are in segments that are complete."""
_LONGEST_FLOW = dt.timedelta(minutes=10)


class Slices:
    """Cuts the packets behind alerts out of the captures of an installation."""

    def __init__(self, city: City) -> None:
        self._city = city

    def alerts_of(self, incident_id: str, drill_id: str | None) -> Sequence[str]:
        """Return the ids of an incident's alerts that tell of packets, in their order."""
        mine = Alert.drill_id.is_(None) if drill_id is None else Alert.drill_id == drill_id
        wanted = sa.select(Alert.id).where(
            mine,
            Alert.incident_id == incident_id,
            Alert.evidence_dataset.not_in((LOG, FINDING)),
        )
        with self._city.state.reading() as session:
            return session.scalars(wanted.order_by(Alert.id)).all()

    def keep(self, alert_ids: Sequence[str], drill_id: str | None) -> Mapping[str, str]:
        """Keep what is missing; return the SHA-256 of the slice by alert, of those that have one.

        Raise `Unavailable` where the store is away, or another worker keeps the same now.
        """
        if set(alert_ids) - set(self._kept(alert_ids)):
            for files in self._captures(alert_ids, drill_id):
                self._keep_from(files, alert_ids, drill_id)
            if drill_id is None:
                self._keep_live(alert_ids)
        return self._kept(alert_ids)

    def keep_live(self, tried: set[str]) -> None:
        """Keep what live traffic left of new alerts, but of none that was `tried`; note those.

        Raise `Unavailable` as `keep` does.
        """
        settings, now = self._city.settings, self._city.clock.now()
        if not (settings.store.folder / SEGMENTS).is_dir():
            return
        with self._city.state.reading() as session:
            wanting = _without_slice(session, now - LIVE_FOR, now - _COMPLETE)
        fresh = [one for one in wanting if one not in tried][:MOST_AT_ONCE]
        tried &= set(wanting)
        if fresh:
            self._keep_live(fresh)
            tried |= set(fresh)

    def _keep_live(self, alert_ids: Sequence[str]) -> None:
        until = self._city.clock.now() - _COMPLETE
        with self._city.state.reading() as session:
            spans = _spans(session, alert_ids, until)
        if not spans:
            return
        since = min(first for _, first, _ in spans) - _LONGEST_FLOW
        last = max(last for _, _, last in spans) + _LONGEST_FLOW
        folder = self._city.settings.store.folder
        files = segments_between(folder, nanoseconds(since), nanoseconds(last))
        if files:
            self._keep_from(files, [alert_id for alert_id, _, _ in spans], None)

    def _keep_from(
        self, files: Sequence[pathlib.Path], alert_ids: Sequence[str], drill_id: str | None
    ) -> None:
        city = self._city
        try:
            keep_slices(
                city.state,
                city.events,
                files,
                city.clock.now(),
                drill_id=drill_id,
                alert_ids=alert_ids,
                actor=ACTOR,
            )
        except Conflict as conflict:
            raise Unavailable(conflict.reason, where="slices") from conflict
        except OSError as error:
            raise Unavailable(error.strerror or str(error), where="slices") from error
        except Malformed as fault:
            # It went, or changed, since it was looked at.
            raise Unavailable(str(fault), where="slices") from fault

    def _kept(self, alert_ids: Sequence[str]) -> Mapping[str, str]:
        wanted = sa.select(PacketSlice.alert_id, PacketSlice.sha256)
        with self._city.state.reading() as session:
            rows = session.execute(wanted.where(PacketSlice.alert_id.in_(alert_ids))).all()
        return {row.alert_id: row.sha256 for row in rows}

    def _captures(
        self, alert_ids: Sequence[str], drill_id: str | None
    ) -> Iterator[list[pathlib.Path]]:
        with self._city.state.reading() as session:
            captures = _over(session, alert_ids, drill_id, self._city.settings.events_url)
        for capture in captures:
            files = [pathlib.Path(str(file)) for file in capture.files]
            if files and self._is_the_same(capture, files):
                yield files

    def _is_the_same(self, capture: Capture, files: Sequence[pathlib.Path]) -> bool:
        """Tell whether the files are there still and hold what was replayed."""
        settings = self._city.settings
        try:
            now = fingerprint(
                files, settings.sensor.observer, capture.drill_id, meter_settings(settings)
            )
        except (OSError, Malformed):
            return False
        return f"{now}{capture.drill_id or ''}" == capture.id


def _over(
    session: Session, alert_ids: Sequence[str], drill_id: str | None, event_store: str
) -> Sequence[Capture]:
    """Return the captures that overlap the time of these alerts, the newest replay first."""
    span = sa.select(sa.func.min(Alert.window_start), sa.func.max(Alert.window_end))
    since, until = session.execute(span.where(Alert.id.in_(alert_ids))).one()
    if since is None:
        return []
    mine = Capture.drill_id.is_(None) if drill_id is None else Capture.drill_id == drill_id
    wanted = sa.select(Capture).where(
        mine,
        Capture.event_store == event_store,
        Capture.first_packet <= until,
        Capture.last_packet >= since,
    )
    return session.scalars(wanted.order_by(Capture.replayed_at.desc(), Capture.id)).all()


def _without_slice(session: Session, since: dt.datetime, until: dt.datetime) -> Sequence[str]:
    """Return the alerts about packets, of no drill, of this span, that have no slice."""
    wanted = (
        sa.select(Alert.id)
        .outerjoin(PacketSlice)
        .where(
            Alert.drill_id.is_(None),
            Alert.evidence_dataset.not_in((LOG, FINDING)),
            Alert.created_at.between(since, until),
            PacketSlice.alert_id.is_(None),
        )
    )
    return session.scalars(wanted.order_by(Alert.created_at, Alert.id)).all()


def _spans(
    session: Session, alert_ids: Sequence[str], until: dt.datetime
) -> list[tuple[str, dt.datetime, dt.datetime]]:
    """Return id and time of those alerts whose packets must all be in complete segments."""
    wanted = sa.select(Alert.id, Alert.first_seen, Alert.last_seen).where(
        Alert.id.in_(alert_ids), Alert.created_at <= until
    )
    return [(row.id, row.first_seen, row.last_seen) for row in session.execute(wanted)]
