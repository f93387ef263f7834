"""Event log files are read record by record, past what is damaged."""

import json
import pathlib
from collections import Counter

import pytest

from sensors.log.host.evtx_file import record_texts
from situation.faults import Malformed
from tests.testdata import testdata


def _index() -> list[tuple[str, int, int]]:
    path = testdata("logs", "evtx", "samples", "INDEX.tsv")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [(name, int(records), int(errors)) for name, records, errors, *_ in rows]


def test_public_files_yield_their_records_and_count_their_damage() -> None:
    for name, records, errors in _index():
        damage: Counter[str] = Counter()
        texts = list(record_texts(testdata("logs", "evtx", "samples", name), damage))
        assert (sum(map(len, texts)), damage.total()) == (records, errors), name
        assert all("Event" in json.loads(text) for batch in texts for text in batch)


def test_records_come_in_the_order_of_the_file() -> None:
    path = testdata("logs", "evtx", "samples", "system.evtx")
    texts = [text for batch in record_texts(path, Counter()) for text in batch]
    numbers = [json.loads(text)["Event"]["System"]["EventRecordID"] for text in texts]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("octets", [b"", b"ElfFile\x00", b"text" * 3000])
def test_a_file_that_is_none_is_malformed(tmp_path: pathlib.Path, octets: bytes) -> None:
    path = tmp_path / "x.evtx"
    path.write_bytes(octets)
    with pytest.raises(Malformed):
        list(record_texts(path, Counter()))


def test_a_file_cut_anywhere_yields_what_is_whole(tmp_path: pathlib.Path) -> None:
    octets = testdata("logs", "evtx", "samples", "system.evtx").read_bytes()
    path = tmp_path / "cut.evtx"
    counts = []
    for end in range(70_000, 400_000, 47_111):
        path.write_bytes(octets[:end])
        counts.append(sum(len(batch) for batch in record_texts(path, Counter())))
    assert counts == sorted(counts)
    assert counts[0] > 0
