"""Kerberos: who asks for which ticket, with which encryption, and what comes of it."""

from collections.abc import Iterator

import pytest

from sensors.protocol.parser import LOST, MORE, Fields, Message, Session
from sensors.protocol.windows.kerberos import PARSERS
from tests.sensors.protocol.talking import named, told
from tests.sensors.protocol.windows.elements import context, number, octets, sequence, text

UDP, TCP = PARSERS
REALM = "CITY.EXAMPLE"


def name(*parts: str) -> bytes:
    return sequence(context(0, number(1)), context(1, sequence(*map(text, parts))))


def sealed(kind: int) -> bytes:
    return sequence(context(0, number(kind)), context(2, octets(4, b"sealed-with-a-key")))


def request(*types: int, kind: int = 10, client: str | None = "alice", given: int = 0) -> bytes:
    body = [context(0, octets(3, b"\0\x40\x80\0\0"))]
    body += [context(1, name(client))] if client else []
    body += [context(2, text(REALM)), context(3, name("cifs", "files.city.example"))]
    body += [context(7, number(7)), context(8, sequence(*map(number, types)))]
    data = sequence(sequence(context(1, number(given)), context(2, octets(4, b"stamp"))))
    parts = [context(1, number(5)), context(2, number(kind))]
    parts += [context(3, data)] if given else []
    return octets(0x60 | kind, sequence(*parts, context(4, sequence(*body))))


def reply(ticket: int, whole: int, kind: int = 13) -> bytes:
    inner = sequence(
        context(0, number(5)), context(1, text(REALM)),
        context(2, name("cifs", "files.city.example")), context(3, sealed(ticket)),
    )  # fmt: skip
    return octets(
        0x60 | kind,
        sequence(
            context(0, number(5)), context(1, number(kind)), context(3, text(REALM)),
            context(4, name("alice")), context(5, octets(0x61, inner)), context(6, sealed(whole)),
        ),
    )  # fmt: skip


def error(code: int) -> bytes:
    return octets(
        0x7E,
        sequence(
            context(0, number(5)), context(1, number(30)), context(6, number(code)),
            context(9, text(REALM)), context(10, name("krbtgt", REALM)),
        ),
    )  # fmt: skip


def heard(*said: tuple[bool, bytes]) -> list[Fields]:
    session: Session = {}

    def records() -> Iterator[Fields]:
        for from_client, message in said:
            yield from UDP.read(Message(message, from_client, 1, session))
        yield from UDP.finish(session)

    return list(records())


def test_a_request_is_told_with_its_ticket() -> None:
    (record,) = heard((True, request(18, 23, kind=12, client=None)), (False, reply(23, 18)))
    assert record["event.action"] == "kerberos_tgs"
    assert record["user.name"] == "alice"
    assert record["kerberos.service"] == "cifs/files.city.example"
    assert record["kerberos.requested_encryption"] == ["aes256-cts-hmac-sha1-96", "rc4-hmac"]
    assert record["kerberos.ticket_encryption"] == "rc4-hmac"
    assert record["kerberos.weak_ticket"] is True
    assert record["kerberos.reply_encryption"] == "aes256-cts-hmac-sha1-96"
    assert record["kerberos.forwardable"] is True
    assert record["kerberos.renewable"] is True
    assert "kerberos.weak_requested" not in record
    assert "sealed" not in str(record)


def test_a_request_for_weak_encryption_alone_is_marked() -> None:
    (record,) = heard((True, request(23, 3)))
    assert record["kerberos.weak_requested"] is True


@pytest.mark.parametrize(("given", "proves"), [(0, False), (2, True), (128, False), (16, True)])
def test_whether_the_client_proved_itself_is_told(given: int, *, proves: bool) -> None:
    (record,) = heard((True, request(18, given=given)))
    assert record["kerberos.preauthentication"] is proves


@pytest.mark.parametrize(
    ("code", "reason"),
    [(24, "KDC_ERR_PREAUTH_FAILED"), (6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"), (99, "error_99")],
)
def test_an_error_belongs_to_its_request(code: int, reason: str) -> None:
    (record,) = heard((True, request(18)), (False, error(code)))
    assert record["event.action"] == "kerberos_as"
    assert record["user.name"] == "alice"
    assert record["event.outcome"] == "failure"
    assert record["event.reason"] == reason


def test_requests_that_are_not_answered_are_told() -> None:
    records = heard((True, request(18)), (True, request(23)))
    assert named(records, "kerberos.requested_encryption") == [
        (["aes256-cts-hmac-sha1-96"],),
        (["rc4-hmac"],),
    ]


def test_over_tcp_a_length_stands_in_front() -> None:
    question, answer = (len(one).to_bytes(4) + one for one in (request(18), error(25)))
    halves = [(">", question[:30]), (">", question[30:]), ("<", answer)]
    assert named(told(88, *halves), "event.reason") == [("KDC_ERR_PREAUTH_REQUIRED",)]


@pytest.mark.parametrize(
    ("front", "length"), [(b"\0\0", MORE), (b"\0\0\0\x10GET ", LOST), (b"\0\0\1\0\x6a", 260)]
)
def test_what_stands_in_front_says_how_long_it_is(front: bytes, length: int) -> None:
    assert TCP.length(front) == length
