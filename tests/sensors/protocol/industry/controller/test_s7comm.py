from sensors.protocol.industry import mms
from sensors.protocol.industry.controller import s7plus
from sensors.protocol.industry.controller.s7comm import PARSER
from tests.sensors.protocol.speaking import begins, encoded, octets_of, picked, read

FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def packet(unit: str, *, last: bool = True) -> bytes:
    """Return user data in a transport unit."""
    octets = octets_of(unit)
    return (
        b"\3\0" + (len(octets) + 7).to_bytes(2) + b"\2\xf0" + (b"\x80" if last else b"\0") + octets
    )


def presented(tag: str, contents: str) -> str:
    """Return a PDU of MMS in its presentation and session units."""
    pdu = encoded(int(tag, 16), octets_of(contents))
    value = encoded(0x30, b"\2\1\3" + encoded(0xA0, pdu))
    return "01000100" + encoded(0x61, value).hex()


STOP = "3201 0000 0002 0010 0000 29 0000000000 09 505f50524f4752414d"
READ = "3201 0000 0005 000e 0000 04 01 12 0a 10 02 0010 0007 84 000208"


def test_a_program_is_started_and_a_block_put_in() -> None:
    start = "3201 0000 0001 0014 0000 28 000000000000fd 0000 09 505f50524f4752414d"
    insert = "3201 0000 0002 001a 0000 28 000000000000fd 000a 0100 3041303030303150 05 5f494e5345"
    delete = "3201 0000 0003 001a 0000 28 000000000000fd 000a 0100 3038303030333542 05 5f44454c45"
    records = read(PARSER, *((">", packet(one)) for one in (start, insert, delete)))
    assert picked(records, FUNCTION, ACT, "s7comm.block") == [
        ("plc_start", "start", None),
        ("insert_block", "download", "DB1"),
        ("delete_block", "write", "OB35"),
    ]


def test_an_answer_is_joined_to_the_job_of_the_other_side() -> None:
    denied = "3203 0000 0005 0002 0001 0000 04 01 0a"
    records = read(PARSER, (">", packet(READ)), ("<", packet(READ)), ("<", packet(denied)))
    answer = records[-1]
    assert answer["s7comm.items"] == ["DB7.DBX65.0 BYTE 16"]
    assert answer["event.outcome"] == "failure"
    assert answer["event.reason"] == "object_does_not_exist"


def test_a_unit_in_several_packets_is_put_together() -> None:
    octets = octets_of(STOP)
    records = read(
        PARSER,
        (">", packet(octets[:9].hex(), last=False)),
        ("<", packet(READ)),
        (">", packet("", last=False)),
        (">", packet(octets[9:].hex())),
    )
    assert picked(records, FUNCTION) == [("read_var",), ("plc_stop",)]


def test_a_password_is_a_mark_and_no_text() -> None:
    unit = "3207 0000 0300 0008 000c 000112 04 11 45 01 00 ff09 0008 736563726574 2020"
    (record,) = read(PARSER, (">", packet(unit)))
    assert record[FUNCTION] == "plc_password"
    assert record["citywatch.credentials.cleartext"] is True
    assert "secret" not in str(record)


def test_protocols_over_iso_transport_are_told_apart() -> None:
    plus = packet("7201 0011 31 0000 0542 0000 0002 00000000 34 000000")
    read_request = packet(presented("a0", "020101 a404 a102 a000"))
    rdp = octets_of("0300 0013 0e e0 0000 0000 00 01 0008 0003 0000 00")
    parsers = (PARSER, s7plus.PARSER, mms.PARSER)
    claimed = [
        [one.name for one in parsers if begins(one, octets)]
        for octets in (packet(STOP), plus, read_request, rdp)
    ]
    assert claimed == [["s7comm"], ["s7comm_plus"], ["mms"], []]


def test_a_service_of_mms_is_told_with_its_outcome() -> None:
    request = packet(presented("a0", "020107 a404 a102 a000"))
    stop = packet(presented("a0", "020108 bf2903 800101"))
    error = packet(presented("a2", "800108 a203 800101"))
    answer = packet(presented("a1", "020107 a400"))
    records = read(mms.PARSER, (">", request), (">", stop), ("<", error), ("<", answer))
    assert picked(records, FUNCTION, ACT, "event.outcome") == [
        ("read", "read", None),
        ("stop", "stop", None),
        ("stop", "stop", "failure"),
        ("read", "read", "success"),
    ]
