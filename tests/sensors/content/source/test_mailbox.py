"""A mailbox on a server as a source of mails: a real Dovecot."""

import concurrent.futures
import imaplib
import os
import socket
import ssl
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.content.source.mailbox import Account, MailboxSource
from sensors.content.source.mailbox.naming import Folder, decoded, folder_of
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred, FileSource
from situation.content.resource import Resource
from situation.faults import Misconfigured, Unavailable
from tests import dovecot
from tests.dovecot import Dovecot
from tests.relay import relay

TAIBEI = '"&U,BTFw-"'


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.serving() as running:
        yield running


class Box:
    """A mailbox as its owner fills it."""

    def __init__(self, server: Dovecot) -> None:
        self.server, self.user = server, f"u{uuid.uuid4().hex[:10]}"
        context = ssl.create_default_context(cafile=str(server.ca))
        self.client = imaplib.IMAP4_SSL("127.0.0.1", server.port, ssl_context=context)
        self.client.login(self.user, dovecot.PASSWORD)

    def put(self, folder: str, *bodies: str) -> None:
        self.client.create(folder)
        for body in bodies:
            mail = f"Subject: test\r\n\r\n{body}\r\n".encode()
            told, _ = self.client.append(folder, "", "", mail)
            assert told == "OK"

    def account(self, **more: object) -> Account:
        said: dict[str, object] = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": self.user,
            "password": dovecot.PASSWORD,
            "ca_certs": self.server.ca,
        }
        return Account(**{**said, **more})  # type: ignore[arg-type]

    def opened(self, selection: Selection | None = None, **more: object) -> MailboxSource:
        return MailboxSource(self.account(**more), selection=selection)

    @property
    def top(self) -> str:
        return f"imaps://127.0.0.1:{self.server.port}/"


@pytest.fixture
def box(server: Dovecot) -> Iterator[Box]:
    made = Box(server)
    yield made
    made.client.logout()


def names(source: MailboxSource, box: Box, after: str = "") -> list[str]:
    return [one.path.removeprefix(box.top) for one in source.walk(after and box.top + after)]


def test_the_walk_is_in_the_order_of_paths_and_goes_on_behind_any_of_them(box: Box) -> None:
    box.put("INBOX", "one", "two")
    box.put("INBOX.inner", "three")
    box.put(TAIBEI, "four")
    source = box.opened()
    walked = names(source, box)
    assert walked == sorted(walked)
    assert set(walked) == {
        "INBOX/0000000001.eml",
        "INBOX/0000000002.eml",
        "INBOX.inner/0000000001.eml",
        "台北/0000000001.eml",
    }
    for index, path in enumerate(walked):
        assert names(source, box, path) == walked[index + 1 :]
    source.close()


def test_a_mail_is_fetched_whole_and_not_marked_as_read(box: Box) -> None:
    box.put("INBOX", "one")
    source = box.opened()
    (found,) = source.walk()
    with source.open(found) as stream:
        content = stream.read()
        assert os.fstat(stream.fileno()).st_nlink == 0
    assert content == b"Subject: test\r\n\r\none\r\n"
    assert found.size == len(content)
    assert source.stamp(found) == found.stamp
    assert (found.exposure.encrypted_transport, found.exposure.owner) == (True, box.user)
    box.client.select("INBOX", readonly=True)
    assert box.client.uid("SEARCH", "UNSEEN")[1] == [b"1"]
    source.close()


def test_a_folder_with_a_chinese_name_is_shown_and_opened(box: Box) -> None:
    box.put(TAIBEI, "four")
    source = box.opened(folder="台北")
    (found,) = source.walk()
    assert found.path == f"{box.top}台北/0000000001.eml"
    with source.open(found) as stream:
        assert b"four" in stream.read()
    source.close()


def test_one_folder_is_walked_with_what_lies_in_it(box: Box) -> None:
    box.put("people", "one")
    box.put("people.old", "two")
    box.put("peopled", "three")
    source = box.opened(folder="people")
    assert names(source, box) == ["people.old/0000000001.eml", "people/0000000001.eml"]
    source.close()
    source = box.opened(Selection(("**",), ("*.old/**",)), folder="people")
    assert names(source, box) == ["people/0000000001.eml"]
    source.close()
    source = box.opened(folder="none")
    with pytest.raises(Misconfigured, match="no such folder"):
        list(source.walk())
    source.close()


def test_a_mail_that_vanishes_and_a_folder_made_anew_say_so(box: Box) -> None:
    box.put("a", "one", "two")
    box.put("b", "three")
    source = box.opened()
    one, two, three = source.walk()
    box.client.select("a")
    box.client.uid("STORE", "1", "+FLAGS", r"(\Deleted)")
    box.client.expunge()
    box.client.close()
    box.client.delete("b")
    for ask in (source.open, source.stamp):
        for gone in (one, three):
            with pytest.raises(Barred) as barred:
                ask(gone)
            assert barred.value.because in {"vanished", "denied"}
    with source.open(two) as stream:
        assert b"two" in stream.read()
    source.close()


def test_a_mail_is_found_by_its_path_alone(box: Box) -> None:
    box.put("INBOX", "one")
    source = box.opened()
    resource = Resource(path=f"{box.top}INBOX/0000000001.eml", size=50)
    with source.open(resource) as stream:
        assert b"one" in stream.read()
    with pytest.raises(Barred):
        source.open(Resource(path=f"{box.top}none/0000000001.eml", size=50))
    source.close()


def test_many_may_open_mails_at_once(box: Box) -> None:
    box.put("a", *(f"mail {number}" for number in range(20)))
    box.put("b", *(f"mail {number}" for number in range(20, 40)))
    source = box.opened()

    def read(resource: Resource) -> bytes:
        with source.open(resource) as stream:
            return stream.read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        mails = list(pool.map(read, source.walk()))
    assert [mail.split()[-1] for mail in mails] == [str(number).encode() for number in range(40)]
    source.close()


def test_a_server_that_goes_away_between_two_mails_is_unavailable(box: Box) -> None:
    box.put("INBOX", "one")
    with relay(box.server.port) as between:
        source = box.opened(port=between.port)
        (found,) = source.walk()
        between.cut()
        with pytest.raises(Unavailable, match=f"imaps://127.0.0.1:{between.port}"):
            source.open(found)
        with pytest.raises(Unavailable):
            list(source.walk())
        source.close()


def test_a_login_that_is_not_taken_a_stranger_and_nobody_are_told_apart(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        free = one.getsockname()[1]
    source = box.opened(password="another-secret")
    with pytest.raises(Unavailable, match="login") as refused:
        list(source.walk())
    assert "another-secret" not in str(refused.value)
    source.close()
    source = box.opened(ca_certs=None)
    with pytest.raises(Misconfigured, match="ca_certs"):
        list(source.walk())
    source.close()
    source = box.opened(port=free)
    with pytest.raises(Unavailable, match="refused"):
        list(source.walk())
    source.close()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (rb'(\HasNoChildren) "/" INBOX', Folder("INBOX", '"INBOX"', "/")),
        (rb'() "." "a \"b\" \\c"', Folder('a "b" \\c', r'"a \"b\" \\c"', ".")),
        (rb"() NIL a", Folder("a", '"a"', "")),
        ((rb'() "/" {3}', b"a b"), Folder("a b", '"a b"', "/")),
        (rb'(\Noselect) "/" a', None),
        (b"nonsense", None),
    ],
)
def test_an_answer_to_list_names_a_folder(
    listed: bytes | tuple[bytes, bytes], expected: Folder | None
) -> None:
    assert folder_of(listed) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
        (b"a&-b", "a&b"),
        (b"&broken", "&broken"),
        ("数".encode(), "数"),
    ],
)
def test_names_are_decoded_as_the_protocol_says(raw: bytes, expected: str) -> None:
    assert decoded(raw) == expected


@given(raw=st.binary(max_size=60))
def test_no_name_of_a_server_is_too_odd_to_be_shown(raw: bytes) -> None:
    assert isinstance(decoded(raw), str)
    folder = folder_of(b'() "/" ' + raw)
    assert folder is not None
    assert folder_of(b'() "/" ' + folder.quoted.encode("latin-1")) == folder


def test_it_is_a_source_of_files(box: Box) -> None:
    source = box.opened()
    assert isinstance(source, FileSource)
    source.close()
