"""Pushes by real requests against the real server, over a shelf that keeps what was durable."""

import contextlib
import gzip
import pathlib
import ssl
import threading
from collections.abc import Iterator

import httpx
import orjson
import pytest

from sensors.input.opening import Opened, Parts, open_inputs
from sensors.input.push import BODY_OCTETS, UNPACKED_OCTETS
from sensors.input.sensor import LogSensor
from situation.assets import Assets
from situation.clock import SystemClock
from situation.settings import InputSettings
from soc_api.sensing.receiver import add_receivers
from tests.sensors.input.certificates import Authority
from tests.sensors.input.parts import Shelf

KEY = "synthetic-key-of-a-firewall"
LINES = b"<34>Oct 11 22:14:15 host-1 su: first\n<34>Oct 11 22:14:16 host-1 su: second\n"


class Served:
    def __init__(self, opened: Opened, shelf: Shelf) -> None:
        self.opened = opened
        self.shelf = shelf
        self.port = next(iter(opened.doors))[1]
        self.counters = opened.counters["web"]

    def post(
        self, body: bytes, *, key: str = KEY, path: str = "/logs/web", **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(
            f"http://127.0.0.1:{self.port}{path}",
            content=body,
            headers={"authorization": f"ApiKey {key}", **named},
            timeout=30,
        )


@contextlib.contextmanager
def running(tmp_path: pathlib.Path, shelf: Shelf, **settings: object) -> Iterator[Served]:
    key_file = tmp_path / "key"
    key_file.write_text(f"{KEY}\n")
    inputs = {
        "web": InputSettings.model_validate(
            {"type": "http", "kind": "syslog", "api_key_file": key_file, **settings}
        )
    }
    opened = open_inputs(inputs, Parts(shelf, SystemClock(), Assets(()), "sensor-1"))
    add_receivers(opened)
    stop = threading.Event()
    thread = threading.Thread(target=LogSensor(opened).run, args=(stop,))
    thread.start()
    try:
        yield Served(opened, shelf)
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def served(tmp_path: pathlib.Path) -> Iterator[Served]:
    with running(tmp_path, Shelf()) as found:
        yield found
        assert found.counters.balance == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (LINES, "text/plain; charset=utf-8"),
        (LINES.rstrip(b"\n"), ""),
        (orjson.dumps(LINES.decode().splitlines()), "application/json"),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_is_pushed_is_durable_before_the_answer(
    served: Served, body: bytes, kind: str, encoding: str
) -> None:
    packed = gzip.compress(body) if encoding == "gzip" else body
    answer = served.post(packed, content_type=kind, content_encoding=encoding)
    assert answer.status_code == 200
    assert answer.json()["events"] == 2
    assert served.shelf.durable == len(served.shelf.kept) == 1
    frame = served.shelf.frame()
    assert frame["citywatch.log.peer"].to_list() == ["127.0.0.1"] * 2
    assert frame["event.original"].to_list() == LINES.decode().splitlines()
    assert served.counters.events == 2


def test_a_request_with_the_same_key_again_brings_the_same_ids(served: Served) -> None:
    for key in ("a", "a", "b", "", ""):
        served.post(LINES, **({"idempotency_key": key} if key else {}))
    ids = [record.frame["event.id"].to_list() for record in served.shelf.kept]
    assert ids[0] == ids[1]
    assert len({identity for some in ids for identity in some}) == 8
    other = served.post(LINES + LINES, idempotency_key="a")
    assert other.json()["events"] == 4
    assert not set(ids[0]) & set(served.shelf.kept[-1].frame["event.id"])


def test_a_wrong_key_and_a_wrong_input_are_refused(served: Served) -> None:
    for answer in (
        served.post(LINES, key="wrong"),
        httpx.post(f"http://127.0.0.1:{served.port}/logs/web", content=LINES),
        httpx.post(
            f"http://127.0.0.1:{served.port}/logs/web",
            content=LINES,
            headers={b"x-api-key": "é".encode()},
        ),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "ApiKey"
    assert served.post(LINES, path="/logs/other").status_code == 404
    right = httpx.post(
        f"http://127.0.0.1:{served.port}/logs/web", content=LINES, headers={"x-api-key": KEY}
    )
    assert right.status_code == 200
    assert served.counters.refused == {"no_key": 3}


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b'["a", ', {"content_type": "application/json"}, 400, "body, octet"),
        (b"no gzip", {"content_encoding": "gzip"}, 400, "packed octet 0"),
        (gzip.compress(LINES)[:-9], {"content_encoding": "gzip"}, 400, "cut short"),
        (LINES, {"content_encoding": "br"}, 415, "br is not taken"),
        (LINES, {"content_type": "application/xml"}, 415, "application/xml is not taken"),
        (b"x" * (BODY_OCTETS + 1), {}, 413, "larger than"),
        (
            gzip.compress(bytes(UNPACKED_OCTETS + 1)),
            {"content_encoding": "gzip"},
            413,
            "unpacked it is larger than",
        ),
    ],
    ids=["json", "gzip", "cut", "encoding", "type", "large", "bomb"],
)
def test_a_body_that_cannot_be_taken_is_refused_with_place_and_reason(
    served: Served, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    answer = served.post(body, **headers)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert not served.shelf.kept
    assert served.counters.refused.total() == 1


def test_a_body_in_pieces_is_bounded_too(served: Served) -> None:
    pieces = (b"x" * 100_000 for _ in range(BODY_OCTETS // 100_000 + 2))
    with httpx.Client(timeout=30) as client:
        try:
            answer = client.post(
                f"http://127.0.0.1:{served.port}/logs/web",
                content=pieces,
                headers={"x-api-key": KEY},
            )
        except httpx.TransportError:
            return
    assert answer.status_code == 413


def test_without_room_the_sender_is_asked_to_come_again(tmp_path: pathlib.Path) -> None:
    shelf = Shelf(room=1)
    with running(tmp_path, shelf) as served:
        answer = served.post(LINES)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert not shelf.kept
        shelf.room = 10
        assert served.post(LINES).status_code == 200
    assert served.counters.lines == 2


def test_empty_and_hostile_bodies_are_taken(served: Served) -> None:
    assert served.post(b"").json()["events"] == 0
    hostile = b"a\0b\n" + b"x" * 1_000_000 + b"\n" + "登录".encode("gb18030") + b"\n\xff\xff\n"
    answer = served.post(hostile)
    assert answer.status_code == 200
    assert answer.json()["events"] == 4
    assert answer.json()["faults"]


def test_a_certificate_makes_it_https(tmp_path: pathlib.Path) -> None:
    authority = Authority(tmp_path, "ours")
    certificate, key = authority.issue("server", address="127.0.0.1")
    with running(tmp_path, Shelf(), certificate=certificate, key=key) as served:
        answer = httpx.post(
            f"https://127.0.0.1:{served.port}/logs/web",
            content=LINES,
            headers={"x-api-key": KEY},
            verify=ssl.create_default_context(cafile=authority.path),
        )
        assert answer.json()["events"] == 2


def test_many_requests_at_once_are_all_answered(served: Served) -> None:
    answers: list[int] = []

    def push() -> None:
        answers.append(served.post(LINES * 50).status_code)

    threads = [threading.Thread(target=push) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20
    assert served.counters.events == 2000
