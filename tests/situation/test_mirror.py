"""Alerts that change on the desk are found again beside the flows."""

import datetime as dt
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from situation.clock import SetClock
from situation.events.filter import Eq
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore, Query, WriteResult
from situation.faults import Unavailable
from situation.mirror import BATCH_SIZE, mirror_alerts
from situation.state.store import StateStore, open_state_store, send
from situation.state.tables import Alert, OutboxMessage

NOON = dt.datetime(2026, 3, 3, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Desk:
    state: StateStore
    events: EventStore
    clock: SetClock

    def found(self, dataset: str) -> list[dict[str, object]]:
        query = Query(dataset, NOON - DAY, NOON + DAY, order="oldest", limit=1000)
        return self.events.search(query).documents


@pytest.fixture
def desk(tmp_path: pathlib.Path) -> Iterator[Desk]:
    events = open_event_store(str(tmp_path / "events"))
    events.setup()
    state = open_state_store(f"sqlite:///{tmp_path}/state.db")
    yield Desk(state, events, SetClock(NOON))
    events.close()
    state.close()


def _alert(number: int, drill_id: str | None = None) -> Alert:
    return Alert(
        id=f"alert-{number}{drill_id or ''}", drill_id=drill_id, detector="port_scan",
        detector_version=1, subject="198.51.100.7", source_ip="198.51.100.7",
        destination_ip="10.1.0.5", host_ip="10.1.0.5", window_start=NOON,
        window_end=NOON + dt.timedelta(hours=1), first_seen=NOON + dt.timedelta(seconds=number),
        last_seen=NOON + DAY / 48, severity=2, score=0.5, p_value=None, technique="T1046",
        category="scan", sentence_zh="扫描 60 个端口", sentence_en="60 ports scanned",
        reasons=[{"metric": "ports", "observed": 60, "zh": "长" * 2000}], evidence=[],
        evidence_dataset="flow", event_count=60, indicators={}, asset="portal",
        department="数据局", district="东区", role="web", protection_level=3, cii=False,
        created_at=NOON, updated_at=NOON,
    )  # fmt: skip


def _add(desk: Desk, *alerts: Alert) -> None:
    with desk.state.transaction() as session:
        for alert in alerts:
            session.add(alert)
            send(session, NOON, "alert", alert.id, {})


def test_an_alert_is_mirrored_once_for_each_of_its_states(desk: Desk) -> None:
    _add(desk, _alert(1))
    assert mirror_alerts(desk.state, desk.events, desk.clock).written == 1
    with desk.state.transaction() as session:
        alert = session.get_one(Alert, "alert-1")
        alert.status = "closed"
        send(session, NOON, "alert", alert.id, {})
    assert mirror_alerts(desk.state, desk.events, desk.clock).written == 1
    assert mirror_alerts(desk.state, desk.events, desk.clock).written == 0
    found = desk.found("alert")
    assert [document["event.id"] for document in found] == ["alert-1-1", "alert-1-2"]
    assert [document["citywatch.alert.status"] for document in found] == ["open", "closed"]


def test_a_mirrored_alert_can_be_searched_by_its_declared_fields(desk: Desk) -> None:
    _add(desk, _alert(1), _alert(2))
    mirror_alerts(desk.state, desk.events, desk.clock)
    query = Query("alert", NOON - DAY, NOON + DAY, where=Eq("rule.name", "port_scan"))
    assert desk.events.count(query) == 2
    reasons = desk.found("alert")[0]["citywatch.alert.reasons"]
    assert "长" * 2000 in json.dumps(reasons, ensure_ascii=False)


def test_a_drill_s_alerts_lie_in_the_drill_s_own_dataset(desk: Desk) -> None:
    _add(desk, _alert(1), _alert(1, "drill-a"))
    mirror_alerts(desk.state, desk.events, desk.clock)
    assert [document["event.id"] for document in desk.found("alert")] == ["alert-1-1"]
    (drill,) = desk.found("drill-a-alert")
    assert drill["citywatch.drill.id"] == "drill-a"


def test_more_messages_than_one_batch_are_all_delivered(desk: Desk) -> None:
    _add(desk, *(_alert(number) for number in range(BATCH_SIZE + 3)))
    assert mirror_alerts(desk.state, desk.events, desk.clock).written == BATCH_SIZE + 3


def test_while_the_store_is_away_messages_wait_in_the_outbox(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_batch: Batch) -> WriteResult:
        raise Unavailable("no answer", where="event store")

    _add(desk, _alert(1))
    with monkeypatch.context() as patched:
        patched.setattr(desk.events, "write", away)
        with pytest.raises(Unavailable):
            mirror_alerts(desk.state, desk.events, desk.clock)
    with desk.state.reading() as session:
        (message,) = session.scalars(sa.select(OutboxMessage)).all()
    assert message.delivered_at is None
    assert mirror_alerts(desk.state, desk.events, desk.clock).written == 1
