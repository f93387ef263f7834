"""The ladder against public captures: flows that agree exactly with those of other programs.

Where programs differ by design, we follow what the wire says: every IP packet counts, cut ones and
retransmitted ones too, to the conversation of its own five-tuple.
"""

import csv
import pathlib
import sys
from collections.abc import Iterator

import pytest

from tests.sensors.reference import arkime, ipfixprobe, ladder, ndpi, zeek
from tests.testdata import testdata


def ndpi_captures() -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
    for expected in sorted(testdata("captures", "ndpi", "expected").glob("*.out")):
        yield testdata("captures", "ndpi", "pcap", expected.stem), expected


def told(tally: ladder.Tally, capsys: pytest.CaptureFixture[str]) -> str:
    """Print the rung, and return what misses with its reason where one is known."""
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}\n")
    return "\n".join(tally.missed)


def test_flows_are_those_of_ndpi(capsys: pytest.CaptureFixture[str]) -> None:
    tally = ladder.Tally("nDPI")
    for capture, expected in ndpi_captures():
        if ladder.has_later_fragments(capture):
            continue
        mine = ladder.ours(capture, ladder.L2_BYTES, ladder.WITHOUT_SCTP)
        tally.compare(capture.name, ladder.added(ndpi.records(expected)), mine)
    missed = told(tally, capsys)
    assert tally.share >= 0.997, missed


def test_flows_are_those_of_arkime(capsys: pytest.CaptureFixture[str]) -> None:
    tally = ladder.Tally("Arkime")
    for expected in sorted(testdata("captures", "arkime").glob("*.test")):
        capture = expected.with_suffix(".pcap")
        mine = ladder.ours(capture, ladder.L2_BYTES)
        tally.compare(capture.name, ladder.added(arkime.records(expected)), mine)
    missed = told(tally, capsys)
    assert tally.share >= 0.97, missed


def test_flows_are_those_of_zeek(capsys: pytest.CaptureFixture[str]) -> None:
    tally = ladder.Tally("Zeek")
    for row in zeek.tests():
        conn = testdata("captures", "zeek", "expected", row["test"]) / "conn.log"
        if conn.exists():
            capture = testdata("captures", "zeek", "pcap", row["capture"])
            mine = ladder.ours(capture, ladder.IP_BYTES, ladder.WITHOUT_SCTP)
            tally.compare(row["capture"], ladder.added(zeek.records(conn)), mine)
    missed = told(tally, capsys)
    assert tally.share >= 0.95, missed


def test_flows_are_those_of_ipfixprobe(capsys: pytest.CaptureFixture[str]) -> None:
    tally = ladder.Tally("ipfixprobe")
    folder = testdata("vectors", "ipfixprobe")
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            theirs = ladder.added(ipfixprobe.records(folder / "expected" / row["expected"]))
            mine = ladder.ours(folder / "inputs" / row["input"], ladder.IP_BYTES)
            tally.compare(row["input"], theirs, mine)
    missed = told(tally, capsys)
    assert tally.share == 1.0, missed
