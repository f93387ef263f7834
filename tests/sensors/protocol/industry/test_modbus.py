import pytest

from sensors.protocol.industry.modbus import PARSER
from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed
from tests.sensors.protocol.speaking import begins, octets_of, picked, read

FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def test_an_answer_says_what_was_asked_and_how_it_came_out() -> None:
    records = read(
        PARSER,
        (">", "0001 0000 0006 11 03 006b 0003"),
        (">", "0002 0000 0006 11 05 00ac ff00"),
        ("<", "0002 0000 0003 11 85 02"),
        ("<", "0001 0000 0009 11 03 06 022b 0000 0064"),
    )
    fields = ("modbus.pdu_type", FUNCTION, "modbus.address", "event.outcome", "event.reason")
    assert picked(records, *fields) == [
        ("request", "read_holding_registers", 0x6B, None, None),
        ("request", "write_single_coil", 0xAC, None, None),
        ("response", "write_single_coil", 0xAC, "failure", "illegal_data_address"),
        ("response", "read_holding_registers", 0x6B, "success", None),
    ]


@pytest.mark.parametrize(
    ("body", "function", "act"),
    [
        ("10 0001 0002 04 000a 0102", "write_multiple_registers", "write"),
        ("17 0003 0006 000e 0001 02 00ff", "read_write_multiple_registers", "write"),
        ("16 0004 00f2 0025", "mask_write_register", "write"),
        ("08 0001 0000", "restart_communications", "restart"),
        ("08 0004 0000", "force_listen_only_mode", "stop"),
        ("08 0000 a537", "diagnostics", "other"),
        ("2b 0e 01 00", "read_device_identification", "read"),
        ("5a 01 41 ff 00", "umas_stop_plc", "stop"),
        ("5a 01 40 ff 00", "umas_start_plc", "start"),
        ("41 00", "function_65", "other"),
    ],
)
def test_a_function_is_told_by_name_and_act(body: str, function: str, act: str) -> None:
    octets = octets_of(body)
    head = b"\0\1\0\0" + (len(octets) + 1).to_bytes(2) + b"\1"
    assert picked(read(PARSER, (">", head + octets)), FUNCTION, ACT) == [(function, act)]


def test_a_device_tells_what_it_is() -> None:
    body = octets_of("2b 0e 01 01 00 00 02 00 03") + b"ACM" + octets_of("01 02") + b"P7"
    head = b"\0\1\0\0" + (len(body) + 1).to_bytes(2) + b"\1"
    (record,) = read(PARSER, ("<", head + body))
    assert record["modbus.device.vendor"] == "ACM"
    assert record["modbus.device.product"] == "P7"


def test_what_is_no_modbus_does_not_begin_a_conversation() -> None:
    assert begins(PARSER, "0001 0000 0006 11 03 006b 0003")
    assert not begins(PARSER, "0001 0000 0000 11 03 006b 0003")
    assert not begins(PARSER, "0300 0013 0ee0 0000 0000 0001")
    assert not begins(PARSER, "1603 0100 c801 0000 c403 03")
    assert not begins(PARSER, b"GET / HTTP/1.1\r\n")


def test_a_stream_is_cut_by_the_length_of_its_head() -> None:
    octets = octets_of("0001 0000 0006 11 03 006b 0003")
    assert PARSER.length(octets + octets) == len(octets)
    assert PARSER.length(octets[:5]) == MORE
    assert PARSER.length(octets_of("0001 0001 0006 11 03 006b 0003")) == LOST


@pytest.mark.parametrize(
    "octets", ["", "0001 0000 0006 11", "0001 0007 0006 11 03 00", "0001 0000 0004 11 10 00"]
)
def test_a_message_that_ends_early_or_is_foreign_is_refused(octets: str) -> None:
    with pytest.raises(Malformed):
        read(PARSER, (">", octets))
