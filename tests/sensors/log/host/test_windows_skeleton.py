"""A record is cut only where its skeleton has the places for what was cut out."""

import polars as pl

from sensors.log.host.windows_skeleton import PARTS, SKELETON, cut, read_skeleton
from sensors.log.kind import LINE
from tests.sensors.log.host.test_windows_record import ACTIVITY, PROCESS, record


def _cut(*lines: str) -> pl.DataFrame:
    return cut(pl.Series(lines, dtype=pl.String))


def test_what_varies_is_cut_out_and_the_skeleton_is_the_same() -> None:
    elements = ACTIVITY % "F00D" + PROCESS
    other = record(',"EventData":{"a":"b"}', number="9", elements=elements.replace("8", "12"))
    pieces = _cut(record(elements=elements), "no record", other)
    assert pieces[LINE].to_list() == [0, 2]
    assert pieces["number"].to_list() == ["7", "9"]
    assert pieces["pid"].to_list() == ["4", "4"]
    assert pieces["thread"].to_list() == ["8", "12"]
    assert pieces["activity"].to_list() == ["F00D", "F00D"]
    assert pieces["data"].to_list() == ['{"SubjectUserName":"li"}', '{"a":"b"}']
    assert pieces[SKELETON].n_unique() == 1


def test_a_skeleton_has_the_rest_around_what_was_cut_out() -> None:
    pieces = _cut(record(elements=ACTIVITY % "F00D" + PROCESS))
    skeleton = read_skeleton(pieces[SKELETON][0])
    assert skeleton is not None
    assert len(skeleton.parts) == len(PARTS)
    assert skeleton.parts[0].endswith('"record_id":')
    assert [part.rsplit('"', 2)[1] for part in skeleton.parts[1:4]] == ["event_data", "pid", "id"]
    assert skeleton.parts[-1] == '"}}'


def test_a_skeleton_that_has_a_piece_elsewhere_is_none() -> None:
    twice = record(elements='"EventRecordID":9,' + PROCESS)
    hidden = record(provider="7000000900080007001")
    for line in (twice, hidden):
        assert [read_skeleton(text) for text in _cut(line)[SKELETON]] == [None]
    assert read_skeleton("no JSON") is None
    assert read_skeleton('{"a":1}') is None
