import pytest

from sensors.protocol.industry.iec104 import PARSERS
from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed
from tests.sensors.protocol.speaking import begins, octets_of, picked, read

PARSER, ANYWHERE = PARSERS
FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def asdu(body: str) -> bytes:
    octets = octets_of(body)
    return b"\x68" + bytes([len(octets) + 4]) + bytes(4) + octets


def test_a_command_and_its_refusal() -> None:
    records = read(
        PARSER,
        (">", asdu("2e 01 06 00 0100 010000 82")),
        ("<", asdu("2e 01 47 00 0100 010000 82")),
        ("<", asdu("2e 01 2f 00 0100 010000 82")),
        (">", asdu("32 01 06 00 0100 640000 0000f642 00")),
    )
    names = (FUNCTION, "iec104.cause", "iec104.value", "iec104.select", "event.reason")
    assert picked(records, *names) == [
        ("C_DC_NA_1", "activation", 2, True, None),
        ("C_DC_NA_1", "activation_confirmation", 2, True, "negative_confirmation"),
        ("C_DC_NA_1", "unknown_object_address", 2, True, "unknown_object_address"),
        ("C_SE_NC_1", "activation", 123.0, False, None),
    ]


@pytest.mark.parametrize(
    ("body", "function", "act"),
    [
        ("69 01 06 00 0100 000000 01", "C_RP_NA_1", "restart"),
        ("67 01 06 00 0100 000000 00000000000000", "C_CS_NA_1", "write"),
        ("64 01 06 00 0100 000000 14", "C_IC_NA_1", "read"),
        ("01 01 03 00 0100 000000 01", "M_SP_NA_1", "read"),
        ("7d 01 0d 00 0100 000000 0100", "F_SG_NA_1", "download"),
        ("c8 01 06 00 0100 000000 01", "type_200", "other"),
    ],
)
def test_a_type_is_told_by_name_and_act(body: str, function: str, act: str) -> None:
    assert picked(read(PARSER, (">", asdu(body))), FUNCTION, ACT) == [(function, act)]


def test_a_file_that_the_station_sends_is_an_upload() -> None:
    body = asdu("7d 01 0d 00 0100 000000 0100")
    assert picked(read(PARSER, ("<", body)), ACT) == [("upload",)]


def test_transfer_is_started_and_stopped_and_acknowledgements_say_nothing() -> None:
    records = read(PARSER, (">", "680407000000"), (">", "680401000400"), (">", "680413000000"))
    assert picked(records, FUNCTION, ACT) == [("STARTDT_act", "start"), ("STOPDT_act", "stop")]
    with pytest.raises(Malformed):
        read(PARSER, (">", "6804 17 000000"))


def test_frames_begin_with_their_mark_and_only_controls_are_known_on_any_port() -> None:
    assert begins(PARSER, "680401000400")
    assert begins(PARSER, asdu("64 01 06 00 0100 000000 14"))
    assert not begins(PARSER, asdu("f0 01 06 00 0100 000000 14"))
    assert not begins(PARSER, b"hello there, what is this")
    assert begins(ANYWHERE, "680443000000")
    assert not begins(ANYWHERE, "680401000400")
    assert PARSER.length(b"\x68") == MORE
    assert PARSER.length(b"\x68\x03\0") == LOST
