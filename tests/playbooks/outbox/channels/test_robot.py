"""Group robots, each in its own form, against a server that checks it."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import urllib.parse
from collections.abc import Iterator

import pytest

from playbooks.outbox.channel import Channel
from playbooks.outbox.outcome import Outcome
from situation.faults import Misconfigured
from tests.playbooks.outbox.post import NOW, channels_of
from tests.playbooks.outbox.servers import Got, Receiver, Reply, receiving
from tests.playbooks.outbox.test_message import delivery, message

SECRET = "SEC-synthetic"
TOKEN = "synthetic-token"


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving(lambda _: _code(0)) as running:
        yield running


def _code(code: int, field: str = "errcode") -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps({field: code}).encode())


def _robot(kind: str, server: Receiver, **changed: object) -> Channel:
    table = {"type": kind, "url": server.url, "token": TOKEN, "allow_loopback": True, **changed}
    return channels_of(robot=table).routes["robot"].channel


def _query(got: Got) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(got.path).query))


def test_wecom_gets_a_text_that_mentions_by_number_or_name(server: Receiver) -> None:
    robot = _robot("wecom", server)
    assert robot.send(message(), "13800000001", NOW).kind == "delivered"
    assert robot.send(message(), "wangwu", NOW).kind == "delivered"
    first, second = (json.loads(got.body) for got in server.got)
    assert server.got[0].path == f"/cgi-bin/webhook/send?key={TOKEN}"
    assert first["msgtype"] == "text"
    assert first["text"]["mentioned_mobile_list"] == ["13800000001"]
    assert second["text"]["mentioned_list"] == ["wangwu"]


@pytest.mark.parametrize(
    ("kind", "octets"), [("wecom", 2048), ("dingtalk", 4096), ("feishu", 4096)]
)
def test_no_text_is_longer_than_the_service_takes(server: Receiver, kind: str, octets: int) -> None:
    field = "code" if kind == "feishu" else "errcode"
    server.answer = lambda _: _code(0, field)
    digest = message(*(delivery(number) for number in range(2, 31)))
    assert _robot(kind, server).send(digest, "", NOW).kind == "delivered"
    body = json.loads(server.got[0].body)
    said = (body.get("text") or {}).get("content") or body["content"]["text"]
    assert octets // 2 < len(said.encode()) <= octets


def test_dingtalk_signs_in_the_query(server: Receiver) -> None:
    assert _robot("dingtalk", server, secret=SECRET).send(message(), "", NOW).kind == "delivered"
    query = _query(server.got[0])
    at = int(NOW.timestamp() * 1000)
    said = f"{at}\n{SECRET}".encode()
    wanted = base64.b64encode(hmac.new(SECRET.encode(), said, hashlib.sha256).digest()).decode()
    assert query == {"access_token": TOKEN, "timestamp": str(at), "sign": wanted}


def test_feishu_signs_an_empty_message_in_the_body(server: Receiver) -> None:
    server.answer = lambda _: _code(0, "code")
    assert _robot("feishu", server, secret=SECRET).send(message(), "ou_1", NOW).kind == "delivered"
    body = json.loads(server.got[0].body)
    at = int(NOW.timestamp())
    key = f"{at}\n{SECRET}".encode()
    wanted = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
    assert server.got[0].path == f"/open-apis/bot/v2/hook/{TOKEN}"
    assert (body["timestamp"], body["sign"], body["msg_type"]) == (str(at), wanted, "text")
    assert body["content"]["text"].startswith('<at user_id="ou_1"></at>\n')


def test_a_text_for_feishu_calls_nobody_by_itself(server: Receiver) -> None:
    server.answer = lambda _: _code(0, "code")
    said = message(department='<at user_id="all"></at>')
    assert _robot("feishu", server).send(said, "", NOW).kind == "delivered"
    assert "<at" not in json.loads(server.got[0].body)["content"]["text"]


@pytest.mark.parametrize(
    ("kind", "code", "outcome"),
    [
        ("wecom", 45009, Outcome("limited", 200, "code 45009", 60.0)),
        ("wecom", 93000, Outcome("refused", 200, "code 93000")),
        ("wecom", -1, Outcome("again", 200, "code -1")),
        ("dingtalk", 130101, Outcome("limited", 200, "code 130101", 600.0)),
        ("dingtalk", 310000, Outcome("again", 200, "code 310000")),
        ("feishu", 11232, Outcome("limited", 200, "code 11232", 60.0)),
        ("feishu", 19021, Outcome("again", 200, "code 19021")),
    ],
)
def test_a_code_beside_status_200_is_a_failure(
    server: Receiver, kind: str, code: int, outcome: Outcome
) -> None:
    server.answer = lambda _: _code(code, "code" if kind == "feishu" else "errcode")
    assert _robot(kind, server).send(message(), "", NOW) == outcome


def test_an_answer_that_is_no_json_is_no_success(server: Receiver) -> None:
    for body in (b"<html>ok</html>", b"[]", b'{"errcode": "0"}', b"\xff"):
        server.answer = lambda _, body=body: Reply(200, {}, body)  # type: ignore[misc]
        assert _robot("wecom", server).send(message(), "", NOW).kind == "again"


def test_a_contact_s_own_robot_is_used_where_its_host_is_approved(server: Receiver) -> None:
    robot = _robot("wecom", server)
    own = f"{server.url}/cgi-bin/webhook/send?key=of-the-bureau"
    assert robot.send(message(), own, NOW + dt.timedelta(seconds=1)).kind == "delivered"
    assert _query(server.got[0]) == {"key": "of-the-bureau"}
    assert robot.send(message(), "https://evil.example/", NOW).kind == "refused"


def test_a_robot_needs_its_key_and_not_in_the_url() -> None:
    with pytest.raises(Misconfigured, match=r"channels\.robot\.token_file: is needed"):
        channels_of(robot={"type": "wecom"})
    for url in ("https://qyapi.example/send?key=k", "https://qyapi.example/cgi-bin/webhook/send"):
        with pytest.raises(Misconfigured, match=r"channels\.robot\.url: only the service"):
            channels_of(robot={"type": "wecom", "token": TOKEN, "url": url})
