"""The process that keeps the set: it applies, waits to hear that all is well, else takes back.

What it takes back stands in a file beside the socket before the kernel is touched. So a change
that nobody confirmed is taken back when the caller dies (the connection ends), when the caller
can no longer be reached (the time runs out), and when this process dies (at its next start; a
supervisor such as systemd starts it again). Socket and file lie on a file system that a reboot
empties (`/run`), as the kernel's tables are emptied.

Needs CAP_NET_ADMIN and nothing else. The socket is open to its own user alone.
"""

import contextlib
import ipaddress
import json
import os
import pathlib
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playbooks.machine import Refusal
from playbooks.measure.nftables.line import get, put
from playbooks.measure.nftables.ruleset import Firewall, collapsed
from playbooks.measure.own import own_addresses
from playbooks.measure.point.file import read_or_none, replace, sync_folder
from playbooks.measure.safety import Guard, refuse_network
from situation.assets import Assets, Network
from situation.faults import Conflict, Malformed, Unavailable

MOST = 65_536
"""Networks that are held at most."""
REQUEST_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""How often the process looks whether it is to end."""
_OWN_ALONE = 0o177
_PEER = struct.Struct("3i")
"""Process, user and group of the other side (unix(7), SO_PEERCRED)."""


class Hold(BaseModel):
    """What is asked: to drop exactly these networks, confirmed in that time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    networks: list[str] = Field(max_length=MOST)
    confirm_seconds: float = Field(gt=0, le=300)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps what one socket is told."""

    path: pathlib.Path
    firewall: Firewall

    @property
    def pending(self) -> pathlib.Path:
        """File with what is taken back if the change that runs is not confirmed."""
        return self.path.with_name(f"{self.path.name}.pending")

    def recover(self) -> bool:
        """Take back what was not confirmed when the process died; return whether there was any."""
        former = read_or_none(self.pending)
        if former is None:
            return False
        self._take_back(_parsed(json.loads(former)))
        return True

    def serve(self, is_over: Callable[[], bool]) -> None:
        """Answer one caller after another until `is_over` says so.

        Raise `Conflict` where another process answers at this socket, `Unavailable` where the
        kernel cannot be told: what is to be taken back is then taken back at the next start.
        """
        with _listening(self.path) as server:
            self.recover()
            while not is_over():
                with contextlib.suppress(TimeoutError):
                    connection, _ = server.accept()
                    with connection:
                        self._attend(connection)

    def _attend(self, connection: socket.socket) -> None:
        try:
            # Read first: to end a line with something unread in it would lose the answer.
            said = get(connection, REQUEST_SECONDS)
            _check_peer(connection)
            asked = _hold_of(said)
            former = self.firewall.held()
        except (Malformed, Refusal, Unavailable) as fault:
            _say(connection, {"state": "refused", "reason": fault.reason})
            return
        networks = _parsed(asked.networks)
        if former == networks:
            _say(connection, {"state": "unchanged"})
            return
        # A table that is no whole one is nobody's wish: what it drops is unknown.
        self._change(connection, former or [], networks, asked.confirm_seconds)

    def _change(
        self,
        connection: socket.socket,
        former: Sequence[Network],
        networks: Sequence[Network],
        seconds: float,
    ) -> None:
        replace(self.pending, json.dumps([str(one) for one in former]).encode())
        try:
            self.firewall.apply(networks)
        except Unavailable as fault:
            _say(connection, {"state": "refused", "reason": fault.reason})
            self._take_back(former)
            return
        _say(connection, {"state": "applied"})
        if _is_confirmed(connection, seconds):
            self._forget()
            _say(connection, {"state": "confirmed"})
            return
        self._take_back(former)
        _say(connection, {"state": "taken_back"})

    def _take_back(self, former: Sequence[Network]) -> None:
        self.firewall.apply(former)
        self._forget()

    def _forget(self) -> None:
        self.pending.unlink(missing_ok=True)
        sync_folder(self.pending.parent)


def _parsed(texts: Sequence[str]) -> list[Network]:
    return collapsed(ipaddress.ip_network(text) for text in texts)


def _hold_of(said: Mapping[str, object]) -> Hold:
    try:
        asked = Hold.model_validate(said)
        networks = [ipaddress.ip_network(text) for text in asked.networks]
    except ValidationError as error:
        raise Malformed("is no request", where="firewall helper") from error
    except ValueError as error:
        raise Malformed(str(error), where="firewall helper") from error
    # The desk has checked what the city knows; what no machine survives is checked here again.
    guard = Guard(Assets(()), (), {}, own_addresses())
    for network in networks:
        refuse_network(network, guard, private=True)
    return asked


def _is_confirmed(connection: socket.socket, seconds: float) -> bool:
    try:
        return get(connection, seconds).get("do") == "confirm"
    except (Unavailable, Malformed):
        return False


def _say(connection: socket.socket, said: Mapping[str, object]) -> None:
    # Whoever is gone hears nothing; what holds is looked at with the next request.
    with contextlib.suppress(Unavailable):
        connection.settimeout(REQUEST_SECONDS)
        put(connection, said)


def _check_peer(connection: socket.socket) -> None:
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, user, _ = _PEER.unpack(told)
    if user != os.geteuid():
        raise Refusal("role", f"user {user} is not the one that it serves", where="socket")


@contextlib.contextmanager
def _listening(path: pathlib.Path) -> Iterator[socket.socket]:
    _make_way(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        before = os.umask(_OWN_ALONE)
        try:
            server.bind(str(path))
        except OSError as error:
            raise Unavailable(error.strerror or str(error), where=str(path)) from error
        finally:
            os.umask(before)
        server.listen(8)
        server.settimeout(LOOK_SECONDS)
        try:
            yield server
        finally:
            path.unlink(missing_ok=True)


def _make_way(path: pathlib.Path) -> None:
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(REQUEST_SECONDS)
        try:
            probe.connect(str(path))
        except OSError:
            # A process that died left it.
            path.unlink(missing_ok=True)
            return
    raise Conflict("another process keeps this socket", where=str(path))
