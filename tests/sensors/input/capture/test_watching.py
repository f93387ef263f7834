import gzip
import os
import pathlib
import threading

from sensors.capture.reading import Reading
from sensors.input.capture.watching import NO_CAPTURE, Watch, Watching
from sensors.wire.segment import segments
from situation.assets import Assets
from situation.events.dataset import DNS, FLOW
from tests.sensors.building import START, at, pcap, udp, written
from tests.sensors.input.parts import Shelf, until

OLD, NEW = 1_000, 2_000


def watching(
    folder: pathlib.Path, shelf: Shelf, *, segments: pathlib.Path | None = None
) -> Watching:
    watch = Watch(
        name="taps",
        paths=(str(folder),),
        observer="sensor-1",
        segments=segments,
        segments_mib=1,
        poll_seconds=0.01,
        quiet_seconds=0.0,
    )
    return Watching(watch, shelf, Assets(()))


def put(folder: pathlib.Path, name: str, content: bytes, changed: int = OLD) -> pathlib.Path:
    path = written(folder, content, name)
    os.utime(path, (changed, changed))
    return path


def captured(second: float, packets: int = 3) -> bytes:
    return pcap((at(second + number), udp()) for number in range(packets))


def flows(shelf: Shelf) -> int:
    return sum(record.frame.height for record in shelf.kept if record.dataset == FLOW)


def test_captures_are_metered_once_each_at_their_own_time(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(), threading.Event()
    put(tmp_path, "a.pcap", captured(0))
    put(tmp_path, "b.pcap.gz", gzip.compress(captured(1000)), NEW)
    put(tmp_path, "README", b"what this is")
    watched = watching(tmp_path, shelf)
    for _ in range(3):
        watched.look(stop)
    assert flows(shelf) == 2
    frame = shelf.frame()
    assert frame["event.start"].to_physical().to_list() == [START, at(1000)]
    assert set(frame["observer.name"]) == {"sensor-1"}
    assert set(frame["event.dataset"]) == {FLOW}
    counters = watched.counters
    assert (counters.lines, counters.handed_lines, counters.flows, counters.accepted) == (
        6,
        6,
        2,
        2,
    )
    assert counters.balance == 0
    assert counters.refused == {NO_CAPTURE: 1}


def test_after_a_restart_nothing_is_metered_again_but_what_changed(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(), threading.Event()
    put(tmp_path, "a.pcap", captured(0))
    watching(tmp_path, shelf).look(stop)
    again = watching(tmp_path, shelf)
    again.look(stop)
    assert (flows(shelf), again.counters.lines) == (1, 0)
    put(tmp_path, "a.pcap", captured(0), NEW)
    again.look(stop)
    assert again.counters.lines == 0, "it holds what it held"
    put(tmp_path, "a.pcap", captured(5000), NEW + 1)
    again.look(stop)
    assert flows(shelf) == 2


def test_what_was_cut_off_is_read_anew_and_gives_the_same_rows(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(), threading.Event()
    put(tmp_path, "a.pcap", captured(0))
    watching(tmp_path, shelf).look(stop)
    before = shelf.frame()["event.id"].to_list()
    shelf.places.clear()
    watching(tmp_path, shelf).look(stop)
    assert shelf.frame()["event.id"].to_list() == before * 2


def test_a_file_that_is_gone_leaves_no_place_behind(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(), threading.Event()
    path = put(tmp_path, "a.pcap", captured(0))
    watched = watching(tmp_path, shelf)
    watched.look(stop)
    assert list(shelf.places.values()) != [""]
    path.unlink()
    watched.look(stop)
    shelf.sync()
    assert list(shelf.places.values()) == [""]


def test_the_first_packets_of_flows_are_kept_for_alerts(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    put(folder, "a.pcap", captured(0))
    put(folder, "b.pcap", pcap([(at(9), udp()[14:])], link=101), NEW)
    watching(folder, Shelf(), segments=tmp_path / "segments" / "taps").look(threading.Event())
    kept = [segment.path for segment in segments(tmp_path / "segments" / "taps")]
    packets = {
        int(block.records["link"][0]): block.packets
        for path in kept
        for block in Reading([path], block_packets=64).blocks()
    }
    assert packets == {1: 3, 101: 1}


def test_it_waits_for_room_and_loses_nothing(tmp_path: pathlib.Path) -> None:
    shelf, stop = Shelf(room=0), threading.Event()
    put(tmp_path, "a.pcap", captured(0))
    watched = watching(tmp_path, shelf)
    running = threading.Thread(target=watched.run, args=(stop,))
    running.start()
    try:
        until(lambda: watched.counters.refusals > 2)
        assert flows(shelf) == 0
        shelf.room = 100
        until(lambda: bool(shelf.places))
    finally:
        stop.set()
        running.join()
    assert flows(shelf) == 1
    assert watched.counters.trouble == ""


def test_messages_and_events_go_to_their_datasets(tmp_path: pathlib.Path) -> None:
    shelf = Shelf()
    question = bytes.fromhex("123401000001000000000000") + b"\x07example\x03com\0\0\1\0\1"
    frame = udp(len(question), ports=(40_000, 53)).replace(b"u" * len(question), question)
    put(tmp_path, "a.pcap", pcap([(START, frame)]))
    watching(tmp_path, shelf).look(threading.Event())
    found = {record.dataset: record.frame for record in shelf.kept if record.frame.height}
    assert found[DNS]["dns.question.name"].to_list() == ["example.com"]
    assert found[DNS]["event.dataset"].to_list() == [DNS]
