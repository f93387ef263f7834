import pytest

from sensors.protocol.industry.bacnet import PARSER
from situation.faults import Malformed
from tests.sensors.protocol.speaking import begins, octets_of, picked, read

FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def message(body: str, *, head: str = "0104") -> bytes:
    octets = octets_of(head) + octets_of(body)
    return b"\x81\x0a" + (len(octets) + 4).to_bytes(2) + octets


def test_a_write_is_told_with_object_property_and_value_and_its_refusal() -> None:
    records = read(
        PARSER,
        (">", message("0005010f 0c00400005 1955 3e 44428e0000 3f 3908")),
        ("<", message("50 01 0f 9102 9128", head="0100")),
    )
    names = (FUNCTION, ACT, "bacnet.object", "bacnet.property", "bacnet.value", "event.reason")
    written = ("write_property", "write", "analog-output 5", "present-value", "71")
    assert picked(records, *names) == [(*written, None), (*written, "write_access_denied")]


@pytest.mark.parametrize(
    ("body", "function", "act", "state"),
    [
        ("00050214 0901", "reinitialize_device", "restart", "warm_start"),
        ("00050311 0905 1901", "device_communication_control", "stop", "disable"),
        ("00050311 1900", "device_communication_control", "start", "enable"),
        ("0005040e 0c02000001 1e 094d 1f", "read_property_multiple", "read", None),
        ("00050507 c402800001 0e 3101 65 04 01020304 0f", "atomic_write_file", "download", None),
        ("00050606 c402800001 0e 3100 2132 0f", "atomic_read_file", "upload", None),
        ("10 08 0900 1a03ff", "who_is", "other", None),
        ("10 06 a4 7c0a1b05 b4 0a000000", "time_synchronization", "write", None),
    ],
)
def test_a_service_is_told_by_name_and_act(
    body: str, function: str, act: str, state: str | None
) -> None:
    records = read(PARSER, (">", message(body)))
    assert picked(records, FUNCTION, ACT, "bacnet.state") == [(function, act, state)]


def test_a_password_is_a_mark() -> None:
    records = read(PARSER, (">", message("00050311 1901 2d 07 00 736563726574")))
    assert picked(records, "citywatch.credentials.cleartext") == [(True,)]
    assert "secret" not in str(records)


def test_routed_and_forwarded_messages_are_read() -> None:
    routed = message("10 08", head="0128 07d0 01 05 0001 06 c0a80001bac0 ff")
    body = octets_of("c0a80001bac0 0100 10 00 c402000007 220400 9100 2105")
    forwarded = b"\x81\x04" + (len(body) + 4).to_bytes(2) + body
    records = read(PARSER, (">", routed), (">", forwarded), (">", "8105 0006 003c"))
    assert picked(records, FUNCTION, "bacnet.destination.network", "bacnet.object") == [
        ("who_is", 2000, None),
        ("i_am", None, "device 7"),
        ("register_foreign_device", None, None),
    ]


def test_text_is_read_in_its_encoding() -> None:
    wide = message("30 01 0c 0c02000001 194d 3e 75 05 04 6c34 5382 3f")
    assert picked(read(PARSER, ("<", wide)), "bacnet.value") == [("水厂",)]


def test_only_whole_messages_of_version_one_begin_a_conversation() -> None:
    good = message("10 08")
    assert begins(PARSER, good)
    assert not begins(PARSER, good + b"\0")
    assert not begins(PARSER, good[:4] + b"\2" + good[5:])
    with pytest.raises(Malformed):
        read(PARSER, (">", good[:5]))
