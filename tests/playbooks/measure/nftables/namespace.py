"""Two network namespaces of our own with a cable between them, and programs that run in them."""

import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from situation.settings import PROJECT
from tests.testdata import missing

HOST, PEER = "198.51.100.1", "198.51.100.23"
HOST_6, PEER_6 = "2001:db8:5::1", "2001:db8:5::23"

_SERVER = """
import socket
server = socket.create_server(("::", 7777), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    server.accept()[0].close()
"""
_CALL = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 7777), float(sys.argv[2])).close()
except TimeoutError:
    print("nothing came back")
else:
    print("reached")
"""


@dataclass(frozen=True)
class Namespace:
    """A network namespace that a sleeping process holds open."""

    pid: int

    def words(self, *words: str) -> list[str]:
        """Return the words of a program that runs in it."""
        enter = ["nsenter", "-t", str(self.pid), "-U", "-n", "--preserve-credentials", "--"]
        return [*enter, *words]

    def run(self, *words: str, given: str = "") -> str:
        """Run a program in it to its end."""
        done = subprocess.run(
            self.words(*words), input=given, capture_output=True, text=True, check=True
        )
        return done.stdout

    def rules(self) -> str:
        """Return the whole rule set of it as nft lists it."""
        return self.run("nft", "list", "ruleset")

    def reaches(self, address: str) -> bool:
        """Tell whether a TCP connection comes about from here."""
        return self.run(sys.executable, "-c", _CALL, address, "20") == "reached\n"

    def loses(self, address: str) -> bool:
        """Tell whether nothing comes back from there for a while: packets are dropped."""
        return self.run(sys.executable, "-c", _CALL, address, "0.7") == "nothing came back\n"


@dataclass(frozen=True)
class Cable:
    """The machine that is protected, and one at the other end."""

    host: Namespace
    peer: Namespace


@contextlib.contextmanager
def cable() -> Iterator[Cable]:
    """Yield two namespaces, each with a server that takes connections on port 7777."""
    for program in ("unshare", "nsenter", "setpriv", "nft", "ip"):
        if shutil.which(program) is None:
            missing(f"{program} is absent: sh tests/parts.sh")
    with contextlib.ExitStack() as opened:
        host = opened.enter_context(_held(["unshare", "-rn", "cat"]))
        inner = host.words("unshare", "-n", "cat")
        peer = opened.enter_context(_held(inner))
        for words in _SETTING_UP:
            host.run(*words)
        host.run("ip", "link", "set", "cwb", "netns", str(peer.pid))
        for one, link, four, six in (
            (host, "cwa", HOST, HOST_6),
            (peer, "cwb", PEER, PEER_6),
        ):
            one.run("ip", "address", "add", f"{four}/24", "dev", link)
            one.run("ip", "address", "add", f"{six}/64", "dev", link, "nodad")
            one.run("ip", "link", "set", link, "up")
            one.run("ip", "link", "set", "lo", "up")
            opened.enter_context(_serving(one))
        yield Cable(host, peer)


_SETTING_UP: Sequence[Sequence[str]] = (
    ("ip", "link", "add", "cwa", "type", "veth", "peer", "name", "cwb"),
)


@contextlib.contextmanager
def _held(words: Sequence[str]) -> Iterator[Namespace]:
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # cat answers once it runs, and then the namespace is there.
        process.stdin.write(b"ready\n")
        process.stdin.flush()
        if process.stdout.readline() != b"ready\n":
            missing("network namespaces are not allowed here")
        yield Namespace(process.pid)
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def _serving(inside: Namespace) -> Iterator[None]:
    words = inside.words(sys.executable, "-c", _SERVER)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, cwd=PROJECT)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.kill()
        process.communicate()


def connected(path: str) -> socket.socket:
    """Return a connection to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection
