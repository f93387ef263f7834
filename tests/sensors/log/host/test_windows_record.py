"""Records read many at a time yield what they yield one by one."""

import pathlib
from collections import Counter
from collections.abc import Sequence

import pytest

from sensors.log.host.evtx_file import record_texts
from sensors.log.host.windows_event import WINDOWS_EVENT
from sensors.log.kind import FAULT
from situation.fields import REST
from tests.sensors.log.damage import assert_survives, damaged
from tests.sensors.log.yielded import Document, documents
from tests.testdata import testdata

HEAD = '{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"%s"}},'
MIDDLE = '"EventID":%d,"Level":0,"TimeCreated":{"#attributes":{"SystemTime":"%s"}},'
TAIL = '"EventRecordID":%s,%s"Channel":"Security","Computer":"PC-1","Security":null}%s}}'
SECURITY = "Microsoft-Windows-Security-Auditing"
TIME = "2026-03-02T01:15:01.000100Z"
PROCESS = '"Execution":{"#attributes":{"ProcessID":4,"ThreadID":8}},'
ACTIVITY = '"Correlation":{"#attributes":{"ActivityID":"%s"}},'


def record(
    data: str = ',"EventData":{"SubjectUserName":"li"}',
    *,
    provider: str = SECURITY,
    code: int = 4624,
    time: str = TIME,
    number: str = "7",
    elements: str = PROCESS,
) -> str:
    """Return a record in the form of the package `evtx`."""
    return (HEAD + MIDDLE + TAIL) % (provider, code, time, number, elements, data)


def one_by_one(lines: Sequence[str]) -> list[Document]:
    """Return the documents of lines that a blank at their end keeps from being cut."""
    return documents(WINDOWS_EVENT, [f"{line} " for line in lines])


def _files() -> list[pathlib.Path]:
    return sorted(testdata("logs", "evtx", "samples").glob("*.evtx"))


def test_public_files_yield_the_same_as_one_by_one() -> None:
    for path in _files():
        for texts in record_texts(path, Counter()):
            assert documents(WINDOWS_EVENT, texts) == one_by_one(texts), path.name


@pytest.mark.parametrize(
    "data",
    [
        "",
        ',"EventData":null',
        ',"EventData":{}',
        ',"EventData":[1]',
        ',"EventData":"text"',
        ',"EventData":{"SubjectUserName":"li","SubjectUserName":"wang"}',
        ',"EventData":{"SubjectUserName":"\\u4e2d\\n\\"},\\"EventData\\":{","IpPort":"0"}',
        ',"EventData":{"SubjectUserName":["a"],"IpAddress":{"x":1},"IpPort":true}',
        ',"EventData":{"Data":{"#text":["a","b"]},"Binary":null}',
        ',"EventData":{"Data": [{"@Name":"IpAddress","#text":"10.0.0.1"}]}',
        ',"EventData":{"ProcessId":1.5,"IpPort":-0}',
        f',"EventData":{{"Deep":{"[" * 500}1{"]" * 500}}}',
        ',"EventData":{"SubjectUserName":"7000000900080007001"}',
        ',"UserData":{"LogFileCleared":{"SubjectUserName":"li"}}',
        ',"EventData":{"a":"b"},"UserData":{"c":{"d":"e"}}',
        ',"EventData":{"a":"b"},"RenderingInfo":{"Message":"said"}',
        ',"RenderingInfo":{"Message":"said"},"EventData":{"a":"b"}',
        ',"EventData":{"a":"b"},"EventData":{"c":"d"}',
        ',"EventData":{"a":"\\ud800"}',
        ',"EventData":{"a":"b"',
        ',"EventData":{"a":"b"}}',
        ',"EventData":{"a":1},{"b":2}',
    ],
)
def test_data_of_any_form_is_read_as_one_by_one(data: str) -> None:
    lines = [record(), record(data), record(data, code=4672), record()]
    assert documents(WINDOWS_EVENT, lines) == one_by_one(lines)


@pytest.mark.parametrize(
    "line",
    [
        record(elements=""),
        record(elements=ACTIVITY % "{F00D-1}" + PROCESS),
        record(elements=ACTIVITY % "" + PROCESS),
        record(elements=ACTIVITY % 'a\\"b' + PROCESS),
        record(elements=PROCESS + ACTIVITY % "F00D"),
        record(elements=PROCESS + PROCESS.replace("4", "5")),
        record(elements=PROCESS.replace("8", '8,"ProcessorID":1')),
        record(elements=PROCESS.replace("8", '"8"')),
        record(elements='"EventRecordID":9,' + PROCESS),
        record(elements='"Other":{"#attributes":{"x":1}},' + PROCESS),
        record(number="007"),
        record(number="12345678901234567890"),
        record(number='"7"'),
        record(time="2026-03-02T01:15:01Z"),
        record(time="2026-02-30T01:15:01.000100Z"),
        record(time="1601-01-01T00:00:00.000000Z"),
        record(time="yesterday"),
        record(provider="7000000900080007001"),
        record(provider='x\\"},\\"System'),
        record(provider="Microsoft-Windows-Eventlog", code=1102),
        record(provider="Service Control Manager", code=7045),
        record(provider="Microsoft-Windows-Sysmon", code=1),
        "{" + record(),
        f"[{record()}]",
        "",
    ],
)
def test_a_record_that_is_not_as_usual_is_read_as_one_by_one(line: str) -> None:
    lines = [record(number="1"), line, record(number="2"), line]
    assert documents(WINDOWS_EVENT, lines) == one_by_one(lines)


def test_what_varies_stands_in_the_row_and_in_the_rest_of_its_record() -> None:
    lines = [
        record(
            f',"EventData":{{"SubjectUserName":"user{number}"}}',
            number=str(number),
            elements=ACTIVITY % f"F{number}" + PROCESS.replace("8", str(number)),
        )
        for number in range(1, 4)
    ]
    for number, found in enumerate(documents(WINDOWS_EVENT, lines), 1):
        rest = found[REST]
        assert isinstance(rest, dict)
        winlog = rest["winlog"]
        assert winlog["event_data"] == {"SubjectUserName": f"user{number}"}
        assert winlog["process"] == {"pid": 4, "thread": {"id": number}}
        assert (winlog["record_id"], winlog["activity_id"]) == (number, f"F{number}")
        assert found["event.sequence"] == number


def test_records_of_which_each_has_a_skeleton_of_its_own_are_read_one_by_one() -> None:
    lines = [record(code=code) for code in range(4720, 4730)]
    assert documents(WINDOWS_EVENT, lines) == one_by_one(lines)
    lines += [record(code=4624)] * 2
    assert documents(WINDOWS_EVENT, lines) == one_by_one(lines)


def test_a_number_beyond_64_bits_keeps_its_digits() -> None:
    number = 123456789012345678901234567890
    found = documents(WINDOWS_EVENT, [record(f',"EventData":{{"ProcessId":{number}}}')] * 2)[0]
    rest = found[REST]
    assert isinstance(rest, dict)
    assert rest["winlog"]["event_data"] == {"ProcessId": number}
    assert "process.pid" not in found


def test_damaged_records_among_whole_ones_are_counted_each() -> None:
    whole = [record(elements=ACTIVITY % "F00D" + PROCESS)] * 3
    broken = damaged(whole[:1])
    found = assert_survives(WINDOWS_EVENT, [*whole, *broken, *whole])
    assert found.frame[FAULT].to_list()[:3] == [None] * 3
    assert found.frame[FAULT].to_list()[-3:] == [None] * 3
    assert documents(WINDOWS_EVENT, broken) == one_by_one(broken)
