"""Records of Linux audit are taken apart, and their codes undone."""

import pytest

from sensors.log.catalogue import SYSLOG, kind_named
from sensors.log.host.audit_record import read_record
from tests.sensors.log.damage import assert_survives
from tests.sensors.log.yielded import documents, sample

STAMP = "msg=audit(1772414100.243:7):"


def _data(body: str, sort: str = "SYSCALL") -> object:
    found = read_record(f"type={sort} {STAMP} {body}")
    assert found is not None
    return found.get("data")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ('comm="a b"', {"comm": "a b"}),
        ("comm=612062", {"comm": "a b"}),
        ("name=E4B8AD", {"name": "中"}),
        ("exit=12 a0=6162", {"exit": "12", "a0": "6162"}),
        ("name=abcd", {"name": "abcd"}),
        ("name=616", {"name": "616"}),
        ("name=(null) addr=? hostname=", None),
        ("msg='op=x acct=\"li\" res=success'", {"op": "x", "acct": "li", "res": "success"}),
    ],
)
def test_pairs_are_read_and_only_encoded_fields_decoded(
    body: str, data: dict[str, str] | None
) -> None:
    assert _data(body) == data


def test_arguments_make_a_command_line_in_their_order() -> None:
    found = read_record(f'type=EXECVE {STAMP} argc=11 a10=78 a2=79 a0="sh" a1=7A')
    assert found is not None
    assert found["arguments"] == "sh z y x"


def test_a_title_has_blanks_for_its_nul_octets() -> None:
    assert _data("proctitle=6C73002D6C00", "PROCTITLE") == {"proctitle": "ls -l"}


def test_names_that_auditd_translated_are_kept_apart() -> None:
    found = read_record(f'type=SYSCALL {STAMP} uid=0\x1dUID="root" SYSCALL=open')
    assert found is not None
    assert found["enriched"] == {"UID": "root", "SYSCALL": "open"}
    assert found["data"] == {"uid": "0"}


def test_types_of_a_kernel_without_auditd_have_their_names() -> None:
    found = read_record("audit: type=1400 audit(1772414100.243:7): x=1")
    assert found is not None
    assert found["type"] == "AVC"


def test_syslog_hands_records_on() -> None:
    line = next(line for line in sample("auditd") if line.startswith("<"))
    document = documents(SYSLOG, [line])[0]
    assert (document["event.module"], document["host.name"]) == ("auditd", "web2")


def test_a_login_is_a_try_of_an_account_from_an_address() -> None:
    found = documents(kind_named("auditd"), sample("auditd"))
    logins = [one for one in found if one.get("event.code") == "USER_LOGIN"]
    assert [(one["user.name"], one["source.ip"], one["event.outcome"]) for one in logins] == [
        ("zhang", "10.60.0.7", "success"),
        ("(unknown user)", "203.0.113.9", "failure"),
    ]
    assert {(one["event.category"], one["event.type"]) for one in logins} == {
        ("authentication", "start")
    }


def test_long_and_odd_records_are_survived() -> None:
    bodies = ["'" * 100_000, "a='" * 50_000, "a=" * 100_000, "msg='" + "msg='" * 3000, "{" * 50_000]
    assert_survives(kind_named("auditd"), [f"type=X {STAMP} {body}" for body in bodies])
