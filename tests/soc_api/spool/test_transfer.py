"""A replay goes through its own spool, which outlives it where it could not end."""

import datetime as dt
import pathlib
import subprocess
import time
from collections.abc import Iterator

import pytest

from sensors.delivery.opening import SPOOLS
from situation.events.store import Query
from situation.faults import Conflict, Unavailable
from situation.settings import read_settings
from soc_api.replay import replay
from soc_api.spool.transfer import open_transfer
from soc_api.wiring import City, open_city
from tests.soc_api.test_cli import CITYWATCH
from tests.testdata import ROOT

INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


@pytest.fixture
def city(tmp_path: pathlib.Path) -> Iterator[City]:
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as opened:
        yield opened


def _spools(city: City) -> list[pathlib.Path]:
    return list((city.settings.store.folder / SPOOLS).iterdir())


def test_the_spool_of_a_replay_that_ended_is_gone(city: City) -> None:
    replay(city, [INTRUSION])
    assert _spools(city) == []


def test_a_replay_that_found_no_store_goes_on_where_its_spool_ends(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soc_api.spool.transfer.PATIENCE_SECONDS", 0.0)
    events = city.settings.store.folder / "events"
    events.rename(events.with_name("away"))
    events.touch()
    with pytest.raises(Unavailable, match=r"rows wait in .* the same command goes on"):
        replay(city, [INTRUSION])
    events.unlink()
    events.with_name("away").rename(events)
    (spool,) = _spools(city)
    before = sum(path.stat().st_size for path in spool.glob("*.seg"))
    assert before > 0
    counters = replay(city, [INTRUSION]).capture.counters
    put = [counters[name] for name in ("rows", "dns_messages", "events")]
    assert (counters["stored"], counters["duplicates"]) == (sum(map(int, map(str, put))), 0)
    assert _spools(city) == []


def test_one_capture_is_replayed_by_one_process_at_a_time(city: City) -> None:
    with (
        open_transfer(city, "capture", None),
        pytest.raises(Conflict),
        open_transfer(city, "capture", None),
    ):
        pass


def test_a_replay_that_was_killed_goes_on_and_doubles_nothing(tmp_path: pathlib.Path) -> None:
    command = [str(CITYWATCH), "replay", str(INTRUSION), "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as killed:
        until = time.monotonic() + 120
        while not list(tmp_path.glob(f"{SPOOLS}/*/*.seg")) and killed.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.005)
        killed.kill()
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as city:
        capture = replay(city, [INTRUSION]).capture
        counted = {"flow": "rows", "dns": "dns_messages", "protocol": "events"}
        assert capture.first_packet is not None
        assert capture.last_packet is not None
        span = (capture.first_packet, capture.last_packet + dt.timedelta(seconds=1))
        for dataset, name in counted.items():
            assert city.events.count(Query(dataset, *span)) == capture.counters[name]
        assert _spools(city) == []
