"""A scan killed at random moments: what it leaves is what an undisturbed one leaves."""

import contextlib
import datetime as dt
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from situation.settings import read_settings
from situation.state.tables import Alert, DataFinding, ScannedResource, ScanRun
from soc_api.accounts import add_account
from soc_api.wiring import City, open_city
from tests.faults.site import soak
from tests.soc_api.scan.conftest import MARKED, NOW, PEOPLE, PLAIN
from tests.soc_api.web.server import PASSWORD

KILLS = soak(3, 50)
FILES = soak(200, 1500)
A_SECOND = 20
"""Files that are opened in a second, so that there is something to kill."""
WITHIN = 2.5
"""Seconds until a scan is killed once it is on its way, at most."""
SECONDS = 300.0
CITYWATCH = str(pathlib.Path(sys.executable).with_name("citywatch"))
CONTENTS = (PLAIN, PEOPLE, PLAIN, PEOPLE * 30, MARKED, "PK\x03\x04 torn", PLAIN)
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Place:
    """An installation with its settings file; several scan the same share under the same key."""

    folder: pathlib.Path
    share: pathlib.Path
    a_second: int

    @property
    def config(self) -> pathlib.Path:
        return self.folder / "citywatch.toml"

    def lay_out(self) -> None:
        """Write the settings, and the account in whose name is scanned."""
        self.folder.mkdir()
        key = self.share.with_name("scan.key")
        key.write_bytes(bytes(range(32)))
        self.config.write_text(
            f'[store]\nfolder = "{self.folder / "data"}"\n'
            f'[scan]\nworkers = 1\nocr = "off"\nrehash_percent = 0.0\nkey_file = "{key}"\n'
            f'[scans.share]\nurl = "{self.share}"\ndepartment = "示例市教育局"\n'
            f'zone = "public_share"\nresources_per_second = {self.a_second}\n',
            encoding="utf-8",
        )
        with self.city() as city, city.state.transaction() as session:
            add_account(
                session, NOW, name="song", display_name="宋", password=PASSWORD, role="data_officer"
            )

    @contextlib.contextmanager
    def city(self) -> Iterator[City]:
        """Yield the stores."""
        with open_city(read_settings(self.config, {})) as opened:
            yield opened

    def scan(self) -> "subprocess.Popen[bytes]":
        """Start the command in a session of its own."""
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(
                [CITYWATCH, "scan", "run", "share", "--as", "song", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**os.environ, "CITYWATCH_PASSWORD": PASSWORD},
            )

    def run(self, city: City) -> ScanRun | None:
        """Return the newest run."""
        with city.state.reading() as session:
            return session.scalars(sa.select(ScanRun).order_by(ScanRun.asked_at.desc())).first()

    def said(self) -> str:
        """Return what the commands complained of."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def share(tmp_path: pathlib.Path) -> pathlib.Path:
    made = tmp_path / "share"
    for number in range(FILES):
        text = CONTENTS[number % len(CONTENTS)]
        name = f"{number:04}.docx" if text.startswith("PK") else f"{number:04}.txt"
        path = made / f"{number % 9}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}{'' if text == MARKED else number}\n", encoding="utf-8")
    return made


def _ended(process: "subprocess.Popen[bytes]", place: Place) -> None:
    assert process.wait(SECONDS) == 0, place.said()


def _killed(place: Place, city: City, chance: random.Random) -> bool:
    """Start a scan and kill it once it recorded something; tell whether it came to that."""
    before = place.run(city)
    seen = before.seen if before else 0
    with place.scan() as process:
        until = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < until:
            run = place.run(city)
            if run is not None and run.seen > seen:
                threading.Event().wait(chance.uniform(0, WITHIN))
                break
            threading.Event().wait(0.05)
        alive = process.poll() is None
        process.kill()
    assert alive or process.returncode == 0, place.said()
    return alive


def _outlast_lease(city: City) -> None:
    """Let the lease of the dead run out at once."""
    with city.state.transaction() as session:
        session.execute(sa.update(ScanRun).values(lease_until=LONG_AGO))


def test_a_scan_killed_again_and_again_leaves_what_an_undisturbed_one_leaves(
    tmp_path: pathlib.Path, share: pathlib.Path
) -> None:
    chance = random.Random(20261127)  # noqa: S311 - the same deaths each time
    calm = Place(tmp_path / "calm", share, 0)
    harried = Place(tmp_path / "harried", share, A_SECOND)
    calm.lay_out()
    harried.lay_out()
    with calm.scan() as process:
        _ended(process, calm)
    kills = 0
    with harried.city() as city:
        while kills < KILLS and _killed(harried, city, chance):
            kills += 1
            _outlast_lease(city)
        run = harried.run(city)
        if run is not None and run.state != "done":
            with harried.scan() as process:
                _ended(process, harried)
    assert kills > 1
    with calm.city() as before, harried.city() as after:
        _one_run_saw_each_file_once(after)
        assert _resources(after) == _resources(before)
        assert _findings(after) == _findings(before)
        assert _alerts(after) == _alerts(before)


def _one_run_saw_each_file_once(city: City) -> None:
    with city.state.reading() as session:
        (run,) = session.scalars(sa.select(ScanRun)).all()
    judged = sum(int(str(run.counts.get(how, 0))) for how in ("read", "reused"))
    assert (run.state, run.seen, run.total, judged) == ("done", FILES, FILES, FILES)


def _resources(city: City) -> list[tuple[object, ...]]:
    with city.state.reading() as session:
        rows = session.scalars(sa.select(ScannedResource).order_by(ScannedResource.path)).all()
    return [
        (one.path, one.stamp, one.content_hash, one.grade, one.persons, one.verdict, one.gone_at)
        for one in rows
    ]


def _findings(city: City) -> list[tuple[object, ...]]:
    with city.state.reading() as session:
        order = (DataFinding.path, DataFinding.rule)
        rows = session.scalars(sa.select(DataFinding).order_by(*order)).all()
    found: list[tuple[object, ...]] = [
        (one.path, one.rule, one.severity, one.state, one.persons) for one in rows
    ]
    assert len({one[:2] for one in found}) == len(found)
    return found


def _alerts(city: City) -> list[tuple[object, ...]]:
    with city.state.reading() as session:
        rows = session.scalars(sa.select(Alert)).all()
    return sorted((one.detector, one.severity, one.sentence_en) for one in rows)
