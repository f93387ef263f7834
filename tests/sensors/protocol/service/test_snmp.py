import pytest

from sensors.protocol.ber import INTEGER, NULL, OCTETS, OID, SEQUENCE
from sensors.protocol.service.snmp import PARSER
from situation.faults import Malformed
from tests.sensors.protocol.speaking import begins, encoded, picked, read

SYSTEM = b"\x2b\x06\x01\x02\x01\x01\x05\x00"


def number(value: int) -> bytes:
    return encoded(INTEGER, value.to_bytes(4, signed=True))


def bindings(*names: bytes) -> bytes:
    listed = [encoded(SEQUENCE, encoded(OID, name) + encoded(NULL, b"")) for name in names]
    return encoded(SEQUENCE, b"".join(listed))


def message(pdu: bytes, version: int = 1) -> bytes:
    head = encoded(INTEGER, bytes([version])) + encoded(OCTETS, b"secret")
    return encoded(SEQUENCE, head + pdu)


def pdu(tag: int, status: int = 0, index: int = 0, *names: bytes) -> bytes:
    return encoded(tag, number(7) + number(status) + number(index) + bindings(*names))


def test_requests_and_answers_are_told_and_the_community_is_a_mark() -> None:
    records = read(
        PARSER,
        (">", message(pdu(0xA3, 0, 0, SYSTEM), 0)),
        ("<", message(pdu(0xA2, 2, 1, SYSTEM), 0)),
        (">", message(pdu(0xA5, 0, 20, SYSTEM, SYSTEM))),
    )
    names = ("event.action", "snmp.version", "event.reason", "snmp.variable_count")
    assert picked(records, *names) == [
        ("snmp_set_request", "1", None, 1),
        ("snmp_response", "1", "no_such_name", 1),
        ("snmp_get_bulk_request", "2c", None, 2),
    ]
    assert records[0]["snmp.oids"] == ["1.3.6.1.2.1.1.5.0"]
    assert records[2]["snmp.max_repetitions"] == 20
    assert all(record["citywatch.credentials.cleartext"] for record in records)
    assert "secret" not in str(records)


def test_traps_are_told_by_name() -> None:
    first = encoded(OID, SYSTEM) + encoded(0x40, b"\xc0\0\2\1") + number(4) + number(0)
    old = encoded(0xA4, first + encoded(0x43, b"\1") + bindings(SYSTEM))
    name = b"\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00"
    cold = b"\x2b\x06\x01\x06\x03\x01\x01\x05\x01"
    one = encoded(SEQUENCE, encoded(OID, name) + encoded(OID, cold))
    new = encoded(0xA7, number(1) + number(0) + number(0) + encoded(SEQUENCE, one))
    records = read(PARSER, (">", message(old, 0)), (">", message(new)))
    assert picked(records, "event.action", "snmp.trap", "snmp.agent_address") == [
        ("snmp_trap", "authentication_failure", "192.0.2.1"),
        ("snmp_trap_v2", "1.3.6.1.6.3.1.1.5.1", None),
    ]


@pytest.mark.parametrize(
    ("flags", "level", "action"),
    [(1, "auth_no_priv", "snmp_get_request"), (3, "auth_priv", "snmp_encrypted")],
)
def test_of_version_3_the_user_is_told(flags: int, level: str, action: str) -> None:
    security = encoded(OCTETS, bytes([flags])) + number(3)
    head = encoded(SEQUENCE, number(1) + number(65_507) + security)
    user = encoded(
        SEQUENCE,
        encoded(OCTETS, b"\x80\1\2") + number(1) + number(2) + encoded(OCTETS, b"operator")
        + encoded(OCTETS, b"mac") + encoded(OCTETS, b""),
    )  # fmt: skip
    scoped = encoded(OCTETS, b"") + encoded(OCTETS, b"") + pdu(0xA0, 0, 0, SYSTEM)
    data = encoded(OCTETS, b"unreadable") if flags == 3 else encoded(SEQUENCE, scoped)
    octets = encoded(SEQUENCE, number(3)[:1] + b"\1\3" + head + encoded(OCTETS, user) + data)
    assert begins(PARSER, octets)
    (record,) = read(PARSER, (">", octets))
    assert record["event.action"] == action
    assert record["user.name"] == "operator"
    assert record["snmp.security_level"] == level
    assert record["snmp.engine_id"] == "800102"
    assert "citywatch.credentials.cleartext" not in record


def test_a_message_that_was_cut_says_what_is_left_of_it() -> None:
    octets = message(pdu(0xA0, 0, 0, SYSTEM, SYSTEM, SYSTEM))
    (record,) = read(PARSER, (">", octets[:-20]))
    assert record["snmp.oids"] == ["1.3.6.1.2.1.1.5.0", "1.3.6.1.2"]
    assert record["snmp.damaged"] is True


def test_other_elements_are_no_snmp() -> None:
    ldap = encoded(SEQUENCE, encoded(INTEGER, b"\1") + encoded(0x60, b"\2\1\3\4\0\x80\0"))
    assert begins(PARSER, message(pdu(0xA0)))
    assert not begins(PARSER, ldap)
    assert not begins(PARSER, b"0\x10hello hello hello")
    with pytest.raises(Malformed):
        read(PARSER, (">", message(pdu(0xA0), 9)))
