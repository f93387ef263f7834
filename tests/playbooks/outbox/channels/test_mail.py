"""Mail against a real server: STARTTLS first, both forms of the text, one id."""

import pathlib
from collections.abc import Iterator

import pytest

from playbooks.outbox.channel import Channel
from playbooks.outbox.outcome import Outcome
from situation.faults import Misconfigured
from tests.playbooks.outbox.post import NOW, channels_of
from tests.playbooks.outbox.servers import Mailbox, Tls, mailing, tls
from tests.playbooks.outbox.test_message import delivery, message

ADDRESS = "wang@edu.example"
SENDER = "soc@city.example"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return tls(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture
def mailbox(secure: Tls) -> Iterator[Mailbox]:
    with mailing(Mailbox(), secure.context) as running:
        yield running


def _mail(mailbox: Mailbox, **changed: object) -> Channel:
    table = {
        "type": "mail",
        "host": "localhost",
        "port": mailbox.port,
        "sender": SENDER,
        "allow_loopback": True,
        **changed,
    }
    return channels_of(mail=table).routes["mail"].channel


def test_a_mail_has_text_and_html_and_an_id_that_stays(mailbox: Mailbox, secure: Tls) -> None:
    channel = _mail(mailbox, ca_certs=str(secure.ca_file))
    for _ in range(2):
        assert channel.send(message(), ADDRESS, NOW) == Outcome("delivered")
    (to, first), (_, second) = mailbox.got
    assert to == ADDRESS
    assert first["Subject"] == "事件通报 示网应通〔2026〕第001号 请登录门户签收"
    assert first["Message-ID"] == second["Message-ID"] == f"<{delivery().id}@city.example>"
    plain, html = (first.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "期限 Due：2026-03-04 20:00" in plain.get_content()
    assert '<a href="https://soc.example/portal/notices/n1">' in html.get_content()


def test_a_mail_does_not_say_what_has_happened_to_which_system(
    mailbox: Mailbox, secure: Tls
) -> None:
    channel = _mail(mailbox, ca_certs=str(secure.ca_file))
    channel.send(message(title_zh="门户口令被猜解", title_en="Password guessed"), ADDRESS, NOW)
    for kind in ("plain", "html"):
        part = mailbox.got[0][1].get_body((kind,))
        assert part is not None
        assert "猜解" not in part.get_content()
        assert "guessed" not in part.get_content()


def test_what_a_field_holds_is_text_in_the_html(mailbox: Mailbox, secure: Tls) -> None:
    channel = _mail(mailbox, ca_certs=str(secure.ca_file))
    channel.send(message(department="<script>alert(1)</script>"), ADDRESS, NOW)
    html = mailbox.got[0][1].get_body(("html",))
    assert html is not None
    assert "&lt;script&gt;" in html.get_content()
    assert "<script>" not in html.get_content()


def test_no_field_adds_a_header_or_a_recipient(mailbox: Mailbox, secure: Tls) -> None:
    channel = _mail(mailbox, ca_certs=str(secure.ca_file))
    channel.send(message(number="1\r\nBcc: x@evil.example"), ADDRESS, NOW)
    for address in ("a@b.example\r\nRCPT TO:<x@evil.example>", "a@b.example, x@evil.example", ""):
        assert channel.send(message(), address, NOW).kind == "refused"
    assert [to for to, _ in mailbox.got] == [ADDRESS]
    assert mailbox.got[0][1]["Bcc"] is None


def test_a_subject_hides_no_encoded_word(mailbox: Mailbox, secure: Tls) -> None:
    channel = _mail(mailbox, ca_certs=str(secure.ca_file))
    hidden = "=?utf-8?q?a=0D=0ABcc:_x@evil.example?="
    assert channel.send(message(number=hidden), ADDRESS, NOW).kind == "delivered"
    mail = mailbox.got[0][1]
    assert (mail["Bcc"], len(mailbox.got)) == (None, 1)
    assert "= ?utf-8?q?a=0D" in mail["Subject"]
    assert mail["From"].addresses[0].display_name == "网络安全应急平台 Citywatch"


def test_a_server_without_starttls_gets_nothing() -> None:
    with mailing(Mailbox()) as mailbox:
        outcome = _mail(mailbox).send(message(), ADDRESS, NOW)
        assert mailbox.got == []
    assert outcome == Outcome("again", error="the mail server offers no STARTTLS or no login")


def test_a_server_that_nobody_vouches_for_gets_nothing(mailbox: Mailbox) -> None:
    outcome = _mail(mailbox).send(message(), ADDRESS, NOW)
    assert outcome == Outcome("again", error="certificate not trusted")
    assert mailbox.got == []


def test_without_tls_only_to_this_machine() -> None:
    with mailing(Mailbox()) as mailbox:
        channel = _mail(mailbox, tls="none", host="127.0.0.1")
        assert channel.send(message(), ADDRESS, NOW).kind == "delivered"
        assert len(mailbox.got) == 1
    table = {"type": "mail", "host": "mail.example", "sender": SENDER, "tls": "none"}
    with pytest.raises(Misconfigured, match=r"channels\.mail\.tls: none only to this machine"):
        channels_of(mail=table)


def test_the_login_is_by_the_secret(secure: Tls) -> None:
    with mailing(Mailbox(), secure.context, wants_login=True) as mailbox:
        table = {"ca_certs": str(secure.ca_file), "user": "soc"}
        right = _mail(mailbox, secret="synthetic-password", **table)
        wrong = _mail(mailbox, secret="synthetic-other", **table)
        assert right.send(message(), ADDRESS, NOW).kind == "delivered"
        refused = wrong.send(message(), ADDRESS, NOW)
    assert refused == Outcome("again", 535, "SMTPAuthenticationError 535")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("550 nobody here", Outcome("refused", 550, "recipient 550")),
        ("450 later", Outcome("again", 450, "recipient 450")),
    ],
)
def test_what_the_server_says_of_a_recipient_counts(
    secure: Tls, said: str, outcome: Outcome
) -> None:
    with mailing(Mailbox(refuse=lambda _: said), secure.context) as mailbox:
        channel = _mail(mailbox, ca_certs=str(secure.ca_file))
        assert channel.send(message(), ADDRESS, NOW) == outcome


def test_a_login_needs_a_secret(tmp_path: pathlib.Path) -> None:
    table = {"type": "mail", "host": "mail.example", "sender": SENDER, "user": "soc"}
    with pytest.raises(Misconfigured, match=r"channels\.mail\.secret_file: is needed"):
        channels_of(mail=table)
    (tmp_path / "word").write_text("synthetic-password\n")
    assert channels_of(mail={**table, "secret_file": str(tmp_path / "word")}).routes
