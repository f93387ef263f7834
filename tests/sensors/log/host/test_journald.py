"""Entries of the journal become columns, and messages go on to the formats of programs."""

import json

from sensors.log.catalogue import kind_named
from sensors.log.kind import FAULT
from tests.sensors.log.yielded import documents, sample

JOURNALD = kind_named("journald")


def _entry(**members: object) -> str:
    return json.dumps({"__REALTIME_TIMESTAMP": "1772414100250000", "_HOSTNAME": "web1", **members})


def test_microseconds_since_1970_are_the_time() -> None:
    assert documents(JOURNALD, [_entry()])[0]["@timestamp"] == "2026-03-02T01:15:00.250Z"


def test_octets_are_a_message() -> None:
    line = _entry(MESSAGE=[*"水".encode(), 0xFF])
    assert documents(JOURNALD, [line])[0]["message"] == "水\ufffd"


def test_what_is_no_list_of_octets_is_a_misfit() -> None:
    for odd in ([300], ["x"], [[1]], {"a": 1}, [-1]):
        document = documents(JOURNALD, [_entry(MESSAGE=odd)])[0]
        assert (document[FAULT], document.get("message")) == ("value", None)


def test_a_failed_login_of_sshd_is_a_login_try() -> None:
    document = documents(JOURNALD, sample("journald"))[0]
    assert document["event.category"] == "authentication"
    assert document["event.outcome"] == "failure"
    assert (document["user.name"], document["source.ip"]) == ("admin", "203.0.113.9")


def test_other_json_is_not_recognised() -> None:
    assert JOURNALD.likeness(['{"MESSAGE": "x"}', '{"a": 1}']) == 0.0
