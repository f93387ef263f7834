"""The microscope with the real tshark."""

import gzip
import lzma
import pathlib
import shutil
from collections.abc import Callable

import pytest

from sensors.microscope import sandbox, tshark
from sensors.microscope.limits import Limits
from sensors.microscope.tshark import dissect
from situation.faults import Malformed, Misconfigured
from tests.sensors.building import START, pcap, tcp, udp, written
from tests.testdata import missing

if shutil.which("tshark") is None:
    missing("tshark")

PACKETS = [(START + number * 1001, udp(number)) for number in range(5)]
CONTENT = pcap([*PACKETS, (START + 9999, tcp("S"))])
FLOOD = pcap([]) + pcap([(START, udp(100))])[24:] * 100_000


def test_a_packet_becomes_a_tree_of_what_it_carries(tmp_path: pathlib.Path) -> None:
    found = dissect(written(tmp_path, CONTENT), most_packets=6)
    assert found.complete
    assert [packet.number for packet in found.packets] == list(range(1, 7))
    last = found.packets[-1]
    assert (last.source, last.destination, last.protocol) == ("10.1.0.5", "192.0.2.80", "tcp")
    assert last.time == "2023-11-14T22:13:20.000009999Z"
    assert last.octets == len(tcp("S"))
    assert "Src Port: 40000, Dst Port: 443" in last.summary
    assert [layer.name for layer in last.layers] == ["frame", "eth", "ip", "tcp"]
    flags = next(field for field in last.layers[-1].inside if field.name == "tcp.flags")
    assert any(field.name == "tcp.flags.syn" and field.value == "1" for field in flags.inside)


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_a_packed_capture_is_unpacked_on_the_way(
    tmp_path: pathlib.Path, compress: Callable[[bytes], bytes]
) -> None:
    found = dissect(written(tmp_path, compress(FLOOD[:100_000])), most_packets=2)
    assert (len(found.packets), found.reason) == (2, "packets")
    cut = dissect(written(tmp_path, compress(CONTENT)[:-4]), most_packets=10)
    assert (len(cut.packets), cut.reason) == (6, "damaged")


def test_a_filter_chooses_packets() -> None:
    found = dissect(CONTENT, display_filter="tcp.flags.syn == 1")
    assert found.complete
    assert [packet.number for packet in found.packets] == [6]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("no.such_field == 1", "no.such_field"), ("udp &&", "end of filter")],
)
def test_a_filter_that_is_none_is_told_in_the_words_of_tshark(wrong: str, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        dissect(CONTENT, display_filter=wrong)
    assert caught.value.where == "tshark"
    assert words in caught.value.reason


@pytest.mark.parametrize("wrong", ["u" * 1001, "udp\0"])
def test_a_filter_that_nobody_wrote_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed, match="filter"):
        dissect(CONTENT, display_filter=wrong)


def test_more_packets_than_are_wanted_are_said_to_be_there() -> None:
    found = dissect(CONTENT, most_packets=2)
    assert len(found.packets) == 2
    assert found.reason == "packets"


def test_a_file_that_is_no_capture_is_refused_by_its_name(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing was captured here\n")
    with pytest.raises(Malformed) as caught:
        dissect(path)
    assert str(path) in caught.value.where
    assert "The capture isn't a capture file" in caught.value.reason


def test_a_capture_that_is_cut_gives_what_is_before_and_says_so() -> None:
    found = dissect(CONTENT[:-20])
    assert len(found.packets) == 5
    assert found.reason == "failed"
    assert "cut short" in found.words


def test_what_is_no_file_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="no regular file"):
        dissect(tmp_path)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(seconds=0.01), "time"),
        (Limits(output_mib=1), "output"),
        (Limits(processor_seconds=1, output_mib=4096), "killed"),
    ],
    ids=["time", "output", "processor"],
)
def test_a_limit_that_is_reached_leaves_a_part_and_says_which(limits: Limits, reason: str) -> None:
    # Where no packet fits, nothing but time ends the run.
    chosen = "" if reason == "output" else "udp.length == 1"
    found = dissect(FLOOD, display_filter=chosen, most_packets=100_000, limits=limits)
    assert found.reason == reason
    assert not found.complete


def test_without_tshark_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sandbox.ENVIRONMENT, "PATH", "/nonexistent")
    with pytest.raises(Misconfigured, match="apt-get install tshark"):
        dissect(CONTENT)


def test_a_tshark_that_writes_no_xml_or_dies_leaves_what_it_told_before(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "<pdml><packet><proto name='geninfo'><field name='num' show='7'/></proto></packet>"
    endings = {"echo '<packet><b></packet>'": "unreadable", "kill -9 $$": "killed"}
    for ending, reason in endings.items():
        program = tmp_path / "tshark"
        program.write_text(f'#!/bin/sh\necho "{head}"\n{ending}\n')
        program.chmod(0o755)
        monkeypatch.setattr(tshark, "sandboxed", _as_it_is(program))
        found = dissect(CONTENT)
        assert [packet.number for packet in found.packets] == [7]
        assert found.reason == reason


def _as_it_is(program: pathlib.Path) -> object:
    return lambda _command, _limits: sandbox.Sandboxed([str(program)], "limits")
