"""Processes beside the desk: started again when they die, ended with who started them."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from sensors.input.stopping import Stop
from situation.settings import Settings, StoreSettings
from soc_api.process import supervision
from soc_api.process.supervision import beside

PATIENCE_SECONDS = 60.0
_NAMES = ("first", "second")
_LOOK_SECONDS = 0.05

_DESK = """
import pathlib, sys, threading
from tests.soc_api.process.test_supervision import settings_of, first, second
from soc_api.process.supervision import beside
with beside(settings_of(pathlib.Path(sys.argv[1])), (first, second)):
    threading.Event().wait()
"""


def first(settings: Settings, stop: Stop) -> None:
    """A worker that does nothing until its end."""
    _live(settings, stop, "first")


def second(settings: Settings, stop: Stop) -> None:
    """Another one."""
    _live(settings, stop, "second")


def _live(settings: Settings, stop: Stop, name: str) -> None:
    folder = settings.store.folder
    begun = folder / f"{name}.{os.getpid()}.begun"
    begun.touch()
    stop.wait(PATIENCE_SECONDS)
    begun.rename(begun.with_suffix(".ended"))


def settings_of(folder: pathlib.Path) -> Settings:
    """Settings whose folder says who lives."""
    return Settings(store=StoreSettings(folder=folder))


def test_a_worker_that_was_killed_is_started_again_and_does_not_hold_up_the_end(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "RESTART_SECONDS", 0.1)
    monkeypatch.setattr(supervision, "STOP_SECONDS", PATIENCE_SECONDS)
    with beside(settings_of(tmp_path), (first, second)):
        killed = _awaited(tmp_path, "first.*.begun")
        _awaited(tmp_path, "second.*.begun")
        os.kill(_pid(killed), signal.SIGKILL)
        killed.unlink()
        again = _awaited(tmp_path, "first.*.begun")
    assert _pid(again) != _pid(killed)
    assert len(list(tmp_path.glob("*.ended"))) == 2
    assert not list(tmp_path.glob("*.begun"))


def test_workers_end_with_a_desk_that_was_killed(tmp_path: pathlib.Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _DESK, str(tmp_path)]) as desk:
        _awaited(tmp_path, "first.*.begun")
        _awaited(tmp_path, "second.*.begun")
        desk.kill()
    ended = {_awaited(tmp_path, f"{name}.*.ended").name.split(".")[0] for name in _NAMES}
    assert ended == set(_NAMES)


def test_workers_do_not_hear_the_ctrl_c_of_the_terminal(tmp_path: pathlib.Path) -> None:
    with beside(settings_of(tmp_path), (first,)):
        os.kill(_pid(_awaited(tmp_path, "first.*.begun")), signal.SIGINT)
    assert len(list(tmp_path.glob("first.*.ended"))) == 1


def _awaited(folder: pathlib.Path, pattern: str) -> pathlib.Path:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        for found in folder.glob(pattern):
            return found
        time.sleep(_LOOK_SECONDS)
    pytest.fail(f"{pattern} never came")


def _pid(mark: pathlib.Path) -> int:
    return int(mark.name.split(".")[1])
