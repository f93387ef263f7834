import pytest

from sensors.protocol.service.ntp import PARSER
from situation.faults import Malformed
from tests.sensors.protocol.oracle import converted, told, tshark
from tests.sensors.protocol.speaking import begins, octets_of, picked, read
from tests.testdata import testdata


def test_the_modes_of_amplification_are_told_by_their_requests() -> None:
    records = read(
        PARSER,
        (">", "1700032a 00000000"),
        ("<", "97000314 00000000"),
        (">", "16020001 00000000 00000000"),
        (">", "160a0001 00000000 00000000"),
        ("<", "16c20001 00000000 00000000"),
    )
    names = ("event.action", "ntp.mode", "ntp.is_answer", "event.outcome")
    assert picked(records, *names) == [
        ("ntp_monlist", "private", False, None),
        ("ntp_monlist", "private", True, None),
        ("ntp_read_variables", "control", False, None),
        ("ntp_read_mru_list", "control", False, None),
        ("ntp_read_variables", "control", True, "failure"),
    ]


@pytest.mark.parametrize(
    ("stratum", "reference", "told_as"),
    [(0, "52415445", "RATE"), (1, "47505300", "GPS"), (2, "c0000201", "192.0.2.1")],
)
def test_a_reference_is_a_name_or_an_address(stratum: int, reference: str, told_as: str) -> None:
    octets = bytes([0x24, stratum]) + bytes(10) + octets_of(reference) + bytes(32)
    assert picked(read(PARSER, ("<", octets)), "ntp.reference_id") == [(told_as,)]


def test_what_is_no_ntp_does_not_begin_a_conversation() -> None:
    assert begins(PARSER, b"\x23" + bytes(47))
    assert not begins(PARSER, b"\x23" + bytes(46))
    assert not begins(PARSER, b"\x3b" + bytes(47))
    assert not begins(PARSER, b"\x24\x20" + bytes(46))
    with pytest.raises(Malformed):
        read(PARSER, (">", b"\x23" + bytes(20)))


MODES = {"3": "client", "4": "server"}


def test_every_message_is_as_tshark_reads_it() -> None:
    capture = testdata("captures", "ics", "IEC61850", "Sample_File_MMS_and_GOOSE.pcap")
    ours = told(capture, "ntp", ("ntp.mode", "ntp.stratum", "ntp.version"))
    theirs = tshark(capture, "ntp", ("ntp.flags.mode", "ntp.stratum", "ntp.flags.vn"))
    assert ours == converted(theirs, lambda mode: MODES[mode], str, str)
