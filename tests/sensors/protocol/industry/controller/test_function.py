"""Protocols of which the function is read, and little else."""

import pytest

from sensors.protocol.industry import hart
from sensors.protocol.industry.controller import enip, fins, melsec, profinet, s7plus
from sensors.protocol.parser import Parser
from tests.sensors.protocol.speaking import octets_of, picked, read

FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def sent(service: str, *, context: str = "0000000000000001") -> bytes:
    """Return a service in EtherNet/IP, without a connection."""
    octets = octets_of(service)
    item = octets_of("00000000 0000 0200 0000 0000 b200") + len(octets).to_bytes(2, "little")
    length = (len(item) + len(octets)).to_bytes(2, "little")
    head = b"\x6f\0" + length + bytes(8) + octets_of(context) + bytes(4)
    return head + item + octets


@pytest.mark.parametrize(
    ("service", "function", "act"),
    [
        ("06 02 208e 2401", "start", "start"),
        ("07 02 208e 2401", "stop", "stop"),
        ("05 02 2001 2401", "reset", "restart"),
        ("4d 03 91 04 70756d70 c3 00 0100 0500", "write_tag", "write"),
        ("4c 02 2072 2400 0100", "service_4c", "other"),
        ("4b 02 2037 2401 00", "initiate_upload", "upload"),
        ("4c 02 2037 2401 00", "initiate_download", "download"),
        ("52 02 2006 2401 0a0e 0600 07 02 208e 2401", "stop", "stop"),
    ],
)
def test_services_are_told_by_the_class_that_they_are_of(
    service: str, function: str, act: str
) -> None:
    assert picked(read(enip.PARSERS[0], (">", sent(service))), FUNCTION, ACT) == [(function, act)]


def test_an_answer_bears_the_name_of_its_request() -> None:
    tag = sent("4d 03 91 04 70756d70 c300 0100 0500")
    records = read(enip.PARSERS[0], (">", tag), ("<", sent("cd 00 05 00")))
    assert picked(records, FUNCTION, "enip.tag", "enip.pdu_type", "event.outcome") == [
        ("write_tag", "pump", "request", None),
        ("write_tag", "pump", "response", "failure"),
    ]


def test_services_in_one_packet_are_told_each() -> None:
    several = sent("0a 02 2002 2401 0200 0600 0e00 0e 03 2001 2401 3001 10 03 2001 2401 3002")
    assert picked(read(enip.PARSERS[0], (">", several)), FUNCTION, "enip.attribute") == [
        ("get_attribute_single", 1),
        ("set_attribute_single", 2),
    ]


FINS, HART, MELSEC, PLUS = fins.PARSERS[0], hart.PARSERS[0], melsec.PARSERS[0], s7plus.PARSER


@pytest.mark.parametrize(
    ("parser", "octets", "function", "act"),
    [
        (FINS, "80000200010000fb0007 0401", "run", "start"),
        (FINS, "80000200010000fb0007 0306 ffff", "program_area_read", "upload"),
        (FINS, "80000200010000fb0007 0102 8200640000010001", "memory_area_write", "write"),
        (HART, "0100030000030010 82264e0000d2 12 00", "command_18", "write"),
        (HART, "0100020000030008", "keep_alive", "other"),
        (MELSEC, "5000 00 ff ff03 00 0800 1000 0110 0000 0100", "remote_run", "start"),
        (MELSEC, "5000 00 ff ff03 00 0600 1000 0610 0000", "remote_reset", "restart"),
        (MELSEC, "5000 00 ff ff03 00 0a00 1000 0114 0000 640000a8", "batch_write", "write"),
        (
            PLUS,
            "0300001d 02f080 72030012 00 310000 04d4 0000 0002 00000000 34 000000",
            "delete_object",
            "write",
        ),
    ],
)
def test_a_function_is_told_by_name_and_act(
    parser: Parser, octets: str, function: str, act: str
) -> None:
    assert picked(read(parser, (">", octets)), FUNCTION, ACT) == [(function, act)]


def test_an_end_code_is_a_failure() -> None:
    (record,) = read(fins.PARSERS[0], ("<", "c0000200fb0000010007 0402 2108"))
    assert record["event.outcome"] == "failure"
    assert record["event.reason"] == "0x2108"


def test_a_call_of_profinet_is_read_in_the_order_of_its_sender() -> None:
    head = octets_of("0400 2000") + b"\0\0\0\0" + bytes(16)
    interface = octets_of("dea00001 6c97 11d1 8271 00a02442df7d")
    call = head + interface + bytes(28) + octets_of("0002 ffff ffff 0000 0000 0000")
    assert picked(read(profinet.PARSER, (">", call)), FUNCTION, ACT) == [("read", "read")]
