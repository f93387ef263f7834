"""HTTP/1.x: requests with their responses, found again behind bodies; no secret is told."""

import base64

import pytest

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.web.head import head_length
from tests.sensors.protocol.talking import Talk, named, told
from tests.sensors.protocol.windows.proof import authenticated

GET = b"GET /a?b=c HTTP/1.1\r\nHost: portal.example:8080\r\nUser-Agent: probe/1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 4\r\n\r\nbody"


def test_a_request_and_its_response_are_one_record() -> None:
    (record,) = told(8080, (">", GET), ("<", OK))
    assert {name: value for name, value in record.items() if value is not None} == {
        "@timestamp": 1,
        "event.action": "http_get",
        "event.outcome": "success",
        "http.request.method": "GET",
        "http.version": "1.1",
        "url.original": "/a?b=c",
        "url.full": "http://portal.example:8080/a?b=c",
        "url.domain": "portal.example",
        "url.port": 8080,
        "url.path": "/a",
        "url.query": "b=c",
        "user_agent.original": "probe/1",
        "http.response.status_code": 200,
        "http.response.mime_type": "text/html",
        "http.response.body.bytes": 4,
    }


def test_pipelined_requests_meet_their_responses_in_order() -> None:
    requests = b"".join(GET.replace(b"/a", b"/%d" % number) for number in range(3))
    responses = [OK, OK.replace(b"200", b"404"), OK.replace(b"200", b"500")]
    records = told(80, (">", requests), ("<", b"".join(responses)))
    assert named(records, "url.path", "http.response.status_code", "event.outcome") == [
        ("/0", 200, "success"),
        ("/1", 404, "failure"),
        ("/2", 500, "failure"),
    ]


def test_a_body_is_passed_over_whole_torn_or_unseen() -> None:
    talk = Talk(80)
    talk.say(">", GET)
    talk.say("<", OK.replace(b": 4", b": 5000")[:-4] + b"GET / HTTP/1.1\r\n\r\n")
    talk.pass_over("<", 4900)
    talk.say("<", b"x" * (5000 - 4900 - 18) + OK)
    assert named(talk.end(), "http.response.status_code") == [(200,), (200,)]


def test_a_chunked_body_ends_where_a_head_begins() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    turns = [(">", GET), ("<", chunked), ("<", b"5\r\nworld\r\n0\r\n\r\n"), (">", GET), ("<", OK)]
    assert named(told(80, *turns), "http.response.status_code") == [(200,), (200,)]


def test_interim_responses_are_no_answers() -> None:
    put = b"PUT /f HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    turns = [(">", put), ("<", b"HTTP/1.1 100 Continue\r\n\r\n"), (">", b"data"), (">", GET)]
    records = told(80, *turns, ("<", OK), ("<", OK.replace(b"200", b"201")))
    assert named(records, "http.request.method", "http.response.status_code") == [
        ("PUT", 200),
        ("GET", 201),
    ]


def test_the_answer_to_head_has_no_body() -> None:
    head = OK.removesuffix(b"body").replace(b": 4", b": 9999")
    turns = [(">", GET.replace(b"GET", b"HEAD")), ("<", head), (">", GET), ("<", OK)]
    assert named(told(80, *turns), "http.request.method") == [("HEAD",), ("GET",)]


def test_a_request_without_answer_is_told_at_the_end() -> None:
    assert named(told(80, (">", GET)), "url.path", "http.response.status_code") == [("/a", None)]


def test_a_head_that_was_not_captured_whole_is_told_as_far_as_it_goes() -> None:
    talk = Talk(80)
    talk.say(">", GET, cut=30)
    assert named(talk.end(), "url.path", "http.request.method") == [("/a", "GET")]


def test_what_follows_connect_is_read_as_what_it_is() -> None:
    connect = b"CONNECT inner.example:80 HTTP/1.1\r\nHost: inner.example\r\n\r\n"
    turns = [(">", connect), ("<", b"HTTP/1.1 200 OK\r\n\r\n"), (">", GET), ("<", OK)]
    assert named(told(3128, *turns), "http.request.method", "url.domain", "url.path") == [
        ("CONNECT", "inner.example", None),
        ("GET", "portal.example", "/a"),
    ]


@pytest.mark.parametrize(
    ("head", "user", "is_clear"),
    [
        (b"Authorization: Basic " + base64.b64encode(b"alice:secret"), "alice", True),
        (b"Proxy-Authorization: Basic " + base64.b64encode(b"bob:secret"), "bob", True),
        (b'Authorization: Digest username="carol", response="secret"', "carol", None),
        (b"Authorization: Bearer secret", None, True),
        (b"Authorization: Basic !", None, True),
        (b"X: y", None, None),
    ],
)
def test_who_asks_is_told_and_never_with_what(
    head: bytes,
    user: str | None,
    is_clear: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    (record,) = told(80, (">", GET.replace(b"User-Agent: probe/1", head)))
    assert record.get("user.name") == user
    assert record.get("citywatch.credentials.cleartext") == is_clear
    assert "secret" not in repr(record)


def test_who_asks_by_ntlm_is_told() -> None:
    proof = base64.b64encode(authenticated("clerk", "CITY", "PC-7"))
    heads = [
        b"Authorization: NTLM " + proof,
        b"Authorization: Negotiate !",
        b"Authorization: NTLM TlRMTVNTUAAD",
    ]
    records = [told(80, (">", GET.replace(b"User-Agent: probe/1", head)))[0] for head in heads]
    assert named(records, "user.name", "user.domain", "ntlm.workstation") == [
        ("clerk", "CITY", "PC-7"),
        (None, None, None),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    "target",
    [b"/login?user=a&password=secret", b"http://a:secret@b.example/x", b"/x?access_token=secret#y"],
)
def test_secrets_in_an_address_are_hidden_and_marked(target: bytes) -> None:
    request = GET.replace(b"/a?b=c", target).replace(b"User-Agent: ", b"Referer: " + target + b" ")
    (record,) = told(80, (">", request))
    assert "secret" not in repr(record)
    assert record["citywatch.credentials.cleartext"] is True


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"G", MORE),
        (b"HTT", MORE),
        (b"GET / HTTP/1.1\r\nA: b", MORE),
        (b"GET /\r\n", 7),
        (b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", LOST),
        (b"OPTIONS rtsp://a/b RTSP/1.0\r\n\r\n", LOST),
        (b"\x16\x03\x01", LOST),
        (b"GET / HTTP/1.1\r\n" + b"a" * 40_000, LOST),
        (b"HTTP/1.1 200 OK\n\nbody", 17),
    ],
)
def test_heads_end_at_an_empty_line_and_are_told_from_other_protocols(
    octets: bytes, expected: int
) -> None:
    assert head_length(octets) == expected
