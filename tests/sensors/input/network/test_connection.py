"""Syslog by TCP and TLS over real sockets of the loopback address."""

import contextlib
import pathlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from sensors.input.network.connection import Connections
from sensors.input.network.encryption import server_context
from sensors.input.network.gathering import Gathering
from sensors.input.network.listening import listener
from situation.clock import SystemClock
from situation.faults import Misconfigured
from tests.sensors.input.certificates import Authority
from tests.sensors.input.parts import VERBATIM, Shelf, reading, until

SECONDS = 30.0


class Running:
    """A listener that serves, and the shelf that it hands over to."""

    def __init__(self, shelf: Shelf, tls: ssl.SSLContext | None = None, most: int = 4096) -> None:
        self.shelf = shelf
        self.stop = threading.Event()
        gathering = Gathering(reading(), VERBATIM, shelf, SystemClock())
        opened = listener("127.0.0.1", 0, where="inputs.in")
        self.connections = Connections(opened, gathering, tls, most=most)
        self.counters = gathering.counters
        self.thread = threading.Thread(target=self.connections.run, args=(self.stop,))
        self.thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.connections.port), timeout=SECONDS)

    def until(self, holds: Callable[[], bool]) -> None:
        until(holds, lambda: self.counters)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(SECONDS)
        self.connections.close()
        assert not self.thread.is_alive()
        assert self.counters.balance == 0
        assert self.shelf.durable == len(self.shelf.kept)


@contextlib.contextmanager
def running(
    shelf: Shelf | None = None, tls: ssl.SSLContext | None = None, *, most: int = 4096
) -> Iterator[Running]:
    served = Running(shelf or Shelf(), tls, most)
    try:
        yield served
    finally:
        served.end()


def test_both_framings_arrive_with_their_peer() -> None:
    with running() as served:
        with served.connect() as one, served.connect() as other:
            one.sendall(b"<34>first\n<34>second")
            other.sendall("11 <35>two\nend11 <35>登录a".encode())
        served.until(lambda: served.shelf.rows == 4)
    frame = served.shelf.frame()
    assert set(frame["message"]) == {"<34>first", "<34>second", "<35>two\nend", "<35>登录a"}
    assert frame["citywatch.log.peer"].unique().to_list() == ["127.0.0.1"]
    assert frame["host.ip"].unique().to_list() == ["127.0.0.1"]
    assert frame["event.id"].n_unique() == 4
    assert served.counters.accepted == 2
    assert served.counters.connections == 0


def test_a_sender_that_names_several_hosts_is_no_host() -> None:
    with running() as served:
        with served.connect() as one:
            one.sendall(b"host=a\nhost=b\n")
        served.until(lambda: served.shelf.rows == 2)
    frame = served.shelf.frame()
    assert frame["host.name"].to_list() == ["a", "b"]
    assert frame["host.ip"].to_list() == [None, None]


def test_a_thousand_connections_are_served_at_once() -> None:
    with running() as served, contextlib.ExitStack() as stack:
        opened = [stack.enter_context(served.connect()) for _ in range(1000)]
        for number, one in enumerate(opened):
            one.sendall(b"<34>from %d\n" % number)
        served.until(lambda: served.shelf.rows == 1000)
        assert served.counters.connections == 1000
    assert sorted(served.shelf.messages()) == sorted(f"<34>from {n}" for n in range(1000))


def test_a_connection_beyond_the_bound_is_refused_and_counted() -> None:
    with running(most=2) as served, contextlib.ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(served.connect())
        served.until(lambda: served.counters.connections == 2)
        refused = stack.enter_context(served.connect())
        assert refused.recv(1) == b""
        assert served.counters.refused == {"too_many": 1}


def test_a_sender_waits_while_there_is_no_room_and_nothing_is_lost() -> None:
    shelf = Shelf(room=0)
    line = b"<34>" + b"x" * 996 + b"\n"
    with running(shelf) as served, served.connect() as one:
        one.settimeout(2.0)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 500_000_000:
                sent += one.send(line * 100)
        assert sent < 200_000_000
        assert served.counters.trouble == "the shelf is full"
        shelf.room = 10**9
        one.settimeout(SECONDS)
        one.sendall(line[sent % len(line) :])
        whole = sent // len(line) + 1
        served.until(lambda: shelf.rows == whole)
    assert served.counters.lines == whole
    assert not served.counters.shed


def test_what_finds_no_room_at_the_end_is_counted_as_shed() -> None:
    shelf = Shelf(room=0)
    with running(shelf) as served:
        with served.connect() as one:
            one.sendall(b"a\nb\n")
        served.until(lambda: served.counters.waiting == 2)
    assert served.counters.shed == {"stopped": 2}


def test_hostile_messages_are_kept_and_told() -> None:
    with running() as served:
        with served.connect() as one:
            one.sendall(b"a" * 10_000_000 + b"\nnul\0nul\n\xff\xfe\xfd\n")
            one.sendall("防火墙".encode("gb18030"))
        served.until(lambda: served.shelf.rows == 4)
    messages = served.shelf.messages()
    assert [len(message) for message in messages] == [65_536, 7, 3, 3]
    assert messages[3] == "防火墙"
    assert served.counters.framing == {"clipped": 1}
    assert served.counters.faults["clipped"] == 1


def client_context(authority: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.path)
    context.check_hostname = True
    return context


def test_tls_serves_a_client_that_knows_the_authority(tmp_path: pathlib.Path) -> None:
    authority = Authority(tmp_path, "ours")
    certificate, key = authority.issue("server", address="127.0.0.1")
    tls = server_context(certificate, key, None, where="inputs.in")
    with running(tls=tls) as served:
        with client_context(authority).wrap_socket(
            served.connect(), server_hostname="127.0.0.1"
        ) as one:
            one.sendall(b"13 <34>encrypted")
            one.unwrap().close()
        served.until(lambda: served.shelf.rows == 1)
    assert served.shelf.messages() == ["<34>encrypted"]


def test_all_lines_of_a_client_that_only_writes_and_closes_abruptly_arrive(
    tmp_path: pathlib.Path,
) -> None:
    authority = Authority(tmp_path, "ours")
    certificate, key = authority.issue("server", address="127.0.0.1")
    with running(tls=server_context(certificate, key, None, where="inputs.in")) as served:
        context = client_context(authority)
        for _ in range(20):
            with context.wrap_socket(served.connect(), server_hostname="127.0.0.1") as one:
                for number in range(100):
                    one.sendall(b"<34>line %d\n" % number)
        served.until(lambda: served.shelf.rows == 2000)
    sent = [f"<34>line {number}" for number in range(100)]
    assert Counter(served.shelf.messages()) == dict.fromkeys(sent, 20)


def talk(served: Running, context: ssl.SSLContext) -> None:
    """Send a line; raise `OSError` where the other side hangs up, which TLS 1.3 tells late."""
    with context.wrap_socket(served.connect(), server_hostname="127.0.0.1") as one:
        one.sendall(b"<34>no\n")
        if one.recv(1) == b"":
            raise ConnectionResetError("closed")


def test_a_client_without_a_certificate_of_the_authority_is_refused(tmp_path: pathlib.Path) -> None:
    ours, foreign = Authority(tmp_path, "ours"), Authority(tmp_path, "foreign")
    certificate, key = ours.issue("server", address="127.0.0.1")
    tls = server_context(certificate, key, ours.path, where="inputs.in")
    with running(tls=tls) as served:
        for issued in (None, foreign.issue("stranger")):
            context = client_context(ours)
            if issued:
                context.load_cert_chain(*issued)
            with pytest.raises(OSError, match=r"alert|reset|EOF|closed"):
                talk(served, context)
        context = client_context(ours)
        context.load_cert_chain(*ours.issue("firewall-7"))
        with context.wrap_socket(served.connect(), server_hostname="127.0.0.1") as one:
            one.sendall(b"<34>yes\n")
            served.until(lambda: served.shelf.rows == 1)
        with served.connect() as plain:
            plain.sendall(b"<34>not encrypted\n" * 20)
            with contextlib.suppress(ConnectionError):
                plain.recv(100)
        served.until(lambda: served.counters.refused.total() == 3)
    assert served.shelf.messages() == ["<34>yes"]
    assert served.counters.refused["peer_did_not_return_a_certificate"] == 1
    assert served.counters.refused["certificate_verify_failed"] == 1
    assert served.counters.subjects == {"CN=firewall-7": 1}


def test_every_file_that_tls_lacks_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match=r"certificate is needed.*key: there is no file.*ca"):
        server_context(None, tmp_path / "key.pem", tmp_path / "ca.pem", where="inputs.in")
    authority = Authority(tmp_path, "ours")
    certificate, _ = authority.issue("one")
    _, key = authority.issue("two")
    with pytest.raises(Misconfigured, match="do not fit"):
        server_context(certificate, key, None, where="inputs.in")
