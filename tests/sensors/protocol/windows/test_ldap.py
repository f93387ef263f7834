"""LDAP: who binds how, what is searched and changed, and what the server says."""

import pytest

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.windows.ldap import PARSERS
from tests.sensors.protocol.talking import named, told
from tests.sensors.protocol.windows.elements import number, octets, sequence, text

PORT = 389
STRING = 4


def said(place: int, tag: int, *parts: bytes) -> bytes:
    return sequence(number(place), octets(tag, *parts))


def bind(proof: bytes, name: str = "cn=clerk,dc=city") -> bytes:
    return said(1, 0x60, number(3), text(name, STRING), proof)


def result(code: int, tag: int = 0x61, place: int = 1, *more: bytes) -> bytes:
    return said(place, tag, number(code, 10), text("", STRING), text("", STRING), *more)


def search(filtered: bytes) -> bytes:
    return said(
        2, 0x63, text("dc=city", STRING), number(2, 10), number(0, 10), number(0), number(0),
        octets(1, b"\0"), filtered, sequence(text("cn", STRING), text("mail", STRING)),
    )  # fmt: skip


def compared(name: str, value: str, tag: int = 0xA3) -> bytes:
    return octets(tag, text(name, STRING), text(value, STRING))


def test_a_bind_with_a_password_is_marked_without_it() -> None:
    (record,) = told(PORT, (">", bind(octets(0x80, b"hunter2"))), ("<", result(49)))
    assert record["ldap.authentication"] == "simple"
    assert record["citywatch.credentials.cleartext"] is True
    assert record["user.name"] == "cn=clerk,dc=city"
    assert record["ldap.result"] == "invalid_credentials"
    assert record["event.outcome"] == "failure"
    assert "hunter2" not in str(record)


def test_a_bind_without_a_password_is_anonymous() -> None:
    (record,) = told(PORT, (">", bind(octets(0x80), name="")), ("<", result(0)))
    assert record["ldap.authentication"] == "anonymous"
    assert "citywatch.credentials.cleartext" not in record
    assert "user.name" not in record


def test_sasl_is_told_by_its_mechanism() -> None:
    plain = octets(0xA3, text("PLAIN", STRING), octets(STRING, b"\0clerk\0hunter2"))
    (record,) = told(PORT, (">", bind(plain, name="")), ("<", result(0)))
    assert record["ldap.sasl_mechanism"] == "PLAIN"
    assert record["user.name"] == "clerk"
    assert record["citywatch.credentials.cleartext"] is True
    assert "hunter2" not in str(record)


def test_a_bind_under_way_has_no_outcome_yet() -> None:
    sasl = octets(0xA3, text("GSS-SPNEGO", STRING), octets(STRING, b"NTLMSSP\0\1\0\0\0"))
    (record,) = told(PORT, (">", bind(sasl, name="")), ("<", result(14)))
    assert record["ldap.sasl_method"] == "ntlm"
    assert "event.outcome" not in record


@pytest.mark.parametrize(
    ("filtered", "written"),
    [
        (octets(0x87, b"objectClass"), "(objectClass=*)"),
        (compared("cn", "a(b)*"), r"(cn=a\28b\29\2a)"),
        (
            octets(0xA0, compared("uid", "x"), octets(0xA2, compared("age", "9", 0xA5))),
            "(&(uid=x)(!(age>=9)))",
        ),
        (
            octets(0xA4, text("cn", STRING), sequence(octets(0x80, b"a"), octets(0x82, b"z"))),
            "(cn=a*z)",
        ),
        (octets(0xA4, text("cn", STRING), sequence(octets(0x81, b"m"))), "(cn=*m*)"),
        (
            octets(
                0xA9, octets(0x81, b"1.2.840.113556.1.4.803"), octets(0x82, b"flags"),
                octets(0x83, b"32"),
            ),
            "(flags:1.2.840.113556.1.4.803:=32)",
        ),
    ],
)  # fmt: skip
def test_a_search_is_told_with_its_filter(filtered: bytes, written: str) -> None:
    (record,) = told(PORT, (">", search(filtered)), ("<", result(0, 0x65, 2)))
    assert record["ldap.filter"] == written
    assert record["ldap.base"] == "dc=city"
    assert record["ldap.scope"] == "sub"
    assert record["ldap.attributes"] == ["cn", "mail"]
    assert record["event.outcome"] == "success"


def test_a_filter_of_very_many_parts_is_cut() -> None:
    many = octets(0xA1, *(compared("cn", "x" * 20) for _ in range(200)))
    (record,) = told(PORT, (">", search(many)))
    assert len(str(record["ldap.filter"])) <= 1024


@pytest.mark.parametrize(
    ("asked", "answered", "action"),
    [
        (said(3, 0x4A, b"cn=old,dc=city"), 0x6B, "ldap_delete"),
        (said(3, 0x68, text("cn=old,dc=city", STRING), sequence()), 0x69, "ldap_add"),
        (said(3, 0x66, text("cn=old,dc=city", STRING), sequence()), 0x67, "ldap_modify"),
    ],
)
def test_changes_name_the_entry(asked: bytes, answered: int, action: str) -> None:
    records = told(PORT, (">", asked), ("<", result(50, answered, 3)))
    assert named(records, "event.action", "ldap.dn", "ldap.result") == [
        (action, "cn=old,dc=city", "insufficient_access_rights")
    ]


def test_after_starttls_the_rest_is_left_to_tls() -> None:
    start = said(4, 0x77, octets(0x80, b"1.3.6.1.4.1.1466.20037"))
    later = bind(octets(0x80, b"hunter2"))
    records = told(PORT, (">", start), ("<", result(0, 0x78, 4)), (">", later))
    assert named(records, "event.action", "ldap.oid") == [
        ("ldap_extended", "1.3.6.1.4.1.1466.20037")
    ]


@pytest.mark.parametrize(
    ("front", "length"), [(b"\x30", MORE), (b"\x30\x0c\2", 14), (b"\0\0\1\0", LOST)]
)
def test_a_message_says_how_long_it_is(front: bytes, length: int) -> None:
    assert PARSERS[0].length(front) == length
