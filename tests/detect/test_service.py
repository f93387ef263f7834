"""The follow loop on real stores: what it does once, twice, after a crash, and in a drill."""

import datetime as dt
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
import pytest
import sqlalchemy as sa

from detect import lease
from detect.catalogue import DETECTORS
from detect.detector import HOUR, Detector, Inspection, Windows
from detect.rules.flow.port_scan import PortScanDetector
from detect.service import Detected, detect
from situation.assets import Assets
from situation.clock import SetClock
from situation.events.dataset import DNS, FLOW, LOG, dataset_of
from situation.events.filter import Filter
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore
from situation.faults import Conflict
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Alert, AuditLine, Cursor, OutboxMessage
from tests.detect.frames import NO_ASSETS, OUTSIDER, city, flows, knock, scenario
from tests.testdata import ROOT

VICTIM = "10.20.1.15"
NOON = dt.datetime(2026, 3, 3, 4, tzinfo=dt.UTC)


@dataclass(slots=True)
class Desk:
    """The stores and the clock of one test."""

    events: EventStore
    state: StateStore
    clock: SetClock = field(default_factory=lambda: SetClock(NOON))
    assets: Assets = field(default_factory=city)

    def write(self, name: str, frame: pl.DataFrame, drill_id: str | None = None) -> None:
        dataset = dataset_of(name, drill_id)
        self.events.write(Batch(dataset, f"b{frame.height}{frame['event.id'][0]}", frame))

    def detect(
        self,
        *detectors: Detector,
        drill_id: str | None = None,
        assets: Assets | None = None,
        place: str = "",
    ) -> Detected:
        return detect(
            self.events,
            self.state,
            assets or self.assets,
            self.clock,
            drill_id=drill_id,
            place=place,
            detectors=detectors or DETECTORS,
        )

    def alerts(self) -> list[Alert]:
        with self.state.reading() as session:
            return list(session.scalars(sa.select(Alert).order_by(Alert.first_seen, Alert.id)))

    def count(self, table: type[AuditLine | OutboxMessage]) -> int:
        with self.state.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def desk(tmp_path: pathlib.Path) -> Iterator[Desk]:
    events = open_event_store(str(tmp_path / "events"))
    events.setup()
    state = open_state_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield Desk(events, state)
    events.close()
    state.close()


def _scan(ports: int, start: int = 0) -> pl.DataFrame:
    return flows(knock(start + n, OUTSIDER, VICTIM, 100 + start + n) for n in range(ports))


@dataclass(frozen=True, slots=True)
class FailingDetector:
    """Fails on whatever it is given."""

    name: str = "failing"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = HOUR
    columns: tuple[str, ...] = ("@timestamp",)
    where: Filter | None = None

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Raise what no fault foresees."""
        raise ZeroDivisionError(frame.height, windows.length, len(assets.rows))


@pytest.mark.parametrize("name", ["quiet-day", "intrusion", "iot-botnet"])
def test_a_scenario_gives_exactly_the_expected_alerts(desk: Desk, name: str) -> None:
    for dataset in (FLOW, DNS, LOG):
        if not scenario(name, dataset).is_empty():
            desk.write(dataset, scenario(name, dataset))
    detected = desk.detect()
    expected = json.loads((ROOT / "pcaps" / name / "expected.json").read_text(encoding="utf-8"))
    wanted = {(one["detector"], one["category"], one["subject"]) for one in expected["alerts"]}
    alerts = desk.alerts()
    assert {(one.detector, one.category, one.subject) for one in alerts} == wanted
    assert set(detected.alert_ids) == {one.id for one in alerts}
    assert detected.counters["followed_flow"] == scenario(name, FLOW).height
    assert "unknown" not in {one.department for one in alerts}


def test_a_second_run_finds_nothing_new_and_writes_nothing(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    first = desk.detect()
    assert first.counters["made"] == 1
    assert desk.detect() == Detected(())
    assert (desk.count(AuditLine), desk.count(OutboxMessage)) == (1, 1)


def test_an_alert_carries_the_asset_of_its_host(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    desk.detect()
    (alert,) = desk.alerts()
    assert (alert.asset, alert.department) == (
        "数据共享交换前置机",
        "示例市政务服务和数据管理局",
    )
    assert (alert.protection_level, alert.cii, alert.role) == (4, True, "data_exchange")
    assert (alert.created_at, alert.status) == (NOON, "open")


def test_an_unknown_host_is_marked_and_counted(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    assert desk.detect(assets=NO_ASSETS).counters["unknown_asset"] == 1
    (alert,) = desk.alerts()
    assert (alert.asset, alert.department, alert.cii) == ("unknown", "unknown", None)


def test_later_flows_change_the_alert_of_their_window(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    desk.detect()
    before = desk.alerts()[0]
    desk.write(FLOW, _scan(30, start=40))
    desk.clock.advance(dt.timedelta(minutes=5))
    detected = desk.detect()
    (after,) = desk.alerts()
    assert detected.alert_ids == (before.id,) == (after.id,)
    assert (before.event_count, after.event_count) == (30, 60)
    assert after.version == before.version + 1
    assert after.updated_at == NOON + dt.timedelta(minutes=5)
    assert (desk.count(AuditLine), desk.count(OutboxMessage)) == (2, 2)


def test_a_closed_alert_stays_as_it_was(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    desk.detect()
    with desk.state.transaction() as session:
        session.get_one(Alert, desk.alerts()[0].id).status = "closed"
    desk.write(FLOW, _scan(30, start=40))
    detected = desk.detect()
    assert detected.alert_ids == ()
    assert detected.counters["kept_closed"] == 1
    assert desk.alerts()[0].event_count == 30


def test_a_crash_between_alerts_and_cursor_repeats_without_harm(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(FLOW, _scan(30))
    with monkeypatch.context() as patch:
        patch.setattr(lease, "store", _crash)
        with pytest.raises(RuntimeError, match="the machine died"):
            desk.detect()
    assert len(desk.alerts()) == 1
    again = desk.detect()
    assert again.alert_ids == ()
    assert again.counters["unchanged"] == 1
    assert desk.count(AuditLine) == 1
    assert desk.detect() == Detected(())


def test_another_event_store_is_followed_from_its_own_beginning(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    assert desk.detect(place="first").counters["followed_flow"] == 30
    assert desk.detect(place="first") == Detected(())
    assert desk.detect(place="second").counters["followed_flow"] == 30


def _crash(*_arguments: object) -> None:
    raise RuntimeError("the machine died")


def test_one_failing_detector_is_counted_and_stops_nobody(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write(FLOW, _scan(30))
    detected = desk.detect(FailingDetector(), PortScanDetector())
    assert detected.counters["failed_failing"] == 1
    assert len(detected.alert_ids) == 1
    assert "failing" in caplog.text


def test_a_second_worker_is_kept_out_until_the_lease_ends(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    lease.take(desk.state, "detect-city", "another", desk.clock)
    with pytest.raises(Conflict, match="another worker"):
        desk.detect()
    desk.clock.advance(lease.LEASE + dt.timedelta(seconds=1))
    assert len(desk.detect().alert_ids) == 1
    with desk.state.reading() as session:
        cursor = session.get_one(Cursor, "detect-city")
        assert (cursor.owner, cursor.lease_until) == (None, None)


def test_a_worker_that_lost_its_lease_stores_nothing(desk: Desk) -> None:
    lease.take(desk.state, "detect-city", "slow", desk.clock)
    desk.clock.advance(lease.LEASE + dt.timedelta(seconds=1))
    lease.take(desk.state, "detect-city", "quick", desk.clock)
    with pytest.raises(Conflict, match="lost"):
        lease.store(desk.state, "detect-city", "slow", {"flow": "9"})
    lease.give_back(desk.state, "detect-city", "slow")
    with pytest.raises(Conflict, match="another worker"):
        lease.take(desk.state, "detect-city", "third", desk.clock)


def test_a_drill_has_its_own_datasets_cursor_and_alerts(desk: Desk) -> None:
    desk.write(FLOW, _scan(30), drill_id="drill-7")
    assert desk.detect().alert_ids == ()
    desk.write(FLOW, _scan(30))
    city_ids = desk.detect().alert_ids
    drill_ids = desk.detect(drill_id="drill-7").alert_ids
    assert len(city_ids) == len(drill_ids) == 1
    assert set(city_ids).isdisjoint(drill_ids)
    assert {alert.drill_id for alert in desk.alerts()} == {None, "drill-7"}


def test_windows_far_apart_are_read_apart(desk: Desk) -> None:
    desk.write(FLOW, _scan(30))
    desk.write(FLOW, _scan(30, start=40 * 86_400))
    told: list[tuple[int, int]] = []
    detect(
        desk.events,
        desk.state,
        desk.assets,
        desk.clock,
        drill_id=None,
        progress=lambda done, total: told.append((done, total)),
        detectors=[PortScanDetector()],
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert len(desk.alerts()) == 2
