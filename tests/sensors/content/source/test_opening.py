"""Which URL and which settings open what; nothing is asked of a server yet."""

import pathlib

import pytest

from sensors.content.source.bucket import BucketSource
from sensors.content.source.catalogue import open_source
from sensors.content.source.index import IndexSource
from sensors.content.source.mailbox import MailboxSource
from sensors.content.source.sftp import SftpSource
from situation.faults import Misconfigured
from situation.scan_settings import ScanTargetSettings


def target(url: str, **more: object) -> ScanTargetSettings:
    return ScanTargetSettings.model_validate({"url": url, **more})


@pytest.fixture
def known_hosts(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "known_hosts"
    path.write_text("")
    return path


def test_each_scheme_opens_its_source(known_hosts: pathlib.Path) -> None:
    for url, kind in (
        ("sftp://city@127.0.0.1/srv", SftpSource),
        ("s3://people/2026", BucketSource),
        ("elasticsearch://127.0.0.1", IndexSource),
        ("elasticsearchs://[::1]:9201/people-*", IndexSource),
        ("imaps://city@127.0.0.1/INBOX", MailboxSource),
    ):
        source = open_source(target(url, known_hosts=known_hosts))
        assert isinstance(source, kind)
        source.close()


def test_the_port_of_indices_is_9200_and_tls_is_part_of_the_scheme() -> None:
    for url, location in (
        ("elasticsearch://127.0.0.1", "elasticsearch://127.0.0.1:9200"),
        ("elasticsearchs://u@[::1]:9201/a", "elasticsearchs://[::1]:9201"),
    ):
        source = open_source(target(url, password="secret"))
        assert isinstance(source, IndexSource)
        assert source.location == location
        source.close()


def test_sftp_without_known_hosts_is_refused_and_told_how_to_get_it() -> None:
    with pytest.raises(Misconfigured, match=r"known_hosts: is missing.*ssh-keyscan -p 2222 files"):
        open_source(target("sftp://city@files:2222/srv"))


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("sftp:///srv", {}, "names no host"),
        ("sftp://files:no/srv", {}, "is no URL"),
        ("sftp://files/srv", {"known_hosts": "/none"}, "user: is missing"),
        ("sftp://u@files/srv", {"known_hosts": "/none"}, "No such file"),
        ("s3://people", {"user": "id"}, "go together"),
        ("s3://people", {"endpoint": "nonsense"}, "endpoint"),
        ("s3://people", {"endpoint": "http://id:secret@store"}, "endpoint: holds no login"),
        ("s3://people", {"user": "id", "password_file": "/none"}, "No such file"),
        ("imaps://mail/INBOX", {}, "user: is missing"),
        ("imaps://u@mail", {"ca_certs": "/none"}, "ca_certs: No such file"),
        ("smb://files/share", {}, "nothing opens smb"),
    ],
)
def test_a_target_that_lacks_something_is_refused(
    url: str, more: dict[str, object], words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        open_source(target(url, **more))


def test_a_password_never_stands_in_a_message() -> None:
    with pytest.raises(Misconfigured) as refused:
        open_source(target("sftp://city:synthetic-secret@files/srv"))
    assert "synthetic-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////srv/nowhere/people.db", "there is no such file"),
        ("sqlite:///", "there is no such file"),
        ("postgresql://db.example:port/hr", "is no URL"),
        ("gopher://files/share", "nothing opens gopher"),
    ],
)
def test_a_target_that_leads_nowhere_is_refused(url: str, told: str) -> None:
    with pytest.raises(Misconfigured, match=told):
        open_source(target(url))
