"""A city whose scans can be performed, with a share of its own."""

import datetime as dt
import functools
import pathlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from detect.classified.ruleset import Ruleset, open_ruleset
from playbooks.person import Person
from situation.clock import CITY_ZONE, SetClock
from situation.content.verdict import Verdict, Violation
from situation.scan_settings import ScanSettings
from situation.settings import read_settings
from situation.state.tables import DataFinding, ScannedResource, ScanRun
from soc_api.scan.key import open_key
from soc_api.scan.run.asking import ask_scan
from soc_api.scan.run.claiming import claim_run
from soc_api.scan.run.performing import Performance
from soc_api.scan.target import target_of
from soc_api.scan.tools import Tools
from soc_api.wiring import City, open_city

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
SONG = Person("song", "data_officer")
DEPARTMENT = "示例市教育局"
PEOPLE = "姓名：王小明，身份证号：440301199003070019，手机：13800138000\n"
PLAIN = "本市各单位应当做好防汛准备。\n"
MARKED = "机密★10年\n\n关于示例工作的通知\n\n各单位：\n请遵照执行。\n"


@dataclass
class Desk:
    """A city with a share, and what was shown of its scans."""

    city: City
    tools: Tools
    clock: SetClock
    share: pathlib.Path
    shown: list[tuple[str, Verdict, tuple[Violation, ...]]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self, name: str, text: str) -> pathlib.Path:
        path = self.share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def ask(self) -> str:
        with self.city.state.transaction() as session:
            target = target_of(self.city.settings, "share")
            return ask_scan(session, target, by=SONG, now=self.clock.now()).id

    def scan(self, owner: str = "test") -> ScanRun:
        """Ask for a scan and do it; return its run."""
        run_id = self.ask()
        assert self.go_on(owner) is not None
        return self.run(run_id)

    def go_on(self, owner: str = "test") -> str | None:
        """Take a run that is due and perform it; return its state then, None where none is."""
        with self.city.state.transaction() as session:
            run = claim_run(session, self.city.settings, owner, self.clock.now())
            if run is None:
                return None
            run_id = run.id
        self.shown.clear()

        def show(path: str, verdict: Verdict, broken: object) -> None:
            self.shown.append((path, verdict, tuple(broken)))  # type: ignore[arg-type]

        return Performance(self.city, self.tools, run_id, owner, self.stop, show).perform()

    def run(self, run_id: str) -> ScanRun:
        with self.city.state.reading() as session:
            return session.get_one(ScanRun, run_id)

    def findings(self) -> list[DataFinding]:
        with self.city.state.reading() as session:
            return list(session.query(DataFinding).order_by(DataFinding.path, DataFinding.rule))

    def resources(self) -> dict[str, ScannedResource]:
        with self.city.state.reading() as session:
            rows = session.query(ScannedResource).all()
        return {row.path.removeprefix(f"{self.share}/"): row for row in rows}

    def read(self) -> list[str]:
        """Return the names of the files that the last scan judged."""
        return [path.removeprefix(f"{self.share}/") for path, _, _ in self.shown]


@pytest.fixture
def desk(tmp_path: pathlib.Path) -> Iterator[Desk]:
    """A desk whose target `share` has an empty folder."""
    yield from make_desk(tmp_path)


def make_desk(
    folder: pathlib.Path, state: str = "", *, ocr: str = "off", **target: object
) -> Iterator[Desk]:
    """Yield a desk; `target` are further settings of its share."""
    share = folder / "share"
    share.mkdir()
    given = {"url": str(share), "department": DEPARTMENT, "zone": "public_share", **target}
    settings = read_settings(
        None,
        {
            "store": {"folder": folder / "store", "state": state},
            "scan": {"workers": 1, "rehash_percent": 0.0, "ocr": ocr},
            "scans": {"share": given},
        },
    )
    clock = SetClock(NOW)
    with open_city(settings, clock) as city:
        tools = Tools(ruleset(), open_key(settings))
        yield Desk(city, tools, clock, share)


@functools.cache
def ruleset() -> Ruleset:
    """The rules, compiled once: nothing in them hangs on the folder."""
    return open_ruleset(ScanSettings(), NOW.astimezone(CITY_ZONE).date())
