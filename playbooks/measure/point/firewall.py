"""A point that is the nftables of this machine, by the process that may change them."""

import contextlib
import ipaddress
import socket
from dataclasses import dataclass

from playbooks.measure.nftables.line import get, put
from playbooks.measure.nftables.ruleset import NFT_SECONDS, collapsed
from playbooks.measure.point.point import Reach, Task
from situation.faults import Malformed, Misconfigured, Unavailable
from situation.settings import PointSettings

_MARGIN_SECONDS = 3 * NFT_SECONDS
"""How long an answer may take: the other side lists, applies and takes back."""


@dataclass(frozen=True, slots=True)
class FirewallPoint:
    """Tells the process what to hold, and confirms it once `reach` has gone well."""

    settings: PointSettings
    reach: Reach

    def hold(self, task: Task) -> bool:
        """Have the networks dropped; see `Point.hold`."""
        if self.settings.socket is None:
            raise Misconfigured("needs socket", where="points")
        networks = collapsed(ipaddress.ip_network(one.target) for one in task.entries)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_MARGIN_SECONDS)
            try:
                connection.connect(str(self.settings.socket))
            except OSError as error:
                reason = f"the firewall helper is away: {error.strerror or error}"
                raise Unavailable(reason, where=str(self.settings.socket)) from error
            asked = [str(one) for one in networks]
            put(connection, {"networks": asked, "confirm_seconds": self.settings.confirm_seconds})
            return self._settle(connection)

    def _settle(self, connection: socket.socket) -> bool:
        answer = _answer(connection)
        if answer == "unchanged":
            return False
        # If we do not reach what we must, the connection ends here and the change with it.
        self.reach()
        # Whose time ran out meanwhile has gone; the last word is there all the same.
        with contextlib.suppress(Unavailable):
            put(connection, {"do": "confirm"})
        confirmed = _answer(connection)
        if confirmed != "confirmed":
            raise Unavailable(f"the change was {confirmed.replace('_', ' ')}", where="nftables")
        return True


def _answer(connection: socket.socket) -> str:
    try:
        said = get(connection, _MARGIN_SECONDS)
    except Malformed as fault:
        raise Unavailable(fault.reason, where="nftables") from fault
    if said.get("state") == "refused":
        raise Unavailable(str(said.get("reason"))[:200], where="nftables")
    return str(said.get("state"))
