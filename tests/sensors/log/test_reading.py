"""Log files become batches of events, and every line is accounted for."""

import gzip
import pathlib
from collections import Counter

import polars as pl
import pytest

from sensors.log.catalogue import KINDS, kind_named
from sensors.log.reading import BLOCK_OCTETS, LogFile, Plan
from situation.faults import Malformed
from situation.fields import REST
from tests.sensors.log.yielded import RECEIVED
from tests.testdata import testdata

GUESSING = Plan(KINDS, observer="sensor")
LINE = "Nov  6 08:15:01 gate-1 su: (to root) alice on pts/0\n"


def _read(path: pathlib.Path, plan: Plan = GUESSING) -> tuple[LogFile, list[pl.DataFrame]]:
    file = LogFile(path, plan)
    return file, list(file.batches(RECEIVED))


def _written(folder: pathlib.Path, content: bytes) -> pathlib.Path:
    path = folder / "some.log"
    path.write_bytes(content)
    return path


def test_a_file_is_read_in_blocks_and_nothing_is_lost_between_them(tmp_path: pathlib.Path) -> None:
    count = BLOCK_OCTETS // len(LINE) * 2 + 7
    file, frames = _read(_written(tmp_path, LINE.encode() * count))
    assert len(frames) == 3
    assert sum(frame.height for frame in frames) == file.tally.lines == count
    whole = pl.concat([frame.select("event.id", "citywatch.log.offset") for frame in frames])
    assert whole["event.id"].n_unique() == count
    assert whole["citywatch.log.offset"].to_list() == [len(LINE) * row for row in range(count)]


def test_a_packed_file_yields_what_it_yields_unpacked(tmp_path: pathlib.Path) -> None:
    _, plain = _read(_written(tmp_path, LINE.encode() * 10))
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(LINE.encode() * 10))
    _, unpacked = _read(packed)
    same = [name for name in plain[0].columns if name not in {"event.id", "log.file.path"}]
    assert pl.concat(unpacked).select(same).equals(pl.concat(plain).select(same))


def test_a_packed_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: pathlib.Path) -> None:
    lines = "".join(LINE.replace("alice", f"user{n * 7919 % 100_000}") for n in range(5000))
    file, frames = _read(_written(tmp_path, gzip.compress(lines.encode())[:-2000]))
    assert file.tally.damaged == Counter({"gzip": 1})
    assert frames == [] or pl.concat(frames, how="diagonal").height == file.tally.events


def test_two_readings_of_a_file_have_the_same_ids(tmp_path: pathlib.Path) -> None:
    path = _written(tmp_path, LINE.encode() * 3)
    ids = [pl.concat(_read(path)[1])["event.id"].to_list() for _ in range(2)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n"])
def test_a_file_with_nothing_in_it_yields_nothing(tmp_path: pathlib.Path, content: bytes) -> None:
    file, frames = _read(_written(tmp_path, content))
    assert sum(frame.height for frame in frames) == file.tally.events == 0
    assert file.tally.lines == file.tally.skipped.total()


def test_a_file_that_is_like_nothing_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="no known kind"):
        LogFile(_written(tmp_path, b"It was a dark night.\n"), GUESSING)


def test_a_file_that_is_absent_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="cannot be read"):
        LogFile(tmp_path / "absent.log", GUESSING)


def test_hostile_lines_are_rows_with_a_fault(tmp_path: pathlib.Path) -> None:
    members = ",".join(f'"k{n}":{n}' for n in range(10_001))
    content = b"\n".join(
        [b"x" * 10_000_000, b"a\0b", b"\xff\xfe\xff", f"{{{members}}}".encode(), b'{"a":1}', b""]
    )
    plan = Plan((kind_named("json-lines"),), observer="s")
    file, frames = _read(_written(tmp_path, content), plan)
    frame = pl.concat(frames, how="diagonal")
    assert file.tally.lines == frame.height == 5
    assert frame["citywatch.log.fault"].to_list() == [*["unparsed"] * 3, "rest", None]
    assert frame["event.original"].str.len_chars().max() == 65_536


def test_a_line_that_is_too_long_to_be_kept_raw_is_parsed_whole(tmp_path: pathlib.Path) -> None:
    members = ",".join(f'"k{n:05d}":"{n}"' for n in range(9000))
    content = f'{{{members},"user.name":"last"}}'.encode()
    file, frames = _read(
        _written(tmp_path, content), Plan((kind_named("json-lines"),), observer="s")
    )
    assert len(content) > 130_000
    assert frames[0]["user.name"].to_list() == ["last"]
    assert '"k08999"' in frames[0][REST][0]
    assert frames[0]["event.original"].str.len_chars().to_list() == [65_536]
    assert file.tally.faults == {"clipped": 1}


def test_progress_is_told_to_the_end(tmp_path: pathlib.Path) -> None:
    told: list[tuple[int, int]] = []
    path = _written(tmp_path, LINE.encode() * 10)
    list(LogFile(path, GUESSING).batches(RECEIVED, lambda done, total: told.append((done, total))))
    assert told[-1] == (path.stat().st_size,) * 2


def test_the_records_of_a_windows_event_file_are_its_lines() -> None:
    file, frames = _read(testdata("logs", "evtx", "samples", "system.evtx"))
    assert file.tally.lines == sum(frame.height for frame in frames) > 1000
