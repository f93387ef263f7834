"""mail and webhook against real servers: they leave once, say what was approved, and no more."""

import json
from collections.abc import Iterator, Mapping

import pytest
from pydantic import ValidationError

from playbooks.action.action import Refused
from playbooks.outbox.channel import Channels
from playbooks.outbox.worker import deliver_due
from situation.clock import SetClock
from situation.state.store import StateStore
from situation.state.tables import Delivery
from tests.playbooks.action.scene import done, given, intended
from tests.playbooks.incident.case import actions, every, opened
from tests.playbooks.intrusion import NOW
from tests.playbooks.outbox.post import OWNER, add_contact, channels_of
from tests.playbooks.outbox.servers import Mailbox, Receiver, Tls, mailing, receiving, tls

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
DEPARTMENT = "示例市交通局"
SAID: dict[str, object] = {
    "title_zh": "端口扫描日报",
    "title_en": "Digest of port scans",
    "text_zh": "第一行\n第二行",
    "text_en": "first line\nsecond line",
}


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return tls(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture
def mailbox(secure: Tls) -> Iterator[Mailbox]:
    with mailing(Mailbox(), secure.context) as running:
        yield running


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def _mail(mailbox: Mailbox, secure: Tls, **changed: object) -> Channels:
    table: Mapping[str, object] = {
        "type": "mail",
        "host": "localhost",
        "port": mailbox.port,
        "sender": "soc@city.example",
        "allow_loopback": True,
        "ca_certs": str(secure.ca_file),
        **changed,
    }
    return channels_of(mail=table)


def _hook(server: Receiver, **changed: object) -> Channels:
    table: Mapping[str, object] = {
        "type": "webhook",
        "secret": SECRET,
        "allow_loopback": True,
        "url": f"{server.url}/siem",
        **changed,
    }
    return channels_of(siem=table)


def _people(state: StateStore) -> None:
    with state.transaction() as session:
        add_contact(session, "值班席", department="市网信办", role="desk", mail="desk@city.example")
        add_contact(session, "无邮箱", department="市网信办", role="desk", phone="13800000000")
        add_contact(session, "李联络", department=DEPARTMENT, mail="li@traffic.example")
        add_contact(
            session, "王局长", department=DEPARTMENT, role="head", mail="wang@traffic.example"
        )


def _deliver(state: StateStore, channels: Channels) -> int:
    return deliver_due(state, channels, SetClock(NOW), owner=OWNER).delivered


def test_a_mail_reaches_the_desk_once_with_its_text(
    either_state: StateStore, mailbox: Mailbox, secure: Tls
) -> None:
    _people(either_state)
    incident = opened(either_state)
    for _ in range(2):
        outcome = done(either_state, "mail", SAID, incident.id)
    assert outcome.undo == {}
    channels = _mail(mailbox, secure)
    assert (_deliver(either_state, channels), _deliver(either_state, channels)) == (1, 0)
    ((to, letter),) = mailbox.got
    assert to == "desk@city.example"
    assert letter["Subject"] == f"端口扫描日报 {incident.id} 请阅知"
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for line in ("第一行", "第二行", "first line", "second line"):
        assert line in plain.get_content()
        assert line in html.get_content()


def test_the_key_of_a_delivery_follows_from_that_of_the_step(either_state: StateStore) -> None:
    _people(either_state)
    assert done(either_state, "mail", SAID).outputs == {"sent": "1"}
    (first,) = every(either_state, Delivery)
    assert done(either_state, "mail", SAID).outputs == {"sent": "0"}
    assert [one.id for one in every(either_state, Delivery)] == [first.id]
    done(either_state, "mail", SAID, key="77" * 16)
    assert len(every(either_state, Delivery)) == 2


def test_a_mail_to_a_department_reaches_the_roles_that_were_named(
    either_state: StateStore, mailbox: Mailbox, secure: Tls
) -> None:
    _people(either_state)
    incident = opened(either_state)
    said = SAID | {"to": "department", "roles": ["head", "liaison"], "urgent": True}
    assert done(either_state, "mail", said, incident.id).outputs == {"sent": "2"}
    assert _deliver(either_state, _mail(mailbox, secure)) == 2
    assert {to for to, _ in mailbox.got} == {"li@traffic.example", "wang@traffic.example"}
    letter = mailbox.got[0][1]
    assert letter["Subject"].startswith("【紧急】端口扫描日报")
    plain = letter.get_body(("plain",))
    assert plain is not None
    # The console is not for departments, so that no link of it is sent to them.
    assert "/incidents/" not in plain.get_content()


def test_a_mail_to_nobody_is_refused_and_the_intent_says_so_before(
    either_state: StateStore,
) -> None:
    assert "would be refused" in intended(either_state, "mail", SAID).what.en
    with pytest.raises(Refused, match="no contact"):
        done(either_state, "mail", SAID)
    assert every(either_state, Delivery) == []
    assert "message.post" not in actions(either_state)


def test_an_intent_shows_recipients_and_text_and_posts_nothing(either_state: StateStore) -> None:
    _people(either_state)
    intent = intended(either_state, "mail", SAID | {"give_up_hours": 2})
    recipients, text = intent.changes
    assert recipients.lines == ("+ 市网信办/值班席 <desk@city.example>",)
    assert text.lines == (
        "+ 端口扫描日报", "+ Digest of port scans",
        "+ 第一行", "+ 第二行", "+ first line", "+ second line",
    )  # fmt: skip
    assert "2026-03-03 22:00" in intent.how_long.zh
    assert "1 recipients" in intent.touches.en
    assert intent.outputs == {"sent": "1"}
    assert every(either_state, Delivery) == []


def test_addresses_of_the_city_leave_by_no_message(either_state: StateStore) -> None:
    _people(either_state)
    text = (
        "10.20.1.15、fd00::7 和 192.168.1.9 连接 203.0.113.77:443，网段 10.20.10.0/24 于 12:30:45"
    )
    done(either_state, "mail", SAID | {"text_zh": text, "title_zh": "主机 10.20.1.15 失陷"})
    (one,) = every(either_state, Delivery)
    assert one.payload["text_zh"] == (
        "〔…〕、〔…〕 和 〔…〕 连接 203.0.113.77:443，网段 〔…〕/24 于 12:30:45"
    )
    assert one.payload["kind_zh"] == "主机 〔…〕 失陷"
    intent = intended(either_state, "mail", SAID | {"text_zh": text})
    assert "10.20" not in str(intent.changes)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("主机10.20.1.15失陷", "主机〔…〕失陷"),
        ("主机10.20.1.15:8080", "主机〔…〕:8080"),
        ("对端203.0.113.77，", "对端203.0.113.77，"),
        ("host=10.20.1.15,", "host=〔…〕,"),
        ("主机fd00::7失陷", "主机〔…〕失陷"),
        ("FD00:0::7: it is", "〔…〕: it is"),
        ("::ffff:10.20.1.15 in six", "〔…〕 in six"),
        ("2001:db8::7 and aa:bb:cc:dd:ee:ff", "2001:db8::7 and aa:bb:cc:dd:ee:ff"),
        ("12:30:45 of 2026-03-03, version 10.2", "12:30:45 of 2026-03-03, version 10.2"),
        ("http://10.20.1.15/login", "http://〔…〕/login"),
    ],
)
def test_an_address_is_left_out_wherever_it_stands(
    either_state: StateStore, text: str, sent: str
) -> None:
    said = SAID | {"channel": "siem", "text_zh": text}
    assert f"+ {sent}" in intended(either_state, "webhook", said).changes[1].lines


def test_a_text_longer_than_a_message_is_cut_as_the_intent_shows(
    either_state: StateStore,
) -> None:
    _people(either_state)
    said = SAID | {"text_zh": "字" * 3000}
    done(either_state, "mail", said)
    (one,) = every(either_state, Delivery)
    assert one.payload["text_zh"] == "字" * 1999 + "…"
    assert f"+ {one.payload['text_zh']}" in intended(either_state, "mail", said).changes[1].lines


def test_a_webhook_goes_to_the_url_of_the_settings_signed_and_once(
    either_state: StateStore, server: Receiver
) -> None:
    incident = opened(either_state)
    for _ in range(2):
        done(either_state, "webhook", SAID | {"channel": "siem"}, incident.id)
    channels = _hook(server)
    assert (_deliver(either_state, channels), _deliver(either_state, channels)) == (1, 0)
    (got,) = server.got
    (one,) = every(either_state, Delivery)
    assert got.path == "/siem"
    assert got.headers["webhook-id"] == one.id
    body = json.loads(got.body)
    assert body["type"] == "playbook_run.message"
    (item,) = body["data"]["items"]
    assert (item["text_zh"], item["text_en"]) == (SAID["text_zh"], SAID["text_en"])
    assert item["number"] == incident.id


def test_a_drill_reaches_nobody_real(
    either_state: StateStore, mailbox: Mailbox, secure: Tls
) -> None:
    _people(either_state)
    incident = opened(either_state, drill_id="drill-1")
    done(either_state, "mail", SAID, incident.id)
    assert "演练地址代替" in intended(either_state, "mail", SAID, incident.id).touches.zh
    assert _deliver(either_state, _mail(mailbox, secure)) == 0
    assert mailbox.got == []


def test_a_drill_reaches_the_address_of_drills(
    either_state: StateStore, mailbox: Mailbox, secure: Tls
) -> None:
    _people(either_state)
    incident = opened(either_state, drill_id="drill-1")
    done(either_state, "mail", SAID, incident.id)
    channels = _mail(mailbox, secure, drill=True, drill_address="drill@city.example")
    assert _deliver(either_state, channels) == 1
    ((to, letter),) = mailbox.got
    assert to == "drill@city.example"
    assert letter["Subject"].startswith("【演练】")


@pytest.mark.parametrize(
    ("channels", "reason"),
    [({"siem": "mail"}, "is no webhook"), ({"other": "webhook"}, "there is no channels.siem")],
)
def test_a_channel_that_is_none_is_refused(
    either_state: StateStore, channels: dict[str, str], reason: str
) -> None:
    said = SAID | {"channel": "siem"}
    assert reason in intended(either_state, "webhook", said, channels=channels).what.en
    with pytest.raises(Refused, match=reason):
        done(either_state, "webhook", said, channels=channels)
    assert done(either_state, "webhook", said, channels={"siem": "wecom"}).outputs == {"sent": "1"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("webhook", {"channel": "https://evil.example/"}),
        ("webhook", {"channel": "portal"}),
        ("webhook", {"channel": "mail"}),
        ("webhook", {"channel": "siem", "url": "https://evil.example/"}),
        ("mail", {"to": "x@evil.example"}),
        ("mail", {"roles": []}),
        ("mail", {"give_up_hours": 0}),
        ("mail", {"text_zh": "x" * 10_001}),
    ],
)
def test_no_playbook_names_an_address_of_its_own(name: str, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as raised:
        given(name, **(SAID | wrong))
    assert raised.value.errors()[0]["loc"][0] == list(wrong)[-1]
