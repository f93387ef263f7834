"""One HTTP exchange with a real server: what its answers mean, and what is never followed."""

import datetime as dt
import pathlib
import socket
import ssl
from collections.abc import Iterator

import pytest

from playbooks.outbox import exchange as exchanging
from playbooks.outbox.destination import Policy, destination
from playbooks.outbox.exchange import Answer, Line, Request, exchange, outcome_of
from playbooks.outbox.outcome import Outcome
from tests.playbooks.outbox.post import NOW
from tests.playbooks.outbox.servers import Receiver, Reply, receiving, tls

LOCAL = Policy(allow_loopback=True)
PLAIN = Line(LOCAL, ssl.create_default_context())


def _sent(url: str, line: Line = PLAIN) -> Answer | Outcome:
    return exchange(destination(url, LOCAL), line, Request("POST", {}, b"{}"), NOW)


def _outcome(url: str, line: Line = PLAIN) -> Outcome:
    answer = _sent(url, line)
    return answer if isinstance(answer, Outcome) else outcome_of(answer)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(204), Outcome("delivered", 204)),
        (Reply(301, {"Location": "/elsewhere"}), Outcome("refused", 301, "status 301")),
        (Reply(404), Outcome("refused", 404, "status 404")),
        (Reply(410), Outcome("gone", 410, "gone")),
        (Reply(429, {"Retry-After": "7"}), Outcome("limited", 429, "too many requests", 7.0)),
        (Reply(500), Outcome("again", 500, "status 500")),
        (Reply(503, {"Retry-After": "90"}), Outcome("again", 503, "status 503", 90.0)),
        (Reply(is_cut=True), Outcome("again", error="connection cut")),
    ],
)
def test_each_answer_has_its_meaning(server: Receiver, reply: Reply, outcome: Outcome) -> None:
    server.answer = lambda _: reply
    assert _outcome(f"{server.url}/hook") == outcome
    assert [(one.method, one.path) for one in server.got] == [("POST", "/hook")]


def test_a_date_to_come_back_at_is_understood(server: Receiver) -> None:
    server.answer = lambda _: Reply(429, {"Retry-After": "Tue, 03 Mar 2026 12:01:30 GMT"})
    assert _outcome(server.url).wait_seconds == 90.0
    server.answer = lambda _: Reply(429, {"Retry-After": "9999999999"})
    assert _outcome(server.url).wait_seconds == 0.0
    server.answer = lambda _: Reply(429, {"Retry-After": "999999999"})
    assert _outcome(server.url).wait_seconds == dt.timedelta(days=1).total_seconds()


def test_a_server_that_drips_is_cut_off(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanging, "SECONDS", 0.5)
    server.answer = lambda _: Reply(drip_seconds=0.2)
    assert _outcome(server.url).kind == "again"


def test_a_server_that_says_nothing_runs_into_the_time_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchanging, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = _outcome(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert outcome.kind == "again"
    assert outcome.error in {"timeout", "connection cut"}


def test_a_port_that_nobody_listens_on_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    assert _outcome(f"http://127.0.0.1:{port}") == Outcome("again", error="connection refused")


def test_no_proxy_of_the_environment_is_asked(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert _outcome(server.url).kind == "delivered"
        assert (len(server.got), proxy.got) == (1, [])


def test_the_certificate_must_be_of_the_host(tmp_path: pathlib.Path) -> None:
    made = tls(tmp_path, "localhost")
    trusting = Line(LOCAL, ssl.create_default_context(cafile=made.ca_file))
    with receiving(context=made.context) as server:
        assert _outcome(server.url, trusting).kind == "delivered"
        assert server.got[0].headers["host"] == f"localhost:{server.port}"
        other = server.url.replace("localhost", "127.0.0.1")
        assert _outcome(other, trusting) == Outcome("again", error="certificate not trusted")
        assert _outcome(server.url) == Outcome("again", error="certificate not trusted")


def test_this_machine_is_not_reached_by_a_name_either(server: Receiver) -> None:
    to = destination(f"https://localhost:{server.port}/", Policy())
    line = Line(Policy(), ssl.create_default_context())
    found = exchange(to, line, Request("POST", {}, b""), NOW)
    assert found == Outcome("refused", error="forbidden: loopback address")
    assert server.got == []


def test_what_was_resolved_and_checked_is_what_is_connected_to(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolving(host: str, *rest: object, **options: object) -> object:
        # A name server whose second answer is another one.
        asked.append(host)
        address = "127.0.0.1" if asked.count("hook.example") <= 1 else "169.254.169.254"
        return real(address if host == "hook.example" else host, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    to = destination(f"https://hook.example:{server.port}/", LOCAL)
    found = exchange(to, PLAIN, Request("POST", {}, b""), NOW)
    assert isinstance(found, Outcome)
    assert found.error == "tls failed"
    assert asked.count("hook.example") == 1
