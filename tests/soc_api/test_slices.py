"""packet_slice cuts evidence out of captures that were replayed, as long as they are there."""

import dataclasses
import datetime as dt
import hashlib
import json
import pathlib
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from playbooks.action.action import Outcome
from playbooks.action.means import Means
from sensors.capture.reading import Reading
from sensors.wire.segment import SEGMENTS, segment_name
from situation.clock import SetClock
from situation.events.dataset import FINDING
from situation.faults import Unavailable
from situation.settings import read_settings
from situation.state.tables import Alert, AuditLine, Capture, Incident, PacketSlice
from soc_api.replay import replay
from soc_api.slices import Slices
from soc_api.wiring import City, open_city
from tests.playbooks.action.outside import ran
from tests.playbooks.action.scene import given, scene
from tests.playbooks.intrusion import alert
from tests.testdata import ROOT

INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


@pytest.fixture
def capture(tmp_path: pathlib.Path) -> pathlib.Path:
    copied = tmp_path / "captures" / "intrusion.pcap"
    copied.parent.mkdir()
    shutil.copyfile(INTRUSION, copied)
    return copied


@pytest.fixture
def city(tmp_path: pathlib.Path, capture: pathlib.Path) -> Iterator[City]:
    """A city that has replayed the capture, and whose slices are gone again."""
    with open_city(read_settings(None, {"store": {"folder": tmp_path / "store"}})) as opened:
        replay(opened, [capture])
        with opened.state.transaction() as session:
            session.execute(sa.delete(PacketSlice))
        yield opened


def _incident(city: City) -> str:
    with city.state.reading() as session:
        return session.scalars(sa.select(Incident.id)).one()


def _sliced(city: City) -> Outcome:
    means = Means(events=city.events, slices=Slices(city))
    return ran(means, "packet_slice", {}, object_id=_incident(city), now=city.clock.now())


def _alerts(city: City) -> set[str]:
    with city.state.reading() as session:
        mine = sa.select(Alert.id).where(Alert.incident_id == _incident(city))
        return set(session.scalars(mine.where(Alert.evidence_dataset != "log")))


def test_the_packets_of_an_incident_are_kept_with_their_hashes_and_once(city: City) -> None:
    outcome, again = _sliced(city), _sliced(city)
    with city.state.reading() as session:
        kept = session.scalars(sa.select(PacketSlice).order_by(PacketSlice.alert_id)).all()
        told = session.scalars(
            sa.select(AuditLine.actor).where(AuditLine.action == "alert.slice")
        ).all()
    assert {one.alert_id for one in kept} == _alerts(city)
    assert outcome == again
    assert outcome.outputs["count"] == str(len(kept))
    hashes = json.loads(str(outcome.outputs["hashes"]))
    assert hashes == [hashlib.sha256(one.content).hexdigest() for one in kept]
    assert told.count("system") == len(kept)


def test_two_that_keep_the_same_at_once_keep_it_once(city: City) -> None:
    alerts, begins = sorted(_alerts(city)), threading.Barrier(2)

    def keep(_: int) -> bool:
        begins.wait()
        try:
            return set(Slices(city).keep(alerts, None)) == set(alerts)
        except Unavailable:
            # The other one was quicker, and the engine tries again.
            return True

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(keep, range(2)))
    assert set(Slices(city).keep(alerts, None)) == set(alerts)


def test_other_alerts_of_the_capture_are_left_alone(city: City) -> None:
    one = min(_alerts(city))
    kept = Slices(city).keep([one], None)
    with city.state.reading() as session:
        assert set(session.scalars(sa.select(PacketSlice.alert_id))) == set(kept) == {one}


def test_an_alert_of_a_scan_of_data_has_no_packets(city: City) -> None:
    found = alert("data_exposure", 0, evidence_dataset=FINDING, incident_id=_incident(city))
    with city.state.transaction() as session:
        session.add(found)
    assert found.id not in Slices(city).alerts_of(_incident(city), None)


def test_of_a_capture_that_is_gone_nothing_is_kept_and_nothing_lost(
    city: City, capture: pathlib.Path
) -> None:
    before = _sliced(city)
    with city.state.transaction() as session:
        session.execute(sa.delete(PacketSlice).where(PacketSlice.alert_id == min(_alerts(city))))
    capture.unlink()
    after = _sliced(city)
    assert int(str(after.outputs["count"])) == int(str(before.outputs["count"])) - 1


def test_a_capture_that_holds_something_else_by_now_is_no_evidence(
    city: City, capture: pathlib.Path
) -> None:
    content = bytearray(capture.read_bytes())
    content[-1] ^= 1
    capture.write_bytes(content)
    assert _sliced(city).outputs == {"count": "0", "hashes": "[]"}


def test_a_drill_is_not_cut_out_of_what_was_real(city: City) -> None:
    slices = Slices(city)
    assert slices.alerts_of(_incident(city), "drill-1") == []
    assert slices.keep(sorted(_alerts(city)), "drill-1") == {}


def test_the_files_of_a_replay_are_known_afterwards(city: City, capture: pathlib.Path) -> None:
    with city.state.reading() as session:
        assert session.scalars(sa.select(Capture.files)).all() == [[str(capture)]]


def test_an_intent_says_how_much_is_kept_already(city: City) -> None:
    slices = Slices(city)
    slices.keep([min(_alerts(city))], None)
    action, parameters = given("packet_slice")
    with city.state.reading() as session:
        intent = action.intend(scene(session, _incident(city)), parameters)
        count = session.get_one(Incident, _incident(city)).alert_count
    assert f"behind {count} alerts; those of 1 are kept already" in intent.what.en
    assert intent.unknown == ("count", "hashes")


def _captured(city: City, capture: pathlib.Path) -> City:
    """Let the packets of the capture be what a live sensor kept, and let two minutes pass."""
    reading = Reading([capture], block_packets=1000)
    for _ in reading.blocks():
        pass
    folder = city.settings.store.folder / SEGMENTS / "eth0"
    folder.mkdir(parents=True)
    assert reading.first is not None
    assert reading.last is not None
    capture.rename(folder / segment_name(reading.first, reading.last, 0))
    later = SetClock(city.clock.now() + dt.timedelta(minutes=2))
    return dataclasses.replace(city, clock=later)


def test_live_packets_of_new_alerts_are_kept_a_minute_later_and_tried_once(
    city: City, capture: pathlib.Path
) -> None:
    later, alerts = Slices(_captured(city, capture)), _alerts(city)
    early, tried = set[str](), alerts | {"an alert that is older"}
    Slices(city).keep_live(early)
    later.keep_live(tried)
    assert not early
    assert not _kept(city) & alerts
    assert "an alert that is older" not in tried
    later.keep_live(early)
    assert alerts <= _kept(city)
    assert alerts <= early


def test_live_packets_are_kept_where_somebody_asks_for_them(
    city: City, capture: pathlib.Path
) -> None:
    alerts, live = sorted(_alerts(city)), _captured(city, capture)
    assert Slices(city).keep(alerts, None) == {}
    assert set(Slices(live).keep(alerts, None)) == set(alerts)


def _kept(city: City) -> set[str]:
    with city.state.reading() as session:
        return set(session.scalars(sa.select(PacketSlice.alert_id)))
