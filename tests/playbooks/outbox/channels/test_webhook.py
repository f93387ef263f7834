"""Webhooks after Standard Webhooks, checked as a receiver checks them."""

import base64
import hashlib
import hmac
import json

import pytest

from playbooks.outbox.channels.webhook import BODY_OCTETS, body_of, key_of, sign
from playbooks.outbox.outcome import Outcome
from situation.faults import Malformed, Misconfigured
from tests.playbooks.outbox.post import NOW, channels_of
from tests.playbooks.outbox.servers import Got, Reply, receiving
from tests.playbooks.outbox.test_message import delivery, message

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def _is_signed(got: Got) -> bool:
    headers = got.headers
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got.body
    wanted = base64.b64encode(hmac.new(KEY, said, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{wanted}"


def _hook(url: str, **changed: object) -> dict[str, object]:
    return {"type": "webhook", "url": url, "secret": SECRET, "allow_loopback": True, **changed}


def test_the_signature_is_that_of_the_specification() -> None:
    # The example that the specification's own libraries are tested with.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    said = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_what_it_gets() -> None:
    with receiving(lambda got: Reply(204 if _is_signed(got) else 401)) as server:
        channel = channels_of(hook=_hook(server.url)).routes["hook"].channel
        assert channel.send(message(), "", NOW) == Outcome("delivered", 204)
        got = server.got[0]
    assert got.headers["webhook-id"] == delivery().id
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    said = json.loads(got.body)
    assert (said["type"], said["data"]["more"]) == ("notice.issue", 0)
    assert said["data"]["items"][0]["number"] == "示网应通〔2026〕第001号"


def test_a_contact_s_own_url_is_taken_where_its_host_is_approved() -> None:
    with receiving() as server:
        channel = channels_of(hook=_hook("", hosts=["127.0.0.1"])).routes["hook"].channel
        assert channel.send(message(), f"{server.url}/edu", NOW).kind == "delivered"
        refused = channel.send(message(), "https://evil.example/", NOW)
        assert [one.path for one in server.got] == ["/edu"]
    assert refused.kind == "refused"
    assert "evil.example is not among" in refused.error


def test_a_long_digest_stays_below_the_limit_and_counts_the_rest() -> None:
    long = {"title_zh": "长" * 300, "kind_zh": "通" * 300, "department": "局" * 300}
    others = [delivery(number, {**long}) for number in range(2, 31)]
    body = body_of(message(*others), NOW)
    said = json.loads(body)["data"]
    assert len(body) < BODY_OCTETS
    assert 1 <= len(said["items"]) < 30
    assert len(said["items"]) + said["more"] == 30


@pytest.mark.parametrize("secret", ["whsec_c2hvcnQ=", "whsec_!!!", f"whsec_{'QUFB' * 30}"])
def test_a_secret_of_the_wrong_length_or_form_is_refused(secret: str) -> None:
    with pytest.raises(Malformed):
        key_of(secret)
    with pytest.raises(Misconfigured, match=r"channels\.hook\.secret_file"):
        channels_of(hook=_hook("https://hook.example/", secret=secret))
