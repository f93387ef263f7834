"""The response policy zone: its octets, its serial, and a real unbound that obeys it."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone
import pytest

from playbooks.measure.form.zone import is_newer, next_serial, serial_of
from situation.settings import PointSettings
from situation.state.store import StateStore
from tests.empty import open_empty
from tests.playbooks.measure.site import HOUR, NOW, Site
from tests.testdata import missing

ZONE = "rpz.citywatch"
REAL = "192.0.2.80"
SINK = "192.0.2.66"
SECONDS = 30.0


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    opened = open_empty(tmp_path)
    yield opened
    opened.close()


def _site(state: StateStore, folder: pathlib.Path, **more: object) -> Site:
    point = PointSettings.model_validate({"type": "rpz", **more})
    return Site(state, folder, {"resolver": point})


def _sink(site: Site, key: str, domain: str) -> None:
    site.want(key, domain, kind="sinkhole_domain", points=("resolver",))


def _zone(site: Site) -> bytes:
    return (site.folder / "blocklist" / "resolver.zone").read_bytes()


def _without_serial(text: bytes) -> bytes:
    serial = serial_of(text)
    assert serial is not None
    return text.replace(f" {serial} ".encode(), b" # ")


def test_the_zone_is_one_that_others_read(state: StateStore, tmp_path: pathlib.Path) -> None:
    site = _site(state, tmp_path)
    _sink(site, "a", "bad.example.org")
    site.enforce()
    zone = dns.zone.from_text(_zone(site).decode(), origin=f"{ZONE}.")
    names = {str(name): str(found[0]) for name, found in _aliases(zone)}
    assert names == {"bad.example.org": ".", "*.bad.example.org": "."}


def _aliases(zone: dns.zone.Zone) -> list[tuple[object, "dns.rdataset.Rdataset"]]:
    return list(zone.iterate_rdatasets(dns.rdatatype.CNAME))


def test_a_sinkhole_that_came_and_went_leaves_all_but_the_serial(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    site = _site(state, tmp_path)
    _sink(site, "old", "worse.example.org")
    site.enforce()
    before = _zone(site)
    _sink(site, "a", "bad.example.org")
    site.enforce()
    during = _zone(site)
    site.lift("a")
    site.enforce()
    after = _zone(site)
    assert b"bad.example.org CNAME .\n" in during
    assert _without_serial(after) == _without_serial(before)
    serials = [serial_of(text) or 0 for text in (before, during, after)]
    assert is_newer(serials[1], serials[0])
    assert is_newer(serials[2], serials[1])


def test_a_look_without_a_change_leaves_the_serial(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    site = _site(state, tmp_path)
    site.enforce()
    before = _zone(site)
    site.clock.advance(HOUR)
    site.enforce()
    assert _zone(site) == before


@pytest.mark.parametrize(
    ("serial", "other", "newer"),
    [(2, 1, True), (1, 2, False), (1, 1, False), (0, 2**32 - 1, True), (2**31, 0, False)],
)
def test_serials_are_compared_in_a_circle(serial: int, other: int, newer: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_newer(serial, other) is newer


def test_a_serial_is_the_time_and_always_a_newer_one() -> None:
    seconds = int(NOW.timestamp())
    assert next_serial(None, NOW) == seconds
    assert next_serial(seconds - 5, NOW) == seconds
    assert next_serial(seconds, NOW) == seconds + 1
    assert next_serial(seconds + 7, NOW) == seconds + 8
    assert is_newer(next_serial(2**32 - 1, NOW), 2**32 - 1)


@dataclass(frozen=True)
class Unbound:
    """A name server that forwards to one of ours and obeys the zone."""

    port: int
    config: pathlib.Path

    def ask(self, name: str, kind: str = "A") -> dns.message.Message:
        """Return its answer to a question."""
        asked = dns.message.make_query(name, kind)
        return dns.query.udp(asked, "127.0.0.1", SECONDS, self.port)

    def answer(self, name: str) -> str:
        """Return the address of a name, or the code of the answer."""
        found = self.ask(name)
        if found.rcode() != dns.rcode.NOERROR:
            return dns.rcode.to_text(found.rcode())
        return str(found.answer[-1][0]) if found.answer else "NODATA"


@contextlib.contextmanager
def _upstream() -> Iterator[int]:
    """Answer every question for an address with the same one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        over = threading.Event()

        def serve() -> None:
            while True:
                text, sender = server.recvfrom(4096)
                if over.is_set():
                    return
                asked = dns.message.from_wire(text)
                said = dns.message.make_response(asked)
                question = asked.question[0]
                if question.rdtype == dns.rdatatype.A:
                    said.answer.append(dns.rrset.from_text(question.name, 300, "IN", "A", REAL))
                server.sendto(said.to_wire(), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"over", server.getsockname())
            thread.join()


_CONFIG = """
server:
    interface: 127.0.0.1@{port}
    access-control: 127.0.0.0/8 allow
    do-daemonize: no
    do-ip6: no
    chroot: ""
    username: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    logfile: "{folder}/log"
    do-not-query-localhost: no
    module-config: "respip iterator"
    num-threads: 1
remote-control:
    control-enable: yes
    control-interface: "{folder}/control"
    control-use-cert: no
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{upstream}
rpz:
    name: "{zone}"
    zonefile: "{file}"
"""


@contextlib.contextmanager
def _unbound(folder: pathlib.Path, file: pathlib.Path) -> Iterator[Unbound]:
    program = shutil.which("unbound", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        missing("unbound is absent: apt-get install unbound")
    port = _free_port()
    config = folder / "unbound.conf"
    with _upstream() as upstream:
        config.write_text(
            _CONFIG.format(port=port, folder=folder, upstream=upstream, zone=ZONE, file=file)
        )
        process = subprocess.Popen([str(program), "-c", str(config)])
        server = Unbound(port, config)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(SECONDS)


def _free_port() -> int:
    """Return a port that is free for datagrams and for connections, since unbound takes both."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connections,
            contextlib.suppress(OSError),
        ):
            datagrams.bind(("127.0.0.1", 0))
            port: int = datagrams.getsockname()[1]
            connections.bind(("127.0.0.1", port))
            return port


def _wait(server: Unbound, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, "unbound has ended"
        assert time.monotonic() < end, "unbound never answered"
        try:
            dns.query.udp(dns.message.make_query("up.example", "A"), "127.0.0.1", 0.5, server.port)
        except (dns.exception.DNSException, OSError):
            time.sleep(0.05)
            continue
        return


def _control(folder: pathlib.Path) -> list[str]:
    program = shutil.which("unbound-control", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    return [str(program), "-c", str(folder / "unbound.conf"), "auth_zone_reload", ZONE]


@pytest.mark.parametrize(("sinkhole", "answer"), [("", "NXDOMAIN"), (SINK, SINK)])
def test_a_real_name_server_obeys_and_forgets(
    state: StateStore, tmp_path: pathlib.Path, sinkhole: str, answer: str
) -> None:
    site = _site(state, tmp_path, sinkhole=sinkhole)
    site.enforce()
    site.points = _site(state, tmp_path, sinkhole=sinkhole, reload=_control(tmp_path)).points
    with _unbound(tmp_path, tmp_path / "blocklist" / "resolver.zone") as server:
        assert server.answer("bad.example.org") == REAL
        _sink(site, "a", "bad.example.org")
        assert site.enforce().in_force == 1
        names = ("bad.example.org", "c2.deep.bad.example.org", "notbad.example.org")
        assert [server.answer(name) for name in names] == [answer, answer, REAL]
        site.lift("a")
        assert site.enforce().lifted == 1
        assert [server.answer(name) for name in names] == [REAL] * 3


def test_a_name_server_that_cannot_be_told_is_told_again(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    site = _site(state, tmp_path)
    site.enforce()
    site.points = _site(state, tmp_path, reload=_control(tmp_path)).points
    file = tmp_path / "blocklist" / "resolver.zone"
    _sink(site, "a", "bad.example.org")
    with _unbound(tmp_path, file) as server:
        assert server.answer("bad.example.org") == REAL
    # It is down: the file is right, yet nobody has read it.
    assert "unbound-control" in site.enforce().away["resolver"]
    assert site.measure("a").state == "wanted"
    with _unbound(tmp_path, file) as server:
        assert site.enforce().in_force == 1
        assert server.answer("bad.example.org") == "NXDOMAIN"
