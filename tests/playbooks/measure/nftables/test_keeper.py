"""The keeper in a namespace of its own: real packets, confirmation, every kind of death."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import pytest

from playbooks.measure.nftables.line import get, put
from situation.faults import Unavailable
from situation.settings import PROJECT, PointSettings
from situation.state.store import StateStore, open_state_store
from tests.playbooks.measure.nftables.namespace import (
    HOST,
    HOST_6,
    PEER,
    PEER_6,
    Cable,
    Namespace,
    cable,
    connected,
)
from tests.playbooks.measure.site import Site

_KEEPER = """
import pathlib, sys
from playbooks.measure.nftables.keeper import Keeper
from playbooks.measure.nftables.ruleset import Firewall
from soc_api.sensing.stopping import stop_at_signals
with stop_at_signals() as stop:
    Keeper(pathlib.Path(sys.argv[1]), Firewall()).serve(stop.is_set)
"""
_ALONE = (
    "setpriv",
    *(f"--{kind}=-all,+net_admin" for kind in ("bounding-set", "inh-caps", "ambient-caps")),
    "--",
)
"""It has CAP_NET_ADMIN and nothing else."""
OTHERS = """
table inet filter {
    chain input { type filter hook input priority filter; policy accept; tcp dport 23 drop; }
}
table ip nat {
    chain out { type nat hook postrouting priority srcnat; policy accept; }
}
"""
SECONDS = 60.0


@pytest.fixture(scope="module")
def wired() -> Iterator[Cable]:
    with cable() as both:
        both.host.run("nft", "-f", "-", given=OTHERS)
        yield both


class Running:
    """A keeper that runs in a namespace."""

    def __init__(self, inside: Namespace, path: pathlib.Path) -> None:
        self.path = path
        self._words = inside.words(*_ALONE, sys.executable, "-c", _KEEPER, str(path))
        self.start()

    def start(self) -> None:
        """Start it, again after its death, and wait until it answers."""
        self.process = subprocess.Popen(self._words, cwd=PROJECT)
        end = time.monotonic() + SECONDS
        while not self.answers():
            assert self.process.poll() is None, "it has ended"
            assert time.monotonic() < end, "it never answered"
            time.sleep(0.02)

    def answers(self) -> bool:
        """Tell whether it takes connections; what it is asked then is no request."""
        try:
            with connected(str(self.path)) as one:
                put(one, {"do": "nothing"})
                return get(one, SECONDS)["state"] == "refused"
        except OSError:
            return False

    def ask(self, *networks: str, confirm_seconds: float = 30) -> "Asked":
        """Ask to hold these networks and return its first answer with the open line."""
        line = connected(str(self.path))
        put(line, {"networks": list(networks), "confirm_seconds": confirm_seconds})
        return Asked(line, str(get(line, SECONDS)["state"]))

    def hold(self, *networks: str) -> str:
        """Hold and confirm; return the last answer."""
        asked = self.ask(*networks)
        with asked.line:
            return asked.state if asked.state != "applied" else asked.confirm()

    def kill(self) -> None:
        """Kill it at once."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it to end."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(SECONDS) == 0


class Asked:
    """A request under way."""

    def __init__(self, line: socket.socket, state: str) -> None:
        self.line = line
        self.state = state

    def confirm(self) -> str:
        """Say that all is well."""
        with contextlib.suppress(Unavailable):
            put(self.line, {"do": "confirm"})
        return str(get(self.line, SECONDS)["state"])


@pytest.fixture(scope="module")
def running(wired: Cable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    one = Running(wired.host, tmp_path_factory.mktemp("keeper") / "nft.sock")
    yield one
    one.end()
    assert not one.path.exists()


@pytest.fixture
def keeper(running: Running) -> Iterator[Running]:
    yield running
    assert running.hold() in {"confirmed", "unchanged"}


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def test_a_block_drops_packets_in_both_directions_and_leaves_no_trace(
    wired: Cable, keeper: Running
) -> None:
    before = wired.host.rules()
    assert wired.host.reaches(PEER)
    assert wired.peer.reaches(HOST)
    assert keeper.hold(f"{PEER}/32", f"{PEER_6}/128") == "confirmed"
    assert "198.51.100.23" in wired.host.rules()
    lost = [
        one.loses(address)
        for one, address in (
            (wired.host, PEER), (wired.peer, HOST), (wired.host, PEER_6), (wired.peer, HOST_6),
        )
    ]  # fmt: skip
    assert all(lost)
    assert keeper.hold() == "confirmed"
    assert wired.host.reaches(PEER)
    assert wired.peer.reaches(HOST_6)
    assert wired.host.rules() == before


def test_other_addresses_are_not_touched(wired: Cable, keeper: Running) -> None:
    assert keeper.hold("203.0.113.0/24", "2001:db8:7::/48") == "confirmed"
    assert wired.host.reaches(PEER)
    assert wired.peer.reaches(HOST_6)


def test_what_holds_already_changes_nothing(wired: Cable, keeper: Running) -> None:
    networks = ("203.0.113.0/25", "203.0.113.128/25", "203.0.113.9/32", "198.51.99.1/32")
    assert keeper.hold(*networks) == "confirmed"
    before = wired.host.run("nft", "-a", "list", "ruleset")
    assert keeper.hold(*reversed(networks)) == "unchanged"
    assert wired.host.run("nft", "-a", "list", "ruleset") == before


def test_adjacent_addresses_are_known_again(keeper: Running) -> None:
    networks = [f"203.0.113.{number}/32" for number in range(1, 12)]
    assert keeper.hold(*networks) == "confirmed"
    assert keeper.hold(*networks) == "unchanged"


def test_rules_that_somebody_took_out_are_put_back(wired: Cable, keeper: Running) -> None:
    assert keeper.hold(f"{PEER}/32") == "confirmed"
    wired.host.run("nft", "flush", "chain", "inet", "citywatch", "input")
    assert keeper.hold(f"{PEER}/32") == "confirmed"
    assert wired.peer.loses(HOST)


def test_what_is_not_confirmed_in_time_is_taken_back(wired: Cable, keeper: Running) -> None:
    assert keeper.hold("203.0.113.7/32") == "confirmed"
    before = wired.host.rules()
    asked = keeper.ask(f"{PEER}/32", confirm_seconds=0.3)
    with asked.line:
        assert asked.state == "applied"
        assert get(asked.line, SECONDS)["state"] == "taken_back"
    assert wired.host.rules() == before
    assert wired.host.reaches(PEER)


def test_a_confirmation_that_comes_too_late_is_told_so(wired: Cable, keeper: Running) -> None:
    asked = keeper.ask(f"{PEER}/32", confirm_seconds=0.2)
    with asked.line:
        _until(lambda: "citywatch" not in wired.host.rules())
        assert asked.confirm() == "taken_back"


def test_what_was_asked_by_somebody_who_died_is_taken_back(wired: Cable, keeper: Running) -> None:
    before = wired.host.rules()
    asked = keeper.ask(f"{PEER}/32", confirm_seconds=300)
    assert wired.host.rules() != before
    asked.line.close()
    _until(lambda: wired.host.rules() == before)


def test_what_was_not_confirmed_when_the_keeper_died_is_taken_back_at_its_start(
    wired: Cable, keeper: Running
) -> None:
    assert keeper.hold("203.0.113.7/32") == "confirmed"
    before = wired.host.rules()
    asked = keeper.ask(f"{PEER}/32", confirm_seconds=300)
    keeper.kill()
    asked.line.close()
    assert wired.host.rules() != before
    keeper.start()
    assert wired.host.rules() == before


def test_what_was_confirmed_outlives_the_keeper(keeper: Running) -> None:
    assert keeper.hold(f"{PEER}/32") == "confirmed"
    keeper.kill()
    keeper.start()
    assert keeper.hold(f"{PEER}/32") == "unchanged"


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "127.0.0.1/32", "169.254.1.1/32", "224.0.0.1/32", f"{HOST}/32", "11.0.0.0/8"],
)
def test_it_refuses_by_itself_what_no_machine_survives(
    wired: Cable, keeper: Running, network: str
) -> None:
    before = wired.host.rules()
    asked = keeper.ask(network)
    asked.line.close()
    assert asked.state == "refused"
    assert wired.host.rules() == before


@pytest.mark.parametrize(
    "said",
    [
        b"no json\n",
        b"[]\n",
        b'{"networks": ["198.51.100.0/24; flush ruleset"], "confirm_seconds": 1}\n',
        b'{"networks": [], "confirm_seconds": 0}\n',
        b'{"networks": [], "confirm_seconds": 1, "also": 1}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_request_changes_nothing_and_the_next_is_heard(
    wired: Cable, keeper: Running, said: bytes
) -> None:
    before = wired.host.rules()
    with connected(str(keeper.path)) as line:
        line.sendall(said)
        assert get(line, SECONDS)["state"] == "refused"
    assert wired.host.rules() == before
    assert keeper.hold() == "unchanged"


def test_a_request_without_end_is_cut(keeper: Running) -> None:
    with connected(str(keeper.path)) as line, contextlib.suppress(OSError):
        for _ in range(100):
            line.sendall(b"x" * 65_536)
    assert keeper.hold() == "unchanged"


def test_the_socket_is_open_to_its_own_user_alone(keeper: Running) -> None:
    assert keeper.path.stat().st_mode & 0o777 == 0o600


_AS_NOBODY = """
import os, socket, sys
line = socket.socket(socket.AF_UNIX)
# The file of the socket would keep it out; who got by it is still asked who they are.
os.setresuid(65534, 65534, 0)
os.seteuid(0)
os.chmod(sys.argv[1], 0o666)
os.setresuid(65534, 65534, 65534)
line.connect(sys.argv[1])
line.sendall(b'{"networks": ["203.0.113.9/32"], "confirm_seconds": 5}\\n')
print(line.recv(1000).decode())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can call as somebody else")
def test_another_user_is_refused(wired: Cable) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        one = Running(wired.host, path / "nft.sock")
        words = [sys.executable, "-c", _AS_NOBODY, str(one.path)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        one.end()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "refused"
    assert "203.0.113.9" not in wired.host.rules()


def test_a_second_keeper_of_the_same_socket_ends(wired: Cable, keeper: Running) -> None:
    words = wired.host.words(sys.executable, "-c", _KEEPER, str(keeper.path))
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "another process keeps this socket" in done.stderr
    assert keeper.hold() == "unchanged"


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    opened = open_state_store(f"sqlite:///{tmp_path}/state.db")
    yield opened
    opened.close()


def _site(state: StateStore, folder: pathlib.Path, keeper: Running, health: str) -> Site:
    point = PointSettings(type="nftables", socket=keeper.path, confirm_seconds=30, health=health)
    return Site(state, folder, {"host": point})


def test_a_pass_holds_and_lets_go(
    wired: Cable, keeper: Running, state: StateStore, tmp_path: pathlib.Path
) -> None:
    before = wired.host.rules()
    with socket.create_server(("127.0.0.1", 0)) as alive:
        site = _site(state, tmp_path, keeper, f"127.0.0.1:{alive.getsockname()[1]}")
        site.want("a", f"{PEER}/32", points=("host",))
        site.want("b", "198.51.100.16/28", points=("host",))
        assert site.enforce().in_force == 2
        assert wired.host.loses(PEER)
        assert site.enforce().changed == 0
        site.lift("a")
        site.enforce()
        assert wired.host.loses(PEER)
        site.lift("b")
        assert site.enforce().lifted == 1
    assert wired.host.rules() == before
    assert wired.host.reaches(PEER)


def test_a_change_after_which_the_health_address_is_lost_is_taken_back(
    wired: Cable, keeper: Running, state: StateStore, tmp_path: pathlib.Path
) -> None:
    before = wired.host.rules()
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    site = _site(state, tmp_path, keeper, f"127.0.0.1:{port}")
    site.want("a", f"{PEER}/32", points=("host",))
    done = site.enforce()
    assert "does not answer" in done.away["host"]
    assert site.measure("a").state == "wanted"
    _until(lambda: wired.host.rules() == before)
    assert wired.host.reaches(PEER)


def test_a_keeper_that_is_away_is_said(state: StateStore, tmp_path: pathlib.Path) -> None:
    point = PointSettings(type="nftables", socket=tmp_path / "nobody.sock")
    site = Site(state, tmp_path, {"host": point})
    site.want("a", points=("host",))
    assert "helper is away" in site.enforce().away["host"]
    assert "helper is away" in site.at("a", "host").error
