"""Confined readers are real processes: they die alone, and take nothing and nobody along."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from situation.content.verdict import Verdict
from situation.scan_settings import ScanSettings
from soc_api.scan.confined import reader as readers
from soc_api.scan.confined.reader import ConfinedReader
from soc_api.scan.tools import Tools
from tests.soc_api.scan.confined.children import (
    SECONDS,
    await_death,
    children_of,
    is_alive,
    only_child,
)
from tests.soc_api.scan.conftest import PEOPLE, ruleset

SETTINGS = ScanSettings(workers=1, ocr="off", memory_mib=128, seconds=20)
PROJECT = pathlib.Path(__file__).parents[4]
PARENT = """
import pathlib, sys
from situation.clock import SystemClock
from situation.scan_settings import ScanSettings
from soc_api.scan.confined.reader import ConfinedReader
from soc_api.scan.tools import open_tools

settings = ScanSettings(ocr="off")
reader = ConfinedReader(settings, open_tools(settings, bytes(32), SystemClock()))
with pathlib.Path(sys.argv[1]).open("rb") as stream:
    reader.judge(stream, "list.txt", None)
print("judged", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[ConfinedReader]:
    """One reader for the tests of this module; it is started anew where one killed it."""
    made = ConfinedReader(SETTINGS, Tools(ruleset(), bytes(32)))
    yield made
    made.close()


@pytest.fixture
def people(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "list.txt"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def _judged(reader: ConfinedReader, path: pathlib.Path) -> Verdict:
    with path.open("rb") as stream:
        return reader.judge(stream, path.name, None)


def _kinds(verdict: Verdict) -> dict[str, int]:
    return {hit.kind: hit.count for hit in verdict.hits}


def _reasons(verdict: Verdict) -> list[str]:
    return [one.reason for one in verdict.unreadable]


def _judged_while(
    reader: ConfinedReader, path: pathlib.Path, then: signal.Signals
) -> tuple[int, Verdict]:
    """Judge with a reader that stands still once it is asked, and send it a signal then."""
    _judged(reader, path)
    pid, found = only_child(), list[Verdict]()
    os.kill(pid, signal.SIGSTOP)
    asking = threading.Thread(target=lambda: found.append(_judged(reader, path)))
    asking.start()
    os.kill(pid, then)
    # One that stands still dies of nothing but SIGKILL.
    os.kill(pid, signal.SIGCONT)
    asking.join(SECONDS)
    assert found
    return pid, found[0]


def test_a_file_is_judged_and_the_reader_stays(
    shared: ConfinedReader, people: pathlib.Path
) -> None:
    first = _judged(shared, people)
    pid = only_child()
    assert _kinds(first) == {"resident_id": 1, "mobile": 1, "name": 1}
    assert (_judged(shared, people), only_child()) == (first, pid)


def test_a_reader_that_is_killed_makes_its_file_unreadable_and_no_other(
    shared: ConfinedReader, people: pathlib.Path
) -> None:
    pid, lost = _judged_while(shared, people, signal.SIGKILL)
    assert (_reasons(lost), lost.hits) == (["memory"], ())
    assert not is_alive(pid)
    assert _kinds(_judged(shared, people))["resident_id"] == 1
    assert only_child() != pid


def test_a_reader_that_crashes_says_so(shared: ConfinedReader, people: pathlib.Path) -> None:
    pid, lost = _judged_while(shared, people, signal.SIGSEGV)
    assert (_reasons(lost), is_alive(pid)) == (["crash"], False)


def test_a_reader_that_does_not_answer_in_time_is_ended(
    people: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "GRACE_SECONDS", 0.2)
    slow = ConfinedReader(SETTINGS.model_copy(update={"seconds": 1}), Tools(ruleset(), bytes(32)))
    before = set(children_of(os.getpid()))
    with people.open("rb") as stream:
        slow.judge(stream, people.name, None)
    (pid,) = set(children_of(os.getpid())) - before
    os.kill(pid, signal.SIGSTOP)
    assert _reasons(_judged(slow, people)) == ["time"]
    assert not is_alive(pid)
    slow.close()


def test_what_takes_too_much_memory_is_unreadable_and_the_next_is_read(
    shared: ConfinedReader, people: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    bomb = tmp_path / "bomb.json"
    bomb.write_bytes(b'["' + b"a" * 60_000_000 + b'"]')
    _judged(shared, people)
    used = only_child()
    assert _reasons(_judged(shared, bomb)) == ["memory"]
    # What files before left behind is not to blame: it was tried with all the memory there is.
    assert not is_alive(used)
    assert _kinds(_judged(shared, people))["resident_id"] == 1


def test_no_reader_outlives_who_started_it(people: pathlib.Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, people],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"judged\n"
        (child,) = children_of(parent.pid)
        parent.kill()
    await_death(child)


def test_a_reader_that_cannot_start_is_a_fault_and_not_a_hang(
    people: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from situation.faults import Unavailable  # noqa: PLC0415 - for this one case

    monkeypatch.setattr(sys, "executable", "/bin/false")
    began = time.monotonic()
    lame = ConfinedReader(SETTINGS, Tools(ruleset(), bytes(32)))
    with people.open("rb") as stream, pytest.raises(Unavailable, match="at its start"):
        lame.judge(stream, people.name, None)
    assert time.monotonic() - began < SECONDS
