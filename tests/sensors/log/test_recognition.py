"""The kind of a log is guessed from its first lines."""

import pytest

from sensors.log.catalogue import KINDS, kinds_named
from sensors.log.recognition import recognised
from tests.testdata import testdata


@pytest.mark.parametrize(
    ("file", "kind"), [("OpenSSH", "auth"), ("Linux", "auth"), ("Apache", "apache-error")]
)
def test_public_logs_are_recognised(file: str, kind: str) -> None:
    path = testdata("logs", "loghub", f"{file}_2k.log")
    guess = recognised(path.read_text(encoding="utf-8").splitlines(), KINDS)
    assert guess is not None
    assert guess.kind.name == kind


_WEB = '203.0.113.9 - - [06/Nov/2026:08:15:01 +0800] "GET / HTTP/1.1" {} "-" "curl/8.0"'


@pytest.mark.parametrize(
    ("product", "lines", "kind"),
    [
        ("apache", [_WEB.format("200 5")], "apache-access"),
        ("nginx", [_WEB.format("200 5")], "nginx-access"),
        ("", [_WEB.format("200 5")] * 9 + [_WEB.format("304 -")], "apache-access"),
        ("", ["", "--- rotated ---", *[_WEB.format("200 5")] * 4], "nginx-access"),
        ("", [f"<190>Nov  6 08:15:01 web-1 nginx: {_WEB.format('200 5')}"], "nginx-access"),
    ],
)
def test_web_servers_with_one_format_are_told_apart_by_what_only_one_writes(
    product: str, lines: list[str], kind: str
) -> None:
    guess = recognised(lines, kinds_named(product) if product else KINDS)
    assert guess is not None
    assert guess.kind.name == kind


def test_a_switch_s_log_without_host_or_priority_is_syslog() -> None:
    guess = recognised(["Nov  6 08:15:01.123: %LINK-3-UPDOWN: Interface Gi0/1, down"], KINDS)
    assert guess is not None
    assert guess.kind.name == "syslog"


def test_prose_and_blanks_are_like_nothing() -> None:
    assert recognised(["It was a dark night.", "The modem sang."], KINDS) is None
    assert recognised(["", "  "], KINDS) is None
    assert recognised([], KINDS) is None
