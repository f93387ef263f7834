"""Files that grow, rotate, shrink, are packed, while the follower is killed: each line once."""

import contextlib
import datetime as dt
import gzip
import os
import pathlib
import tempfile
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.input.file.following import Follower, Pace
from situation.clock import SystemClock
from tests.sensors.input.parts import Shelf, clock, reading, until

PATIENT = Pace(unfinished=10_000, rotated=10_000)


class Folder:
    """A folder that a program logs to, and a follower of it."""

    def __init__(
        self, path: pathlib.Path, pace: Pace | None = None, *, start: str = "beginning"
    ) -> None:
        self.path = path
        self.shelf = Shelf()
        self.clock = clock()
        self.pace = pace or Pace()
        self.start = start
        self.patterns = [str(path / "app*")]
        self.follower = self.opened()

    def opened(self) -> Follower:
        start = "end" if self.start == "end" else "beginning"
        return Follower(
            reading(),
            self.patterns,
            self.shelf,
            self.clock,
            start=start,  # type: ignore[arg-type]  # one of the two
            pace=self.pace,
        )

    def drain(self, seconds: float = 0.6) -> None:
        self.clock.advance(dt.timedelta(seconds=seconds))
        while self.follower.step():
            pass
        assert self.follower.counters.balance == 0

    def kill(self, lost: int = 0) -> None:
        self.shelf.cut_off(lost)
        for known in self.follower._roll.known:  # noqa: SLF001 - the system closes files
            known.close()
        self.follower = self.opened()

    def write(self, name: str, text: str) -> None:
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def pack(self, name: str) -> None:
        octets = (self.path / name).read_bytes()
        (self.path / f"{name}.gz").write_bytes(gzip.compress(octets, mtime=0))
        (self.path / name).unlink()


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> Folder:
    return Folder(tmp_path)


def numbered(first: int, last: int) -> list[str]:
    return [f"line {number} of a log that has a little to say" for number in range(first, last)]


def text(first: int, last: int) -> str:
    return "".join(f"{line}\n" for line in numbered(first, last))


def test_what_is_appended_is_read_once(folder: Folder) -> None:
    folder.write("app.log", text(0, 3))
    folder.drain()
    folder.drain()
    folder.write("app.log", text(3, 5))
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 5)
    frame = folder.shelf.frame()
    assert frame["citywatch.log.offset"].to_list()[:2] == [0, len(numbered(0, 1)[0]) + 1]
    assert frame["log.file.path"].unique().to_list() == [str(folder.path / "app.log")]
    assert frame["event.id"].n_unique() == 5


def test_a_last_line_waits_for_its_end_and_not_for_ever(folder: Folder) -> None:
    folder.write("app.log", "first\nhalf")
    folder.drain()
    folder.drain(2)
    assert folder.shelf.messages() == ["first"]
    folder.write("app.log", " done\nlast")
    folder.drain()
    assert folder.shelf.messages() == ["first", "half done"]
    folder.drain(6)
    assert folder.shelf.messages() == ["first", "half done", "last"]


def test_a_renamed_file_is_read_to_its_end_and_then_the_new_one(folder: Folder) -> None:
    folder.write("app.log", text(0, 2))
    folder.drain()
    folder.write("app.log", text(2, 4))
    (folder.path / "app.log").rename(folder.path / "app.log.1")
    folder.write("app.log", text(4, 6))
    folder.drain()
    folder.write("app.log.1", text(6, 7))
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 7)


def test_a_file_renamed_out_of_the_pattern_is_read_to_its_end(folder: Folder) -> None:
    folder.write("app.log", text(0, 2))
    folder.drain()
    folder.write("app.log", text(2, 3))
    (folder.path / "app.log").rename(folder.path / "old.app")
    folder.drain()
    folder.write("old.app", text(3, 4))
    folder.drain()
    folder.kill()
    folder.write("old.app", text(4, 5))
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 5)


def test_a_deleted_file_is_read_to_its_end(folder: Folder) -> None:
    folder.write("app.log", text(0, 2))
    folder.drain()
    folder.write("app.log", text(2, 3) + "end")
    (folder.path / "app.log").unlink()
    folder.drain()
    folder.drain(2)
    assert folder.shelf.messages() == [*numbered(0, 3), "end"]
    folder.drain(11)
    folder.drain()
    assert folder.follower.counters.connections == 0


def test_a_file_that_is_copied_and_emptied_is_read_once(folder: Folder) -> None:
    folder.write("app.log", text(0, 20))
    folder.drain()
    folder.write("app.log", text(20, 22))
    (folder.path / "app.log.1").write_bytes((folder.path / "app.log").read_bytes())
    os.truncate(folder.path / "app.log", 0)
    folder.write("app.log", text(22, 24))
    folder.drain()
    assert sorted(folder.shelf.messages()) == sorted(numbered(0, 24))


def test_a_copy_that_waits_goes_on_when_the_first_is_emptied(folder: Folder) -> None:
    folder.write("app.log", text(0, 20))
    folder.drain()
    (folder.path / "app.log.1").write_bytes((folder.path / "app.log").read_bytes())
    folder.drain()
    folder.write("app.log", text(20, 22))
    (folder.path / "app.log.1").write_bytes((folder.path / "app.log").read_bytes())
    os.truncate(folder.path / "app.log", 0)
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 22)


def test_a_file_emptied_and_filled_beyond_its_old_end_is_read_anew(folder: Folder) -> None:
    folder.write("app.log", text(0, 3))
    folder.drain()
    os.truncate(folder.path / "app.log", 0)
    folder.write("app.log", text(100, 120))
    folder.drain()
    assert folder.shelf.messages() == [*numbered(0, 3), *numbered(100, 120)]
    assert folder.shelf.frame()["event.id"].n_unique() == 23


@pytest.mark.parametrize("read", [0, 5, 12])
def test_a_file_packed_while_it_was_being_read_goes_on_at_its_place(
    folder: Folder, read: int
) -> None:
    if read:
        folder.write("app.log", text(0, read))
        folder.drain()
        folder.kill()
    folder.write("app.log", text(read, 12))
    (folder.path / "app.log").rename(folder.path / "app.log.1")
    folder.pack("app.log.1")
    folder.write("app.log", text(12, 14))
    folder.drain()
    folder.drain(20)
    folder.drain()
    assert sorted(folder.shelf.messages()) == sorted(numbered(0, 14))
    assert folder.shelf.frame()["event.id"].n_unique() == 14


def test_a_file_that_was_read_and_is_packed_later_is_not_read_again(folder: Folder) -> None:
    folder.write("app.log.1", text(0, 30))
    folder.drain()
    folder.pack("app.log.1")
    for _ in range(4):
        folder.drain(8)
    folder.kill()
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 30)


def test_a_packed_file_that_is_still_being_written_waits_for_its_rest(folder: Folder) -> None:
    packed = gzip.compress(text(0, 5000).encode(), compresslevel=1, mtime=0)
    (folder.path / "app.gz").write_bytes(packed[: len(packed) // 2])
    folder.drain()
    assert 0 < len(folder.shelf.messages()) < 5000
    (folder.path / "app.gz").write_bytes(packed)
    folder.drain()
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 5000)


def test_damaged_gzip_is_told_and_read_as_far_as_it_goes(folder: Folder) -> None:
    packed = bytearray(gzip.compress(text(0, 5000).encode(), compresslevel=1, mtime=0))
    packed[len(packed) // 2 :] = b"\xff" * 100
    (folder.path / "app.gz").write_bytes(packed)
    folder.drain()
    folder.drain(6)
    assert 0 < len(folder.shelf.messages()) < 5000
    assert folder.follower.counters.refused == {"gzip_damaged": 1}


def test_reading_may_start_at_the_end_of_what_is_there(tmp_path: pathlib.Path) -> None:
    folder = Folder(tmp_path, start="end")
    folder.write("app.log", text(0, 3) + "be")
    folder.drain()
    folder.write("app.log", "gun\n")
    folder.write("app-2.log", text(4, 5))
    folder.drain()
    assert folder.shelf.messages() == ["begun", *numbered(4, 5)]


def test_two_files_that_begin_alike_are_both_read(folder: Folder) -> None:
    header = "# " + "x" * 300 + "\n"
    folder.write("app.1.log", header)
    folder.drain()
    folder.write("app.2.log", header)
    folder.drain()
    folder.write("app.2.log", text(0, 2))
    folder.write("app.1.log", text(2, 4))
    folder.drain()
    assert sorted(folder.shelf.messages()) == sorted([header.strip()] * 2 + numbered(0, 4))


def test_a_file_that_begins_as_it_did_before_it_was_emptied_is_read_anew(folder: Folder) -> None:
    header = "# " + "x" * 300 + "\n"
    folder.write("app.log", header + text(0, 2))
    folder.drain()
    os.truncate(folder.path / "app.log", 0)
    folder.write("app.log", header)
    folder.drain()
    folder.write("app.log", text(2, 4))
    folder.drain()
    assert folder.shelf.messages() == [
        header.strip(),
        *numbered(0, 2),
        header.strip(),
        *numbered(2, 4),
    ]
    assert folder.shelf.frame()["event.id"].n_unique() == 6


def test_a_stream_taken_up_in_its_middle_is_primed_with_its_head(folder: Folder) -> None:
    folder.write("app.log", text(0, 2))
    folder.drain()
    folder.kill()
    folder.write("app.log", text(2, 3))
    folder.drain()
    assert folder.shelf.frame()["log.logger"].to_list() == [None, None, numbered(0, 1)[0]]


def test_a_folder_in_place_of_a_file_and_a_file_that_vanishes_harm_nothing(folder: Folder) -> None:
    (folder.path / "app.d").mkdir()
    (folder.path / "app.link").symlink_to(folder.path / "nowhere")
    folder.write("app.log", text(0, 1))
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 1)


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """Act as nobody where the tests run as root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_told_once_and_tried_again() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(pathlib.Path(name))
        folder.path.chmod(0o755)
        folder.write("app.log", text(0, 2))
        folder.write("app2.log", text(2, 3))
        (folder.path / "app.log").chmod(0)
        with without_rights():
            folder.drain()
            folder.drain()
        assert folder.shelf.messages() == numbered(2, 3)
        assert folder.follower.counters.refused == {"unreadable": 1}
        (folder.path / "app.log").chmod(0o644)
        with without_rights():
            folder.drain()
        assert sorted(folder.shelf.messages()) == numbered(0, 3)
        folder.follower.close()


def test_nothing_is_read_on_while_there_is_no_room(folder: Folder) -> None:
    folder.shelf.room = 3
    folder.write("app.log", text(0, 3))
    folder.drain()
    folder.write("app.log", text(3, 5))
    folder.write("app2.log", text(5, 6))
    folder.drain()
    counters = folder.follower.counters
    assert counters.trouble == "the shelf is full"
    assert counters.waiting in {1, 2}
    folder.shelf.room = 100
    folder.drain()
    assert sorted(folder.shelf.messages()) == numbered(0, 6)
    assert counters.waiting == 0
    assert counters.trouble == ""


def test_what_waited_when_it_was_stopped_is_read_again(folder: Folder) -> None:
    folder.shelf.room = 0
    folder.write("app.log", text(0, 3))
    folder.drain()
    folder.follower.close()
    assert folder.follower.counters.lines == 0
    folder.shelf.room = 100
    folder.kill()
    folder.drain()
    assert folder.shelf.messages() == numbered(0, 3)


def test_a_thousand_files_take_turns(folder: Folder) -> None:
    for number in range(1000):
        folder.write(f"app-{number:04}.log", f"only line of {number}\n")
    folder.write("app-long.log", text(0, 30_000))
    folder.drain()
    messages = folder.shelf.messages()
    assert len(messages) == 31_000
    assert messages.index("only line of 999") < messages.index(numbered(29_999, 30_000)[0])
    folder.kill()
    folder.write("app-0500.log", "one more\n")
    folder.drain()
    assert folder.shelf.messages()[31_000:] == ["one more"]


def test_hostile_octets_are_kept_and_told(folder: Folder) -> None:
    octets = (
        b"a\0b\n"
        + b"x" * 10_000_000
        + b"\n"
        + "登录失败".encode("gb18030")
        + b"\n\xff\xfe\xff\nend\n"
    )
    (folder.path / "app.log").write_bytes(octets)
    folder.drain()
    messages = folder.shelf.messages()
    assert [len(message) for message in messages] == [3, 65_536, 4, 3, 3]
    assert messages[2] == "登录失败"
    assert folder.follower.counters.faults["clipped"] == 1
    assert folder.follower.counters.octets == len(octets)


def test_it_follows_in_a_thread_until_it_is_stopped(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(), threading.Event()
    follower = Follower(
        reading(), [str(tmp_path / "*")], shelf, SystemClock(), pace=Pace(poll=0.01)
    )
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    (tmp_path / "a.log").write_text(text(0, 10))
    until(lambda: len(shelf.messages()) == 10)
    stop.set()
    thread.join()
    assert shelf.durable == len(shelf.kept)


class Program:
    """What logs into the folder: one file at a time, which may be rotated below it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.written: list[str] = []
        self.open = ""
        self.half = False
        self.number = 0
        self.out = self._opened()

    def _opened(self) -> int:
        return os.open(self.folder.path / "app.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, count: int) -> None:
        rest = b""
        if self.half:
            rest, self.half = b" of it\n", False
        first = len(self.written)
        more = [f"{number} {'x' * (number * 37 % 90)}" for number in range(first, first + count)]
        self.written += more
        os.write(self.out, rest + "".join(f"{line}\n" for line in more).encode())

    def write_half(self) -> None:
        if not self.half:
            line = f"{len(self.written)} half"
            os.write(self.out, line.encode())
            self.written.append(f"{line} of it")
            self.half = True

    def is_open(self, path: pathlib.Path) -> bool:
        return path.exists() and os.path.samestat(path.stat(), os.fstat(self.out))

    def rename(self) -> None:
        if (self.folder.path / "app.log").exists():
            self.number += 1
            (self.folder.path / "app.log").rename(self.folder.path / f"app.log.{self.number}")

    def reopen(self) -> None:
        if self.half:
            self.write(1)
        os.close(self.out)
        self.out = self._opened()

    def rotated(self) -> list[pathlib.Path]:
        found = [path for path in self.folder.path.glob("app.log.*") if path.suffix != ".gz"]
        return [path for path in sorted(found) if not self.is_open(path)]

    def truncate(self) -> None:
        """Copy and empty, as a rotation does whose program cannot open its file anew."""
        path = self.folder.path / "app.log"
        if self.is_open(path):
            self.copy(path)
            os.ftruncate(self.out, 0)
            self.half = False

    def copy(self, path: pathlib.Path) -> None:
        self.number += 1
        octets = path.read_bytes()
        if self.half:
            # The half that is copied has lost its rest; it is a line of its own from now on.
            self.written[-1] = self.written[-1].removesuffix(" of it")
        (self.folder.path / f"app.log.{self.number}").write_bytes(octets)

    def pack(self, *, look_between: bool) -> None:
        for path in self.rotated()[:1]:
            packed = gzip.compress(path.read_bytes(), mtime=0)
            target = path.with_name(f"{path.name}.gz")
            target.write_bytes(packed[: len(packed) // 2])
            if look_between:
                self.folder.drain()
            target.write_bytes(packed)
            if look_between:
                self.folder.drain()
            path.unlink()


def empty_with_a_look_between(program: Program, _: int) -> None:
    program.folder.drain()
    path = program.folder.path / "app.log"
    if program.is_open(path) and not program.half:
        program.copy(path)
        program.folder.drain()
        os.ftruncate(program.out, 0)


def remove(program: Program, _: int) -> None:
    program.folder.drain()
    program.folder.shelf.sync()
    whole = [path for path in program.rotated() if path.read_bytes().endswith(b"\n")]
    for path in whole[:1]:
        path.unlink()


def stop(program: Program, _: int) -> None:
    program.folder.follower.close()
    program.folder.kill()


ACTS: dict[str, Callable[[Program, int], None]] = {
    "write": lambda program, count: program.write(count),
    "half": lambda program, _: program.write_half(),
    "look": lambda program, _: program.folder.drain(),
    "rename": lambda program, _: program.rename(),
    "reopen": lambda program, _: program.reopen(),
    "truncate": lambda program, _: program.truncate(),
    "copy": empty_with_a_look_between,
    "pack": lambda program, _: program.pack(look_between=False),
    "pack half": lambda program, _: program.pack(look_between=True),
    "remove": remove,
    "stop": stop,
    "kill": lambda program, count: program.folder.kill(lost=count),
}


OPERATIONS = st.lists(
    st.tuples(st.sampled_from([*ACTS, "write", "write", "look"]), st.integers(0, 60)), max_size=40
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operations=OPERATIONS)
def test_every_line_comes_once_whatever_is_done_to_the_files(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int]]
) -> None:
    folder = Folder(tmp_path_factory.mktemp("logs"), PATIENT)
    program = Program(folder)
    for name, count in operations:
        ACTS[name](program, count)
    if program.half:
        program.write(1)
    folder.drain()
    for _ in range(3):
        folder.drain(20)
    folder.drain(20_000)
    os.close(program.out)
    frame = folder.shelf.frame()
    folder.follower.close()
    assert sorted(folder.shelf.messages()) == sorted(program.written)
    if frame.height:
        assert frame["event.id"].n_unique() == frame.height
