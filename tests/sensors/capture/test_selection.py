import gzip
import pathlib

import pytest

from sensors.capture.selection import captures_of
from situation.faults import Malformed
from tests.sensors.building import START, at, meter, pcap, udp, written


def capture(folder: pathlib.Path, name: str, *seconds: float) -> pathlib.Path:
    return written(folder, pcap((at(second), udp()) for second in seconds), name)


def test_files_are_put_in_the_order_of_their_first_packets(tmp_path: pathlib.Path) -> None:
    last = capture(tmp_path, "a.pcap", 20, 21)
    first = capture(tmp_path, "b.pcap", 0, 5)
    empty = capture(tmp_path, "c.pcap")
    middle = capture(tmp_path, "d.pcap", 10)
    assert captures_of([last, empty, first, middle]).files == [first, middle, last, empty]


def test_a_folder_gives_all_its_captures_and_tells_what_is_none(tmp_path: pathlib.Path) -> None:
    deep = tmp_path / "day" / "hour"
    deep.mkdir(parents=True)
    packed = written(deep, gzip.compress(pcap([(START, udp())])), "one.pcap.gz")
    later = capture(tmp_path, "two.cap", 5)
    note = written(tmp_path, b"what this is", "README.md")
    nothing = written(tmp_path, b"", "empty.pcap")
    written(tmp_path, b"being written", ".three.pcap.part")
    found = captures_of([tmp_path])
    assert found.files == [packed, later]
    assert sorted(found.passed) == [note, nothing]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: pathlib.Path) -> None:
    path = capture(tmp_path, "a.pcap", 0)
    assert captures_of([path, tmp_path, path]).files == [path]


def test_a_folder_without_captures_and_a_named_file_that_is_none_are_refused(
    tmp_path: pathlib.Path,
) -> None:
    note = written(tmp_path, b"what this is", "README.md")
    good = capture(tmp_path.parent, "good.pcap", 0)
    with pytest.raises(Malformed, match="holds no capture"):
        captures_of([tmp_path])
    with pytest.raises(Malformed, match="neither pcap"):
        captures_of([good, note])


def test_files_that_overlap_are_counted(tmp_path: pathlib.Path) -> None:
    files = [
        capture(tmp_path, "a.pcap", 0, 10),
        capture(tmp_path, "b.pcap", 5, 6),
        capture(tmp_path, "c.pcap", 20, 21),
    ]
    noted = meter(captures_of(files).files).counters.noted
    assert noted["files_overlapping"] == 1
    assert "files_overlapping" not in meter([files[0], files[2]]).counters.noted
