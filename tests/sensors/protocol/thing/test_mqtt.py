import pytest

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.thing.mqtt import PARSERS
from situation.faults import Malformed
from tests.sensors.protocol.oracle import converted, records, told, tshark
from tests.sensors.protocol.speaking import begins, octets_of, picked, read
from tests.testdata import testdata

PARSER, ANYWHERE = PARSERS


def packet(first: str, body: str) -> bytes:
    octets = octets_of(body)
    return octets_of(first) + bytes([len(octets)]) + octets


V4 = packet("10", "0004 4d515454 04 02 003c 0003 616263")
V5 = packet("10", "0004 4d515454 05 02 003c 05 1100000e10 0003 616263")


def test_who_connects_is_told_with_the_will_and_a_mark_for_the_password() -> None:
    names = "0003 616263 0001 77 0002 6f6e 0004 616e6e61 0006 736563726574"
    (record,) = read(PARSER, (">", packet("10", f"0006 4d5149736470 03 ee 000a {names}")))
    assert record == {
        "event.action": "mqtt_connect",
        "mqtt.protocol_version": "3.1",
        "mqtt.clean_session": True,
        "mqtt.keep_alive": 10,
        "mqtt.client_id": "abc",
        "mqtt.will.topic": "w",
        "mqtt.will.qos": 1,
        "mqtt.will.retain": True,
        "user.name": "anna",
        "citywatch.credentials.cleartext": True,
    }


@pytest.mark.parametrize(
    ("hello", "code", "reason"),
    [(V4, "05", "not_authorized"), (V4, "04", "bad_user_name_or_password"), (V5, "8a", "banned")],
)
def test_a_refused_connection_has_its_reason(hello: bytes, code: str, reason: str) -> None:
    answer = packet("20", f"00 {code}" + (" 00" if hello is V5 else ""))
    _, record = read(PARSER, (">", hello), ("<", answer))
    assert (record["event.outcome"], record["event.reason"]) == ("failure", reason)


@pytest.mark.parametrize(("hello", "properties"), [(V4, ""), (V5, "03 260001")])
def test_topics_are_read_in_every_version(hello: bytes, properties: str) -> None:
    properties = "05 0b07 230001" if properties else ""
    records = read(
        PARSER,
        (">", hello),
        (">", packet("82", f"0001 {properties} 0003 612f23 01 0001 62 02")),
        ("<", packet("90", "0001" + (" 00" if properties else "") + " 01 87")),
        (">", packet("33", f"0003 612f62 0002 {properties} 3231")),
        (">", packet("a2", f"0003 {'00' if properties else ''} 0001 62")),
    )
    names = ("event.action", "mqtt.topic", "mqtt.topics", "mqtt.qos", "event.reason")
    assert picked(records[1:], *names) == [
        ("mqtt_subscribe", None, ["a/#", "b"], 2, None),
        ("mqtt_suback", None, None, None, "not_authorized"),
        ("mqtt_publish", "a/b", None, 1, None),
        ("mqtt_unsubscribe", None, ["b"], None, None),
    ]
    assert records[3]["mqtt.payload_bytes"] == 2


def test_pings_and_what_went_well_say_nothing() -> None:
    turns = (">", "c000"), ("<", "d000"), ("<", "40020001"), ("<", "5002 0001"), (">", "62020001")
    assert read(PARSER, *turns) == []
    (record,) = read(PARSER, ("<", "4003 0001 97"))
    assert record["event.reason"] == "quota_exceeded"
    (record,) = read(PARSER, ("<", "e001 8e"))
    assert record["event.reason"] == "session_taken_over"


def test_a_stream_is_cut_by_its_variable_lengths() -> None:
    assert PARSER.length(b"\x30") == MORE
    assert PARSER.length(b"\x30\x80\x80") == MORE
    assert PARSER.length(b"\x30\x80\x01") == 131
    assert PARSER.length(b"\x30\x80\x80\x80\x80\x01") == LOST
    assert PARSER.length(b"\x80\x02ab") == LOST
    assert PARSER.length(b"\x00\x02ab") == LOST


def test_a_conversation_may_be_taken_up_in_its_midst() -> None:
    publish = packet("30", "0003 612f62 3231")
    assert begins(PARSER, publish + publish)
    assert begins(ANYWHERE, publish)
    assert not begins(ANYWHERE, publish + b"\x30")
    assert not begins(ANYWHERE, packet("30", "0003 610062 3231"))
    assert begins(PARSER, "d000")
    assert not begins(ANYWHERE, "d000")
    assert begins(ANYWHERE, V5)
    assert not begins(ANYWHERE, V5, "<")
    assert not begins(PARSER, b"POST /a HTTP/1.1\r\n")
    assert not begins(PARSER, b"220 mail ready\r\n")


@pytest.mark.parametrize(
    "octets", ["36 03 0001 61", "30 02 0005", "10 08 0004 4d515454 09 02", "82 00"]
)
def test_a_broken_packet_is_refused(octets: str) -> None:
    with pytest.raises(Malformed):
        read(PARSER, (">", octets))


_TYPES = {"1": "mqtt_connect", "2": "mqtt_connack", "3": "mqtt_publish", "9": "mqtt_suback"}


def test_every_packet_is_as_tshark_reads_it() -> None:
    capture = testdata("datasets", "mqtt", "malformed.pcap")
    fields = ("event.action", "mqtt.client_id", "mqtt.topic")
    ours = told(capture, "mqtt", fields)
    wanted = f"mqtt.msgtype in {{{','.join(_TYPES)}}}"
    theirs = tshark(capture, wanted, ("mqtt.msgtype", "mqtt.clientid", "mqtt.topic"))
    named = converted(theirs, lambda kind: _TYPES.get(kind, ""), str, str)
    for action in _TYPES.values():
        mine = {row: count for row, count in ours.items() if row[0] == action}
        assert mine == {row: count for row, count in named.items() if row[0] == action}, action


def test_many_connections_are_told_as_such() -> None:
    capture = testdata("datasets", "mqtt", "slowite.pcap")
    connects = [one for one in records(capture) if one["event.action"] == "mqtt_connect"]
    assert len(connects) == 1016
    assert {one["mqtt.keep_alive"] for one in connects} == {65_535}
