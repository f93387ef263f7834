"""The scanner: what was asked for is scanned, and it ends when asked."""

import pathlib
import threading

import sqlalchemy as sa

from playbooks.person import Person
from situation.settings import read_settings
from situation.state.tables import DataFinding, Incident, ScanRun
from soc_api.process.scanner import scan_due
from soc_api.process.voice import Voice
from soc_api.scan.run.asking import ask_scan
from soc_api.scan.target import target_of
from soc_api.wiring import City, open_city
from tests.soc_api.scan.conftest import MARKED


def test_what_was_asked_for_is_scanned_and_what_is_grave_becomes_an_incident(
    tmp_path: pathlib.Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "plan.txt").write_text(MARKED, encoding="utf-8")
    settings = read_settings(None, {"store": {"folder": tmp_path / "store"}})
    with open_city(settings) as city:
        by = Person("song", "data_officer")
        with city.state.transaction() as session:
            target = target_of(settings, str(share), department="示例市教育局")
            ask_scan(session, target, by=by, now=city.clock.now())
        stop = threading.Event()
        worker = threading.Thread(target=scan_due, args=(settings, stop, Voice("the scan")))
        worker.start()
        try:
            for _ in range(600):
                if _incidents(city):
                    break
                stop.wait(0.1)
        finally:
            stop.set()
            worker.join(60)
        assert not worker.is_alive()
        assert _incidents(city) == 1
        with city.state.reading() as session:
            assert session.scalars(sa.select(ScanRun.state)).all() == ["done"]
            assert session.scalars(sa.select(DataFinding.rule)).all() == ["V01"]


def _incidents(city: City) -> int:
    with city.state.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Incident)) or 0
