"""Mail, file transfer and terminals by command lines: who did what, never with which secret."""

import base64

import pytest

from tests.sensors.protocol.secure.spoken import client_body, message, record
from tests.sensors.protocol.secure.spoken import named as named_host
from tests.sensors.protocol.talking import named, told
from tests.sensors.protocol.windows.proof import authenticated

PLAIN = base64.b64encode(b"\0alice\0secret")


def test_ftp_tells_each_command_with_its_reply_and_where_data_goes() -> None:
    records = told(
        21,
        ("<", b"220-Welcome\r\n220 ready\r\n"),
        (">", b"USER alice\r\n"),
        ("<", b"331 password\r\n"),
        (">", b"PASS secret\r\n"),
        ("<", b"230 in\r\n"),
        (">", b"PASV\r\n"),
        ("<", b"227 Entering Passive Mode (192,0,2,7,4,1)\r\n"),
        (">", b"RETR plan.doc\r\n"),
        ("<", b"150 opening\r\n"),
        ("<", b"226 done\r\n"),
        (">", b"STOR x\r\n"),
    )
    assert named(records, "event.action", "user.name", "ftp.reply_code") == [
        ("ftp_ready", None, 220),
        ("ftp_user", "alice", 331),
        ("ftp_pass", "alice", 230),
        ("ftp_pasv", "alice", 227),
        ("ftp_retr", "alice", 226),
        ("ftp_stor", "alice", None),
    ]
    assert records[2]["citywatch.credentials.cleartext"] is True
    assert records[3]["ftp.data_channel.port"] == 1025
    assert records[4]["file.path"] == "plan.doc"
    assert "secret" not in repr(records)


def test_the_password_of_nobody_is_no_secret() -> None:
    records = told(21, ("<", b"220 x\r\n"), (">", b"USER anonymous\r\nPASS me@example.org\r\n"))
    assert not any(one.get("citywatch.credentials.cleartext") for one in records)
    assert "example.org" not in repr(records)


@pytest.mark.parametrize("port", [21, 5021])
def test_ftp_is_known_by_its_greeting_on_any_port(port: int) -> None:
    assert named(told(port, ("<", b"220 an FTP server\r\n")), "event.action") == [("ftp_ready",)]


def test_smtp_tells_a_mail_with_its_header_and_what_became_of_it() -> None:
    (mail,) = told(
        25,
        ("<", b"220 mail.example ESMTP\r\n"),
        (">", b"EHLO client.example\r\n"),
        ("<", b"250-mail.example\r\n250 PIPELINING\r\n"),
        (">", b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"),
        ("<", b"250 ok\r\n250 ok\r\n354 go on\r\n"),
        (">", b"From: A <a@example.org>\r\nSubject: =?utf-8?B?6YCa5oql?=\r\nTo: b@example.org\r\n"),
        (">", b"Message-ID: <1@example.org>\r\nIn-Reply-To: <0@example.org>\r\n"),
        (">", b"Content-Type: text/plain; charset=utf-8\r\n\r\nQUIT\r\n.\r\n"),
        ("<", b"250 queued\r\n"),
        (">", b"QUIT\r\n"),
        ("<", b"221 bye\r\n"),
    )
    assert mail["smtp.mail_from"] == "a@example.org"
    assert mail["smtp.recipients"] == ["b@example.org"]
    assert mail["email.from.address"] == ["a@example.org"]
    assert mail["email.subject"] == "通报"
    assert mail["email.message_id"] == "1@example.org"
    assert mail["email.in_reply_to"] == "0@example.org"
    assert mail["email.content_type"] == "text/plain"
    assert (mail["smtp.reply"], mail["event.outcome"]) == ("250 queued", "success")


@pytest.mark.parametrize(
    "turns",
    [
        [(">", b"AUTH PLAIN " + PLAIN + b"\r\n")],
        [(">", b"AUTH PLAIN\r\n"), ("<", b"334 \r\n"), (">", PLAIN + b"\r\n")],
        [
            (">", b"AUTH LOGIN\r\n"),
            ("<", b"334 VXNlcm5hbWU6\r\n"),
            (">", base64.b64encode(b"alice") + b"\r\n"),
            ("<", b"334 UGFzc3dvcmQ6\r\n"),
            (">", base64.b64encode(b"secret") + b"\r\n"),
        ],
    ],
)
def test_smtp_logins_are_marked(turns: list[tuple[str, bytes]]) -> None:
    turns = [("<", b"220 x\r\n"), (">", b"EHLO y\r\n"), ("<", b"250 x\r\n"), *turns]
    (login,) = told(587, *turns, ("<", b"535 no\r\n"), (">", b"QUIT\r\n"))
    assert login["user.name"] == "alice"
    assert login["citywatch.credentials.cleartext"] is True
    assert login["event.outcome"] == "failure"
    assert "secret" not in repr(login)
    assert base64.b64encode(b"secret").decode() not in repr(login)


def test_logins_by_ntlm_name_user_and_workstation() -> None:
    turns = [("<", b"220 x\r\n"), (">", b"EHLO y\r\n"), ("<", b"250 x\r\n")]
    proof = base64.b64encode(authenticated("clerk", "CITY", "PC-7"))
    turns += [(">", b"AUTH NTLM\r\n"), ("<", b"334 \r\n"), (">", proof + b"\r\n")]
    (login,) = told(587, *turns, ("<", b"235 in\r\n"), (">", b"QUIT\r\n"))
    assert named([login], "user.name", "user.domain", "ntlm.workstation") == [
        ("clerk", "CITY", "PC-7")
    ]


def test_pop_tells_each_command_with_its_status() -> None:
    records = told(
        110,
        ("<", b"+OK ready\r\n"),
        (">", b"USER alice\r\n"),
        ("<", b"+OK\r\n"),
        (">", b"PASS secret\r\n"),
        ("<", b"-ERR no\r\n"),
        (">", b"APOP bob c4c9334bac560ecc979e58001b3e22fb\r\n"),
        ("<", b"+OK\r\n"),
        (">", b"RETR 1\r\n"),
        ("<", b"+OK\r\nSubject: x\r\n\r\n+OK\r\n.\r\n"),
    )
    assert named(records, "pop3.command", "user.name", "event.outcome") == [
        (None, None, "success"),
        ("USER", "alice", "success"),
        ("PASS", "alice", "failure"),
        ("APOP", "bob", "success"),
        ("RETR", "bob", "success"),
    ]
    assert "secret" not in repr(records)
    assert "c4c9" not in repr(records)


def test_imap_meets_commands_and_responses_by_their_tags() -> None:
    records = told(
        143,
        ("<", b"* OK IMAP4rev2\r\n"),
        (">", b'a1 LOGIN "alice" "secret"\r\n'),
        ("<", b"a1 NO wrong\r\n"),
        (">", b"a2 AUTHENTICATE PLAIN\r\n"),
        ("<", b"+ \r\n"),
        (">", PLAIN + b"\r\n"),
        ("<", b"a2 OK in\r\n"),
        (">", b"a3 SELECT INBOX\r\na4 NOOP\r\n"),
        ("<", b"* 3 EXISTS\r\na4 OK\r\na3 OK\r\n"),
    )
    assert named(records, "imap.command", "imap.status", "user.name") == [
        (None, None, None),
        ("LOGIN", "NO", "alice"),
        ("AUTHENTICATE", "OK", "alice"),
        ("NOOP", "OK", "alice"),
        ("SELECT", "OK", "alice"),
    ]
    assert [one.get("citywatch.credentials.cleartext") for one in records[1:3]] == [True] * 2
    assert "secret" not in repr(records)


@pytest.mark.parametrize(
    ("port", "turns"),
    [
        (
            25,
            [("<", b"220 x\r\n"), (">", b"EHLO y\r\nSTARTTLS\r\n"), ("<", b"250 x\r\n220 go\r\n")],
        ),
        (21, [("<", b"220 x\r\n"), (">", b"AUTH TLS\r\n"), ("<", b"234 go\r\n")]),
        (110, [("<", b"+OK\r\n"), (">", b"STLS\r\n"), ("<", b"+OK go\r\n")]),
        (143, [("<", b"* OK x\r\n"), (">", b"a STARTTLS\r\n"), ("<", b"a OK go\r\n")]),
    ],
)
def test_after_starttls_the_conversation_is_read_as_tls(
    port: int, turns: list[tuple[str, bytes]]
) -> None:
    hello = record(22, message(1, client_body(named_host("mail.example"))))
    records = told(port, *turns, (">", hello))
    assert records[-1]["tls.client.server_name"] == "mail.example"


def test_telnet_tells_who_logs_in_typed_letter_by_letter() -> None:
    typed = [(">", bytes([octet])) for octet in b"alicf\x7fe\r"]
    records = told(
        23,
        ("<", b"\xff\xfd\x18"),
        (">", b"\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0"),
        ("<", b"\r\nhost login: "),
        *typed,
        ("<", b"\r\nPassword: "),
        *[(">", bytes([octet])) for octet in b"secret\r"],
        ("<", b"\r\n"),
        ("<", b"Login incorrect\r\n"),
    )
    (login,) = records
    assert login == {
        "event.action": "telnet_login",
        "event.outcome": "failure",
        "telnet.terminal": "XTERM",
        "user.name": "alice",
        "citywatch.credentials.cleartext": True,
    }


def test_a_telnet_conversation_without_a_login_is_told_at_its_end() -> None:
    assert told(23, ("<", b"\xff\xfd\x18")) == [{"event.action": "telnet_session"}]
