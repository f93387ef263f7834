"""Suricata's events become ECS columns, and what has no column stays in the rest."""

import json
from collections import Counter

import polars as pl
import pytest

from sensors.log.catalogue import SYSLOG
from sensors.log.conformity import conformed
from sensors.log.kind import FAULT
from sensors.log.security.eve import SURICATA_EVE
from situation.fields import REST
from tests.sensors.log.yielded import documents, parsed
from tests.testdata import testdata


def _eve(**members: object) -> str:
    return json.dumps({"timestamp": "2026-03-02T09:15:12.0+0800", "event_type": "flow", **members})


def test_public_events_are_all_read_with_their_types_and_times() -> None:
    path = testdata("logs", "suricata", "test6-malicious.suricata.json")
    lines = path.read_text(encoding="utf-8").splitlines()
    frame = parsed(SURICATA_EVE, lines).frame
    types = Counter(json.loads(line)["event_type"] for line in lines)
    assert Counter(frame["event.dataset"]) == {
        f"suricata.{name}": count for name, count in types.items()
    }
    assert frame[FAULT].null_count() == len(lines)
    assert frame["@timestamp"].null_count() == 0
    assert conformed(frame)["source.ip"].null_count() == 0


def test_nothing_of_a_public_event_is_lost() -> None:
    path = testdata("logs", "suricata", "test6-malicious.suricata.json")
    lines = path.read_text(encoding="utf-8").splitlines()
    for line, document in zip(lines[::25], documents(SURICATA_EVE, lines[::25]), strict=True):
        kept = json.dumps(document)
        for leaf in _leaves(json.loads(line)):
            assert str(leaf).lower() in kept.lower() or leaf in _TURNED, leaf


_TURNED = {"HTTP/1.1", "HTTP/1.0", "TLS 1.1"}


def _leaves(value: object) -> list[object]:
    """Return the texts and numbers of an event that are no times, which stand there in UTC."""
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in _leaves(member)]
    if isinstance(value, list):
        return [leaf for member in value for leaf in _leaves(member)]
    return [] if isinstance(value, str) and value[10:11] == "T" and ":" in value else [value]


@pytest.mark.parametrize(("theirs", "ours"), [(1, 3), (2, 2), (3, 1), (4, 1), (255, 1)])
def test_severity_is_turned_round(theirs: int, ours: int) -> None:
    line = _eve(event_type="alert", alert={"severity": theirs, "signature": "x"})
    assert documents(SURICATA_EVE, [line])[0]["event.severity"] == ours


def test_a_value_of_the_wrong_type_is_kept_as_a_misfit_with_a_fault() -> None:
    line = _eve(src_port={"deep": 1}, flow={"bytes_toserver": "many"})
    document = documents(SURICATA_EVE, [line])[0]
    assert document[FAULT] == "value"
    assert document[REST] == {"misfit": {"src_port": '{"deep":1}', "flow.bytes_toserver": '"many"'}}


def test_a_line_that_is_no_object_is_a_row_with_its_fault() -> None:
    lines = ["[1]", "17", "{", '{"a": "\\ud800"}', "[" * 100_000, '{"a":' * 2000 + "1" + "}" * 2000]
    assert parsed(SURICATA_EVE, lines).frame[FAULT].to_list() == ["unparsed"] * len(lines)


def test_an_object_too_deep_to_be_written_again_loses_its_rest_alone() -> None:
    depth = 600
    line = _eve(src_ip="10.0.0.1")[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}"
    document = documents(SURICATA_EVE, [line])[0]
    assert document[FAULT] == "rest"
    assert document["source.ip"] == "10.0.0.1"


def test_of_a_key_that_is_there_twice_the_last_one_counts() -> None:
    line = '{"timestamp":"2026-03-02T09:15:12+0800","event_type":"dns","event_type":"tls"}'
    assert documents(SURICATA_EVE, [line])[0]["event.dataset"] == "suricata.tls"


def test_an_event_type_that_is_no_name_makes_no_dataset() -> None:
    document = documents(SURICATA_EVE, [_eve(event_type="../../etc")])[0]
    assert document["event.dataset"] == "suricata.unknown"
    assert document[REST] == {"misfit": {"event_type": '"../../etc"'}}


def test_syslog_hands_events_on() -> None:
    line = "<13>Mar  2 09:15:12 ids1 suricata[7]: " + _eve(src_ip="10.0.0.1")
    document = documents(SYSLOG, [line])[0]
    assert (document["event.dataset"], document["host.name"]) == ("suricata.flow", "ids1")


def test_blank_lines_are_counted() -> None:
    found = parsed(SURICATA_EVE, ["", "  ", _eve()])
    assert found.skipped == {"blank": 2}
    assert found.frame["_line"].to_list() == [2]


def test_an_empty_block_is_an_empty_frame() -> None:
    assert parsed(SURICATA_EVE, []).frame.is_empty()


def test_null_lines_do_not_matter() -> None:
    found = parsed(SURICATA_EVE, pl.Series([None, _eve()], dtype=pl.String).to_list())
    assert found.skipped == {"blank": 1}
