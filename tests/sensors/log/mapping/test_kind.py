"""What each part of a mapping does to a line."""

import datetime as dt

import polars as pl
import pytest

from sensors.log.catalogue import mapping_kind
from sensors.log.kind import SourceRules
from sensors.log.mapping.document import checked_document
from sensors.log.mapping.kind import MappingKind
from situation.faults import Misconfigured
from situation.fields import REST
from tests.sensors.log.yielded import RECEIVED, documents


def _kind(**content: object) -> MappingKind:
    given = {"name": "door", "title": "Doors", "form": "pattern", **content}
    return mapping_kind(checked_document(given, where="test"))


def _patterns(*patterns: str) -> list[dict[str, str]]:
    return [{"pattern": pattern} for pattern in patterns]


def test_the_first_pattern_that_fits_the_whole_line_holds() -> None:
    kind = _kind(patterns=_patterns(r"(?P<user.name>\w+)", r"(?P<message>.*)"))
    assert documents(kind, ["alice", "alice came"]) == [
        {"user.name": "alice"},
        {"message": "alice came"},
    ]


def test_rows_stand_in_the_order_of_their_lines() -> None:
    kind = _kind(patterns=_patterns(r"a(?P<user.name>\w*)", r"b(?P<user.name>\w*)"))
    rows = documents(kind, ["b1", "a2", "?", "b3"])
    assert [row.get("user.name", row.get("message")) for row in rows] == ["1", "2", "?", "3"]


def test_constants_of_a_pattern_stand_above_those_of_the_mapping() -> None:
    patterns = [
        {"pattern": "a", "constants": {"event.type": "start", "event.severity": 3}},
        {"pattern": "b"},
    ]
    kind = _kind(patterns=patterns, constants={"event.type": "info", "event.module": "door"})
    assert documents(kind, ["a", "b"]) == [
        {"event.type": "start", "event.severity": 3, "event.module": "door"},
        {"event.type": "info", "event.module": "door"},
    ]


def test_a_line_that_fits_no_pattern_says_only_whose_it_is() -> None:
    kind = _kind(patterns=_patterns("a"), constants={"event.type": "x", "event.module": "door"})
    assert documents(kind, ["?"]) == [
        {"message": "?", "citywatch.log.fault": "unparsed", "event.module": "door"}
    ]


def test_a_second_group_of_a_field_fills_it_where_the_first_is_absent() -> None:
    kind = _kind(patterns=_patterns(r"u=(?P<user.name>\w+)|n=(?P<user.name__2>\w+)"))
    assert documents(kind, ["u=a", "n=b"]) == [{"user.name": "a"}, {"user.name": "b"}]


def test_a_name_with_two_underscores_is_a_name() -> None:
    kind = _kind(form="json", fields={"__REALTIME": "user.name", "a__b": "message"})
    assert documents(kind, ['{"__REALTIME":"x","a__b":"y"}']) == [
        {"user.name": "x", "message": "y"}
    ]


def test_groups_without_a_field_go_into_the_rest() -> None:
    kind = _kind(patterns=_patterns(r"(?P<room>\w+)(?: (?P<floor>\d+))?"), rest="house.door")
    assert documents(kind, ["hall 2", "attic"]) == [
        {REST: {"house": {"door": {"room": "hall", "floor": "2"}}}},
        {REST: {"house": {"door": {"room": "attic"}}}},
    ]


def test_times_are_tried_in_order_and_a_time_of_no_format_is_a_fault() -> None:
    kind = _kind(
        patterns=_patterns(r"(?P<day>\S+) (?P<clock>\S+) x", r"(?P<at>\S+) y"),
        times=[
            {"from": ["day", "clock"], "formats": ["%Y-%m-%d %H:%M"], "zone": "UTC"},
            {"from": "at", "formats": ["epoch"]},
        ],
    )
    rows = documents(kind, ["2026-11-06 08:15 x", "1793924101 y", "soon y"])
    assert [row.get("@timestamp") for row in rows] == [
        "2026-11-06T08:15:00Z",
        "2026-11-06T00:15:01Z",
        None,
    ]
    assert rows[2]["citywatch.log.fault"] == "time"


def test_a_line_in_an_envelope_is_of_the_mapping_s_kind_and_not_of_syslog_s() -> None:
    kind = _kind(form="keyvalue", envelope="syslog", fields={"who": "user.name"})
    row = documents(kind, ["<13>Nov  6 08:15:01 gate app: who=ops"])[0]
    assert (row["user.name"], row["host.name"]) == ("ops", "gate")
    assert "event.dataset" not in row


def test_tables_turn_values_and_keep_what_they_do_not_know_out() -> None:
    kind = _kind(
        patterns=_patterns(r"(?P<verb>\w+)"),
        tables=[
            {"from": "verb", "to": "event.outcome", "values": {"ok": "success"}},
            {"from": "verb", "to": "event.type", "values": {"ok": "end"}, "default": "info"},
        ],
        rest="",
    )
    assert documents(kind, ["ok", "no"]) == [
        {"event.outcome": "success", "event.type": "end", REST: {"verb": "ok"}},
        {"event.type": "info", REST: {"verb": "no"}},
    ]


def test_a_value_is_taken_apart_where_the_part_fits() -> None:
    part = {
        "from": "message",
        "pattern": r"hi (?P<user.name>\w+)",
        "constants": {"event.type": "x"},
    }
    kind = _kind(patterns=_patterns(r"(?P<message>.*)"), parts=[part])
    assert documents(kind, ["hi bob", "bye"]) == [
        {"message": "hi bob", "user.name": "bob", "event.type": "x"},
        {"message": "bye"},
    ]


def test_texts_that_mean_nothing_are_no_values() -> None:
    kind = _kind(patterns=_patterns(r"(?P<user.name>\S*) (?P<room>\S*)"), nulls=["-"])
    assert documents(kind, ["- -", " hall"]) == [{}, {REST: {"door": {"room": "hall"}}}]


def test_lines_that_are_no_events_are_counted_by_reason() -> None:
    kind = _kind(patterns=_patterns(".*"), skip=[{"pattern": "^#", "reason": "comment"}])
    parsed = kind.parser(SourceRules()).parse(pl.Series(["# a", "", "b", " "]), RECEIVED)
    assert parsed.skipped == {"comment": 1, "blank": 2}
    assert parsed.frame["_line"].to_list() == [2]


def test_json_is_read_by_names_flat_or_nested() -> None:
    kind = _kind(form="json", declared=True, fields={"who": "user.name"}, rest="door")
    line = '{"source":{"ip":"10.0.0.1","x":1},"source.port":7,"who":["bob"],"more":{"a":[1]}}'
    assert documents(kind, [line]) == [
        {
            "source.ip": "10.0.0.1",
            "source.port": 7,
            "user.name": "bob",
            REST: {"door": {"source": {"x": 1}, "more": {"a": [1]}}},
        }
    ]


@pytest.mark.parametrize("line", ["[1]", "7", "{", '{"a":NaN}', '"x"', "{" * 5000, "[" * 5000])
def test_what_is_no_json_object_is_kept_with_a_fault(line: str) -> None:
    row = documents(_kind(form="json"), [line])[0]
    assert (row["message"], row["citywatch.log.fault"]) == (line, "unparsed")


def test_deep_json_is_kept_whole() -> None:
    line = '{"a":' * 200 + "1" + "}" * 200
    row = documents(_kind(form="json", rest="x"), [line])[0]
    assert str(row[REST]).count("'a'") == 200


def test_a_number_beyond_64_bits_is_kept() -> None:
    row = documents(_kind(form="json", rest="x"), ['{"n":123456789012345678901234567890}'])[0]
    assert "1234567890123456" in str(row[REST]).replace(".", "").replace("e+29", "")


def test_pairs_are_read_and_of_two_with_one_key_the_first_holds() -> None:
    kind = _kind(form="keyvalue", fields={"src": "source.ip"}, rest="x")
    line = r'src=10.0.0.1 msg="two \"words\", here" n=1 n=2'
    assert documents(kind, [line]) == [
        {"source.ip": "10.0.0.1", REST: {"x": {"msg": 'two "words", here', "n": "1"}}}
    ]


def test_a_pattern_cuts_the_line_before_the_form_reads_the_rest_of_it() -> None:
    patterns = _patterns(r"(?P<host.name>\S+) says (?P<_body>.*)")
    kind = _kind(form="keyvalue", patterns=patterns, rest="x")
    assert documents(kind, ["gate says a=1", "gate"]) == [
        {"host.name": "gate", REST: {"x": {"a": "1"}}},
        {"message": "gate", "citywatch.log.fault": "unparsed"},
    ]


def test_separated_values_are_named_by_the_mapping_or_by_the_first_line() -> None:
    named = _kind(form="csv", columns=["user.name", "room"], declared=True, rest="x")
    headed = _kind(form="csv", header=True, declared=True, rest="x")
    wanted = [{"user.name": "a", REST: {"x": {"room": "b, c"}}}]
    assert documents(named, ['a,"b, c"']) == wanted
    assert documents(headed, ["user.name,room", 'a,"b, c"']) == wanted


def test_a_stream_of_separated_values_goes_on_by_its_first_line() -> None:
    parser = _kind(form="csv", header=True, declared=True).parser(SourceRules())
    parser.prime(["user.name,room", "x,y"])
    assert parser.parse(pl.Series(["a,b"]), RECEIVED).frame["user.name"].to_list() == ["a"]


def test_an_envelope_is_taken_off_where_there_is_one() -> None:
    kind = _kind(patterns=_patterns(r"door (?P<event.action>\w+)"), envelope="syslog")
    lines = ["<13>Nov  6 08:15:01 gate doord[7]: door opened", "door shut", "<13>?"]
    rows = documents(kind, lines)
    assert [row.get("event.action") for row in rows] == ["opened", "shut", None]
    assert (rows[0]["host.name"], rows[0]["@timestamp"]) == ("gate", "2026-11-06T00:15:01Z")
    assert rows[2]["citywatch.log.fault"] == "unparsed"


def test_an_option_that_the_kind_does_not_know_is_refused() -> None:
    kind = _kind(patterns=_patterns("a"))
    with pytest.raises(Misconfigured, match="there is no option format"):
        kind.parser(SourceRules(options={"format": "$host"}))


def test_likeness_is_the_share_of_lines_times_the_certainty() -> None:
    kind = _kind(patterns=_patterns("a"), likeness=["^a", "^b"], certainty=0.8)
    assert kind.likeness(["a", "b", "", "c", "d"]) == pytest.approx(0.4)
    assert kind.likeness([]) == 0
    assert _kind(patterns=_patterns("a")).likeness(["a"]) == 0


def test_what_follows_from_a_field_is_derived() -> None:
    kind = _kind(
        patterns=_patterns(
            r"(?P<url.original>\S+) (?P<http.response.status_code>\d+) (?P<log.syslog.priority>\d+)"
        )
    )
    found = documents(kind, ["http://u:p@h.example:80/a/b?c=1#d 404 165", "/x 200 999"])
    assert (
        found[0].items()
        >= {
            "url.domain": "h.example",
            "url.path": "/a/b",
            "url.query": "c=1",
            "event.outcome": "failure",
            "log.syslog.facility.name": "local4",
            "log.syslog.severity.code": 5,
            "log.syslog.severity.name": "notice",
        }.items()
    )
    assert found[1]["url.path"] == "/x"
    assert "log.syslog.facility.code" not in found[1]


def test_times_of_one_stream_may_name_no_zone() -> None:
    import zoneinfo  # noqa: PLC0415 - of this test alone

    kind = _kind(
        patterns=_patterns("(?P<at>.*)"), times=[{"from": "at", "formats": ["%Y-%m-%d %H:%M"]}]
    )
    rules = SourceRules(zone=zoneinfo.ZoneInfo("Europe/Berlin"))
    frame = kind.parser(rules).parse(pl.Series(["2026-11-06 08:15"]), RECEIVED).frame
    assert frame["@timestamp"].to_list() == [dt.datetime(2026, 11, 6, 7, 15, tzinfo=dt.UTC)]
