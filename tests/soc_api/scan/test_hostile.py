"""Files that harm a careless reader, judged by real ones: each ends within its limits, told of."""

import os
import pathlib
import queue
import tempfile
import time
from dataclasses import dataclass

import pytest

from corpus.hostile import external_entity, hostile_files, sparse
from detect.classified.violation import violations
from sensors.content.source.folder import FolderSource
from situation.scan_settings import ScanSettings
from soc_api.scan.confined.reader import ConfinedReader
from soc_api.scan.run.judging import FileJudge, Judged
from soc_api.scan.tools import Tools
from tests.faults.site import soak
from tests.soc_api.scan.confined.children import children_of, peak_mib
from tests.soc_api.scan.conftest import NOW, PEOPLE, ruleset

SETTINGS = ScanSettings(
    workers=1, ocr="off", memory_mib=512, seconds=20, archive_mib=64, archive_members=2_000
)
ALLOWANCE_MIB = 400
"""Memory that the rules and the interpreter take before a file is opened."""
SEEDS = [str(seed) for seed in range(soak(1, 20))]


@dataclass
class Ordeal:
    """What came of the harmful files: the verdict and the seconds of each."""

    judged: dict[str, Judged]
    seconds: dict[str, float]
    wanted: dict[str, frozenset[str]]
    memory_mib: float
    appeared: set[str]
    """Paths that are there now and were not before."""


@pytest.fixture(scope="module", params=SEEDS)
def ordeal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ordeal:
    folder = tmp_path_factory.mktemp("hostile")
    share = folder / "top" / "share"
    share.mkdir(parents=True)
    wanted = {one.name: one.reasons for one in hostile_files(request.param)}
    for one in hostile_files(request.param):
        (share / one.name).write_bytes(one.data)
    sparse(share / "sparse.txt")
    beside = share.parent / "people.txt"
    beside.write_text(PEOPLE, encoding="utf-8")
    (share / "asking.xml").write_bytes(external_entity(beside.as_uri()))
    wanted |= {"sparse.txt": frozenset({"too_large"}), "asking.xml": frozenset({"broken"})}
    tools, before = Tools(ruleset(), bytes(32)), _everything(folder)
    reader, memory = ConfinedReader(SETTINGS, tools), 0.0
    waiting: queue.SimpleQueue[ConfinedReader] = queue.SimpleQueue()
    waiting.put(reader)
    source = FolderSource(share)
    judge = FileJudge(source, waiting, settings=SETTINGS, tools=tools, known=lambda _: None)
    judged, seconds = dict[str, Judged](), dict[str, float]()
    for resource in source.walk():
        name, began = pathlib.Path(resource.path).name, time.monotonic()
        judged[name] = judge(resource, None)
        seconds[name] = time.monotonic() - began
        memory = max([memory, *(peak_mib(pid) for pid in children_of(os.getpid()))])
    reader.close()
    return Ordeal(judged, seconds, wanted, memory, _everything(folder) - before)


def _everything(folder: pathlib.Path) -> set[str]:
    """Return all paths of the folder and what could have escaped from it."""
    roots = (pathlib.Path("/"), pathlib.Path(tempfile.gettempdir()), pathlib.Path.cwd())
    names = ("citywatch-escaped.txt", "escaped.txt", "C:\\escaped.txt", "..\\..\\escaped.txt")
    around = {str(root / name) for root in roots for name in names if (root / name).exists()}
    return around | {str(path) for path in folder.rglob("*")}


def test_each_says_why_it_could_not_be_read(ordeal: Ordeal) -> None:
    wrong = {
        name: sorted(found)
        for name, judged in ordeal.judged.items()
        if not (found := {one.reason for one in judged.verdict.unreadable})
        or not found & ordeal.wanted[name]
    }
    assert ordeal.judged.keys() == ordeal.wanted.keys()
    assert wrong == {}


def test_each_is_a_finding(ordeal: Ordeal) -> None:
    for name, judged in ordeal.judged.items():
        broken = violations(
            judged.verdict,
            exposure=judged.resource.exposure,
            declared=None,
            previous=None,
            neighbours=(),
            today=NOW.date(),
        )
        assert "V11" in {one.rule for one in broken}, name


def test_each_ends_within_its_limits(ordeal: Ordeal) -> None:
    most = SETTINGS.seconds + max(len(ordeal.judged), 60)
    assert max(ordeal.seconds.values()) < most
    assert ordeal.memory_mib < SETTINGS.memory_mib + ALLOWANCE_MIB


def test_nothing_is_written_anywhere(ordeal: Ordeal) -> None:
    assert ordeal.appeared == set()


def test_no_other_file_is_read(ordeal: Ordeal) -> None:
    # It asks for a list of people that lies beside the share.
    assert {hit.kind for hit in ordeal.judged["asking.xml"].verdict.hits} <= {"name"}
