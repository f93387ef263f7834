import os
import pathlib

from sensors.input.capture.folder import Folders, is_written
from tests.sensors.building import written

QUIET = 5.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def watched(folder: pathlib.Path) -> tuple[Folders, Clock]:
    clock = Clock()
    return Folders([str(folder)], quiet_seconds=QUIET, monotonic=clock), clock


def put(folder: pathlib.Path, name: str, *, changed: int = 1_000, content: bytes = b"x") -> None:
    path = written(folder, content, name)
    os.utime(path, (changed, changed))


def names(folders: Folders) -> list[str]:
    return [seen.path.name for seen in folders.complete()]


def test_a_file_is_complete_when_it_has_been_quiet_for_some_time(tmp_path: pathlib.Path) -> None:
    folders, clock = watched(tmp_path)
    put(tmp_path, "a.pcap")
    assert names(folders) == []
    clock.now += QUIET - 0.1
    assert names(folders) == []
    clock.now += 0.1
    assert names(folders) == ["a.pcap"]


def test_what_is_written_on_is_waited_for_anew(tmp_path: pathlib.Path) -> None:
    folders, clock = watched(tmp_path)
    put(tmp_path, "a.pcap")
    assert names(folders) == []
    clock.now += QUIET
    put(tmp_path, "a.pcap", content=b"longer", changed=1_001)
    assert names(folders) == []
    clock.now += QUIET
    assert names(folders) == ["a.pcap"]


def test_a_file_that_another_follows_is_complete_at_once(tmp_path: pathlib.Path) -> None:
    folders, _ = watched(tmp_path)
    put(tmp_path, "a.pcap", changed=1_000)
    put(tmp_path, "c.pcap", changed=1_001)
    put(tmp_path, "b.pcap", changed=1_002)
    assert names(folders) == ["a.pcap", "c.pcap"]


def test_a_file_that_some_program_has_open_for_writing_is_never_complete(
    tmp_path: pathlib.Path,
) -> None:
    folders, clock = watched(tmp_path)
    put(tmp_path, "a.pcap", changed=1_000)
    put(tmp_path, "b.pcap", changed=1_002)
    path = tmp_path / "a.pcap"
    with path.open("ab"):
        assert is_written(path) is True
        assert names(folders) == []
        clock.now += 100 * QUIET
        assert names(folders) == ["b.pcap"]
    assert is_written(path) is False
    assert names(folders) == ["a.pcap", "b.pcap"]


def test_what_was_done_comes_again_only_when_it_changed(tmp_path: pathlib.Path) -> None:
    folders, clock = watched(tmp_path)
    put(tmp_path, "a.pcap")
    assert names(folders) == []
    clock.now += QUIET
    for seen in folders.complete():
        folders.done(seen)
    assert names(folders) == []
    put(tmp_path, "a.pcap", changed=2_000)
    assert names(folders) == []
    clock.now += QUIET
    assert names(folders) == ["a.pcap"]


def test_hidden_unfinished_and_empty_files_are_left_alone(tmp_path: pathlib.Path) -> None:
    folders, clock = watched(tmp_path)
    (tmp_path / "deep").mkdir()
    put(tmp_path / "deep", "a.pcap")
    put(tmp_path, ".b.pcap")
    put(tmp_path, "c.pcap.part")
    put(tmp_path, "d.pcap", content=b"")
    assert names(folders) == []
    clock.now += QUIET
    assert names(folders) == ["a.pcap"]


def test_nobody_can_say_of_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    assert is_written(tmp_path / "absent") is None
