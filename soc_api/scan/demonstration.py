"""The demo department: files and databases by a seeded generator, scanned with the first run.

The generator is a program of its own beside the packages, as the recipes of the scenarios are.
"""

import pathlib
import subprocess
import sys

from playbooks.finding.catalogue import import_csv
from playbooks.person import Person
from sensors.input.stopping import Stop
from situation.faults import Malformed, Misconfigured
from situation.scan_settings import ScanTargetSettings
from situation.settings import PROJECT, Settings
from soc_api.scan.keeping import Progress, scan_and_keep
from soc_api.scan.key import open_key
from soc_api.scan.run.performing import nobody
from soc_api.scan.target import Target
from soc_api.scan.telling.tally import Tally
from soc_api.wiring import City

FOLDER = "department"
"""Folder of the demo department, in that of the store."""

DEPARTMENT = "示例市人力资源和社会保障局"
WHO = Person("演示数据 / demo data", "data_officer")
"""A catalogue is declared by a person; what this one declared is marked as made up."""

NIGHTLY = "30 1 * * *"
PUBLIC = "公共共享"
CATALOGUE = "catalogue.csv"


def with_department(settings: Settings) -> Settings:
    """Return the settings with the demo department as targets, scanned each night."""
    folder = settings.store.folder / FOLDER
    targets = {
        "demo-department": ScanTargetSettings(
            url=str(folder), department=DEPARTMENT, at=NIGHTLY, exclude=(f"{PUBLIC}/**",)
        ),
        "demo-public": ScanTargetSettings(
            url=str(folder / PUBLIC), department=DEPARTMENT, at=NIGHTLY, zone="public_share"
        ),
    }
    return settings.model_copy(update={"scans": {**targets, **settings.scans}})


def scan_department(city: City, stop: Stop, progress: Progress) -> Tally:
    """Make the demo department unless it is there, declare its catalogue, and scan it.

    Its public share is a target of its own, as it can be reached by others. What a scan should
    find stands beside it in `department.truth.json`.
    """
    folder = city.settings.store.folder / FOLDER
    if not folder.exists():
        _make(folder)
    _declare(city, (folder / CATALOGUE).read_text(encoding="utf-8"))
    tally = Tally()
    for name in ("demo-department", "demo-public"):
        target = Target(name, city.settings.scans[name])
        tally.join(scan_and_keep(city, target, WHO, stop=stop, show=nobody, progress=progress))
    return tally


def _declare(city: City, text: str) -> None:
    now, key = city.clock.now(), open_key(city.settings)
    with city.state.transaction() as session:
        done = import_csv(session, text, key=key, by=WHO, now=now)
        if done.faults:
            line, fault = done.faults[0]
            raise Malformed(f"line {line}: {fault}", where=CATALOGUE)


def _make(folder: pathlib.Path) -> None:
    if not (PROJECT / "corpus" / "department").exists():
        raise Misconfigured("its generator comes with the repository alone", where="--demo")
    truth = folder.with_name(f"{FOLDER}.truth.json")
    words = ["-m", "corpus.department", "--out", str(folder), "--truth", str(truth)]
    made = subprocess.run(  # noqa: S603 - the interpreter of here and a module of the project
        [sys.executable, *words], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    if made.returncode:
        raise Misconfigured(made.stderr.strip()[-200:], where="corpus.department")
