"""SMS through gateways that are described by settings alone."""

import json
import urllib.parse

import pytest

from playbooks.outbox.channel import Channel
from playbooks.outbox.outcome import Outcome
from situation.faults import Misconfigured
from tests.playbooks.outbox.post import NOW, channels_of
from tests.playbooks.outbox.servers import Receiver, Reply, receiving
from tests.playbooks.outbox.test_message import delivery, message

PHONE = "13800000001"
TEXT = "事件通报 示网应通〔2026〕第001号 请登录门户签收 期限 2026-03-04 20:00"


def _gateway(server: Receiver, **changed: object) -> Channel:
    table = {"type": "sms", "url": f"{server.url}/send", "allow_loopback": True, **changed}
    return channels_of(sms=table).routes["sms"].channel


def test_json_with_nested_fields_and_a_secret_header() -> None:
    with receiving(lambda _: Reply(200, {}, b'{"result": {"code": 0}}')) as server:
        gateway = _gateway(
            server,
            secret="synthetic-secret",
            headers={"Authorization": "Bearer {secret}"},
            body={"to": ["{phone}"], "params": {"text": "{text}", "n": 1}, "out_id": "{id}"},
            success_field="result.code",
            success_value="0",
        )
        assert gateway.send(message(), PHONE, NOW) == Outcome("delivered", 200)
        got = server.got[0]
    assert got.headers["authorization"] == "Bearer synthetic-secret"
    assert json.loads(got.body) == {
        "to": [PHONE],
        "params": {"text": TEXT, "n": 1},
        "out_id": delivery().id,
    }


def test_a_form_and_a_query() -> None:
    body = {"mobile": "{phone}", "content": "{text}"}
    with receiving() as server:
        assert _gateway(server, form="form", body=body).send(message(), PHONE, NOW).kind
        assert _gateway(server, method="GET", body=body).send(message(), PHONE, NOW).kind
        posted, asked = server.got
    assert dict(urllib.parse.parse_qsl(posted.body.decode())) == {"mobile": PHONE, "content": TEXT}
    assert asked.method == "GET"
    assert dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(asked.path).query)) == {
        "mobile": PHONE,
        "content": TEXT,
    }


def test_success_stands_where_the_settings_say() -> None:
    with receiving(lambda _: Reply(200, {}, b'{"code": "LIMIT_CONTROL"}')) as server:
        gateway = _gateway(server, body={"p": "{phone}"}, success_field="code", success_value="OK")
        assert gateway.send(message(), PHONE, NOW) == Outcome("again", 200, "code LIMIT_CONTROL")
        server.answer = lambda _: Reply(200, {}, b"OK")
        assert gateway.send(message(), PHONE, NOW).kind == "again"


def test_what_a_placeholder_gives_is_not_filled_again() -> None:
    with receiving() as server:
        gateway = _gateway(
            server, secret="synthetic-secret", body={"text": "{text}", "key": "{secret}"}
        )
        gateway.send(message(number="{secret}"), PHONE, NOW)
        said = json.loads(server.got[0].body)
    assert "{secret}" in said["text"]
    assert "synthetic-secret" not in said["text"]


def test_a_text_is_cut_to_what_one_message_holds() -> None:
    with receiving() as server:
        gateway = _gateway(server, body={"text": "{text}"}, text_octets=60)
        gateway.send(message(), PHONE, NOW)
        assert len(json.loads(server.got[0].body)["text"].encode()) <= 60


def test_what_is_no_number_is_refused_unsent() -> None:
    with receiving() as server:
        gateway = _gateway(server, body={"p": "{phone}"})
        assert gateway.send(message(), "138&to=all", NOW).kind == "refused"
        assert server.got == []


def test_a_placeholder_that_nobody_knows_is_a_fault_of_the_settings() -> None:
    table = {"type": "sms", "url": "https://sms.example/", "body": {"p": "{fone}"}}
    with pytest.raises(Misconfigured, match=r"channels\.sms\.body: \{fone\} is no placeholder"):
        channels_of(sms=table)
