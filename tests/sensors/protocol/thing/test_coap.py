from collections import Counter

import pytest

from sensors.protocol.thing.coap import PARSER
from situation.faults import Malformed
from tests.sensors.protocol.oracle import converted, told, tshark
from tests.sensors.protocol.speaking import begins, octets_of, picked, read
from tests.testdata import testdata


def test_an_answer_bears_the_address_of_its_request() -> None:
    records = read(
        PARSER,
        (">", "41 01 0001 07 b4 74656d70 43 613d31"),
        ("<", "61 45 0001 07 c0 ff 3232"),
        ("<", "61 84 0002 08"),
    )
    names = ("event.action", "url.path", "coap.code", "event.outcome", "coap.payload_bytes")
    assert picked(records, *names) == [
        ("coap_get", "/temp", "0.01", None, None),
        ("coap_content", "/temp", "2.05", "success", 2),
        ("coap_not_found", None, "4.04", "failure", 0),
    ]


def test_what_is_observed_is_told_with_each_notification() -> None:
    records = read(
        PARSER, (">", "41 01 0001 07 60 51 74"), ("<", "51 45 0009 07 61 0b ff 31"),
        ("<", "51 45 000a 07 61 0c ff 32"),
    )  # fmt: skip
    assert picked(records, "url.path", "coap.observe") == [("/t", 0), ("/t", 11), ("/t", 12)]


def test_options_of_every_length_are_read() -> None:
    host = b"h" * 20
    long = b"p" * 300
    octets = octets_of("40 03 0001 3d07") + host + octets_of("8e 001f") + long
    octets += octets_of("d1 03 1ad1 14 06")  # block1 27, size1 60 and something unknown
    (record,) = read(PARSER, (">", octets))
    assert record["url.domain"] == "h" * 20
    assert record["url.path"] == "/" + "p" * 300


def test_a_reset_is_told_and_an_empty_acknowledgement_is_not() -> None:
    records = read(PARSER, ("<", "60 00 0001"), ("<", "70 00 0001"))
    assert picked(records, "event.action") == [("coap_reset",)]


@pytest.mark.parametrize(
    "octets", ["80 01 0001", "49 01 0001 00", "40 1f 0001", "40 01 0001 ff", "40 01 0001 b5 61", ""]
)
def test_what_is_none_neither_begins_nor_is_read(octets: str) -> None:
    assert not begins(PARSER, octets)
    with pytest.raises(Malformed):
        read(PARSER, (">", octets))


def test_every_message_is_as_tshark_reads_it() -> None:
    capture = testdata("captures", "ndpi", "pcap", "coap_mqtt.pcap")
    ours = told(capture, "coap", ("coap.message_id", "coap.code", "coap.token"))
    theirs = tshark(capture, "coap and coap.code", ("coap.mid", "coap.code", "coap.token"))
    assert ours == Counter(
        {
            row: count
            for row, count in converted(theirs, str, _dotted, str).items()
            if row[1] != "0.00"
        }
    )


def _dotted(code: str) -> str:
    return f"{int(code) >> 5}.{int(code) & 31:02}"
