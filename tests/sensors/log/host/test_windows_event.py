"""Windows events become the same columns, whichever shape they travel in."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from sensors.log.catalogue import SYSLOG
from sensors.log.host.evtx_file import record_texts
from sensors.log.host.windows_event import WINDOWS_EVENT
from sensors.log.kind import FAULT
from situation.fields import REST
from tests.sensors.log.damage import assert_survives
from tests.sensors.log.yielded import Document, documents, sample
from tests.testdata import testdata


def test_what_is_no_event_is_not_recognised() -> None:
    assert WINDOWS_EVENT.likeness(sample("windows-event")) == 1.0
    assert WINDOWS_EVENT.likeness(['{"EventID": 1}', '{"Event": {}}', "text"]) == 0.0


def _twins() -> Iterator[tuple[list[str], list[str]]]:
    """Yield the records of each event log file, and of its twin in JSON."""
    for path in sorted(testdata("logs", "evtx", "sigma").rglob("*.evtx")):
        records = [text for batch in record_texts(path, Counter()) for text in batch]
        yield records, list(_objects(path.with_suffix(".json").read_text(encoding="utf-8-sig")))


def _objects(text: str) -> Iterator[str]:
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield json.dumps(value)


def _without_blanks_at_ends(document: object) -> object:
    """The twins lack blanks at the end of command lines, and one has other line ends."""
    if isinstance(document, dict):
        return {name: _without_blanks_at_ends(value) for name, value in document.items()}
    return document.replace("\r\n", "\n").rstrip() if isinstance(document, str) else document


def test_files_and_their_json_twins_yield_the_same() -> None:
    read: list[Document] = []
    for records, twins in _twins():
        found = documents(WINDOWS_EVENT, records)
        assert [_without_blanks_at_ends(one) for one in found] == [
            _without_blanks_at_ends(one) for one in documents(WINDOWS_EVENT, twins)
        ]
        read.extend(found)
    assert len(read) == 106
    assert all("@timestamp" in one and "host.name" in one for one in read)
    assert not any(FAULT in one for one in read)


def test_all_data_of_a_public_event_stays_in_the_rest_by_its_own_name() -> None:
    for records, _ in _twins():
        for record, document in zip(records, documents(WINDOWS_EVENT, records), strict=True):
            event = json.loads(record)["Event"]
            rest = document[REST]
            assert isinstance(rest, dict)
            assert rest["winlog"].get("event_data") == event.get("EventData")
            assert rest["winlog"]["channel"] == event["System"]["Channel"]


@pytest.mark.parametrize(
    ("values", "source"),
    [
        ({"IpAddress": "-", "IpPort": "-"}, (None, None)),
        ({"IpAddress": "", "IpPort": ""}, (None, None)),
        ({"IpAddress": "::1", "IpPort": "0"}, ("::1", None)),
        ({"IpAddress": "::ffff:10.0.0.1", "IpPort": "49152"}, ("10.0.0.1", 49152)),
    ],
)
def test_addresses_of_logons_are_addresses_or_nothing(
    values: dict[str, str], source: tuple[str | None, int | None]
) -> None:
    system = {"Provider": {"Name": "Microsoft-Windows-Security-Auditing"}, "EventID": 4625}
    line = json.dumps({"Event": {"System": system, "EventData": values}})
    document = documents(WINDOWS_EVENT, [line])[0]
    assert (document.get("source.ip"), document.get("source.port")) == source


def test_members_of_no_known_type_are_survived() -> None:
    odd: list[object] = [None, 1, "x", [1], [[]], {}, {"a": {"b": 1}}, True, 2**70]
    lines = [
        json.dumps({"Event": {"System": {name: value}, "EventData": value, "UserData": value}})
        for name in ("Provider", "EventID", "TimeCreated", "Execution", "Security", "Other")
        for value in odd
    ]
    assert_survives(WINDOWS_EVENT, lines)
    assert_survives(
        WINDOWS_EVENT, [json.dumps({"winlog.a": 1, "winlog.a.b": value}) for value in odd]
    )
    assert_survives(
        WINDOWS_EVENT, [json.dumps({"EventID": value, "UserID": value}) for value in odd]
    )


def test_a_time_that_is_none_is_kept_as_a_misfit() -> None:
    line = '{"Event":{"System":{"EventID":1,"TimeCreated":"now"}}}'
    document = documents(WINDOWS_EVENT, [line])[0]
    assert document[FAULT] == "value"
    rest = document[REST]
    assert isinstance(rest, dict)
    assert rest["misfit"] == {"time": '"now"'}


def test_syslog_hands_events_on() -> None:
    event = next(line for line in sample("windows-event") if '"EventTime"' in line)
    document = documents(SYSLOG, [f"<13>Mar  2 09:15:12 collector nxlog: {event}"])[0]
    assert (document["event.module"], document["user.name"]) == ("windows", "zhang")
    assert document["host.name"] == "DC1.city.example"


def test_an_object_that_is_no_event_is_kept_with_a_fault() -> None:
    line = '{"message":"x","source.ip":"10.0.0.1"}'
    assert documents(WINDOWS_EVENT, [line]) == [
        {FAULT: "unparsed", REST: {"windows": {"message": "x", "source.ip": "10.0.0.1"}}}
    ]
