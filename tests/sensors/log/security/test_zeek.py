"""Zeek's logs become the same ECS columns from either format."""

import json

import polars as pl
import pytest

from sensors.log.kind import FAULT, LINE, SourceRules
from sensors.log.security.zeek_json import ZEEK_JSON
from sensors.log.security.zeek_tsv import ZEEK_TSV
from situation.fields import REST
from tests.sensors.log.damage import assert_survives, damaged
from tests.sensors.log.yielded import RECEIVED, documents, expected, parsed, sample
from tests.testdata import testdata

HEAD = ["#separator \\x09", "#path\tconn", "#fields\tts\tuid\tid.orig_h\tid.orig_p"]
ROW = "1772414100.5\tC1\t10.0.0.1\t22"
PUBLIC_JSON = [
    ("002-zeek-scenario-port-scanning", "conn"),
    ("004-zeek-scenario-ssh", "ssh"),
    *(("007-zeek-scenario-ssh-infected", name) for name in ("http", "notice", "software", "ssh")),
]
PUBLIC_TSV = [
    ("001-zeek-scenario-malicious", "conn"),
    ("001-zeek-scenario-malicious", "labeled-conn"),
    *(("005-zeek-scenario-malicious", name) for name in ("conn", "dns", "http")),
    *(("006-zeek-scenario-ssh", name) for name in ("conn", "ssh")),
]


def _public(folder: str, name: str) -> list[str]:
    path = testdata("logs", "zeek", folder, f"{name}.log")
    return path.read_text(encoding="utf-8").splitlines()


def test_both_formats_yield_the_same_documents() -> None:
    assert expected("zeek-tsv") == expected("zeek-json")


def test_the_formats_are_told_apart() -> None:
    tsv, lines = sample("zeek-tsv")[:20], sample("zeek-json")[:20]
    assert (ZEEK_TSV.likeness(tsv), ZEEK_JSON.likeness(tsv)) == (1.0, 0.0)
    assert (ZEEK_TSV.likeness(lines), ZEEK_JSON.likeness(lines)) == (0.0, 1.0)


def test_without_a_path_the_keys_tell_the_log() -> None:
    lines = [
        json.dumps({key: value for key, value in json.loads(line).items() if key != "_path"})
        for line in sample("zeek-json")
    ]
    told = [document["event.dataset"] for document in documents(ZEEK_JSON, lines)]
    known = [document["event.dataset"] for document in expected("zeek-json")]
    assert [name for name in told if name != "zeek.other"] == [
        name for name in known if name != "zeek.quic"
    ]


def test_the_rules_of_a_source_can_name_the_log() -> None:
    rules = SourceRules(options={"path": "quic"})
    assert documents(ZEEK_JSON, ['{"ts":1.5,"uid":"C1"}'], rules)[0]["event.dataset"] == "zeek.quic"
    assert documents(ZEEK_TSV, [HEAD[0], HEAD[2], ROW], rules)[0]["event.dataset"] == "zeek.quic"


@pytest.mark.parametrize(("folder", "name"), PUBLIC_JSON)
def test_public_json_logs_are_read_whole(folder: str, name: str) -> None:
    lines = _public(folder, name)
    frame = parsed(ZEEK_JSON, lines).frame
    assert frame.height == len(lines)
    assert frame[FAULT].null_count() == len(lines)
    assert frame["event.dataset"].unique().to_list() == [f"zeek.{name}"]
    assert frame["@timestamp"].null_count() == 0


@pytest.mark.parametrize(("folder", "name"), PUBLIC_TSV)
def test_public_tsv_logs_are_read_whole(folder: str, name: str) -> None:
    lines = _public(folder, name)
    found = parsed(ZEEK_TSV, lines)
    heads = sum(line.startswith("#") for line in lines)
    assert found.skipped == {"head": heads}
    assert found.frame.height == len(lines) - heads
    assert found.frame[FAULT].null_count() == found.frame.height
    assert found.frame["@timestamp"].null_count() == 0


def test_logs_of_many_sorts_lose_only_their_masked_times() -> None:
    for path in sorted(testdata("captures", "zeek", "expected").glob("*/*.log")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found = assert_survives(ZEEK_TSV, lines)
        if not any(line.startswith("#fields") for line in lines):
            continue
        assert set(found.frame[FAULT]) == {"value"}, path
        for text in found.frame[REST]:
            rest = json.loads(text)
            assert set(rest["misfit"]) <= {"ts", "certificate.not_valid_after"}, path


def test_labels_stay_in_the_rest() -> None:
    document = documents(ZEEK_TSV, _public("001-zeek-scenario-malicious", "labeled-conn"))[0]
    rest = document[REST]
    assert isinstance(rest, dict)
    assert rest["zeek"]["conn"]["label"] == "Background"


def test_damage_below_a_whole_head_is_counted_and_never_raised() -> None:
    lines = sample("zeek-tsv")
    assert_survives(ZEEK_TSV, [*lines[:9], *damaged(lines[8:10])])


@pytest.mark.parametrize(
    "head",
    [
        ["#separator \\x0a"],
        ["#separator \\xff"],
        ["#separator ::"],
        ["#separator \\x2c", "#fields,a,b"],
        ["#fields\ta\ta", "#types\tstring"],
        ["#set_separator\t", "#fields\tts\tx", "#types\ttime\tset[string]"],
        ["#empty_field\t", "#unset_field\t", "#fields\tts\tx", "#types\ttime\tvector[count]"],
        ["#path\t../x", "#fields\tts", "#types"],
        ["#fields\t" + "\t".join(f"f{number}" for number in range(3000))],
    ],
)
def test_a_hostile_head_is_survived(head: list[str]) -> None:
    assert_survives(ZEEK_TSV, [*head, ROW, "a,b", "1\t2", "1", "\t" * 2999, "", *damaged([ROW])])


def test_a_row_before_any_head_bears_a_fault() -> None:
    found = parsed(ZEEK_TSV, [ROW, *HEAD, ROW]).frame
    assert found.select(LINE, FAULT).rows() == [(0, "header"), (4, None)]


def test_a_row_of_another_width_bears_a_fault() -> None:
    found = parsed(ZEEK_TSV, [*HEAD, ROW, ROW + "\tx", ROW[:12]]).frame
    assert found[FAULT].to_list() == [None, "width", "width"]


def test_a_stream_that_is_taken_up_again_gets_its_head_from_its_beginning() -> None:
    parser = ZEEK_TSV.parser(SourceRules())
    parser.prime([*HEAD, ROW])
    frame = parser.parse(pl.Series([ROW]), RECEIVED).frame
    assert frame["source.ip"].to_list() == ["10.0.0.1"]


def test_a_head_is_remembered_from_block_to_block() -> None:
    parser = ZEEK_TSV.parser(SourceRules())
    parser.parse(pl.Series(HEAD), RECEIVED)
    assert parser.parse(pl.Series([ROW]), RECEIVED).frame["source.port"].to_list() == [22]


def test_heads_without_end_are_not_all_read() -> None:
    lines = [line for number in range(2000) for line in (f"#fields\tx{number}", "1")]
    found = assert_survives(ZEEK_TSV, lines).frame
    assert found[FAULT].to_list().count("header") == 1900


def test_line_ends_within_a_line_do_not_move_the_rows() -> None:
    lines = [*HEAD, ROW.replace("C1", "C\r1"), ROW.replace("C1", "C\n2"), ROW]
    rests = [json.loads(text) for text in parsed(ZEEK_TSV, lines).frame[REST]]
    assert [rest["zeek"]["conn"]["uid"] for rest in rests] == ["C\r1", "C\n2", "C1"]


def test_a_value_of_another_type_is_kept_as_a_misfit_with_a_fault() -> None:
    document = documents(ZEEK_TSV, [*HEAD, "soon\tC1\t10.0.0.1\tmany"])[0]
    assert document[FAULT] == "value"
    rest = document[REST]
    assert isinstance(rest, dict)
    assert rest["misfit"] == {"ts": "soon", "id.orig_p": "many"}


def test_milliseconds_and_iso_times_are_times_in_json() -> None:
    lines = [f'{{"ts":{ts},"uid":"C1"}}' for ts in (1772414100500, '"2026-03-02T01:15:00.5Z"')]
    times = {document["@timestamp"] for document in documents(ZEEK_JSON, lines)}
    assert times == {"2026-03-02T01:15:00.500Z"}
