"""The table that drops: as a script for nft, and as it stands in the kernel.

The table `inet citywatch` is there only while something is in it, so that nothing of ours is left
when the last block ends. Its content is a function of the networks.
"""

import ipaddress
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from situation.assets import Network
from situation.faults import Unavailable

TABLE = "citywatch"
NFT_SECONDS = 20
_HOOKS = ("input", "forward", "output")
_SETS = {4: "blocked4", 6: "blocked6"}
_TYPES = {4: "ipv4_addr", 6: "ipv6_addr"}
_MATCHES = tuple(
    f"{family} {side} @{name}"
    for family, name in (("ip", _SETS[4]), ("ip6", _SETS[6]))
    for side in ("saddr", "daddr")
)
_BEFORE_FILTER = -10
"""Priority of the chains: what is blocked meets no rule of the machine's own filter."""


def collapsed(networks: Iterable[Network]) -> list[Network]:
    """Return the same addresses as the fewest networks, IPv4 first: a set takes no overlaps."""
    given = list(networks)
    four = [one for one in given if isinstance(one, ipaddress.IPv4Network)]
    six = [one for one in given if isinstance(one, ipaddress.IPv6Network)]
    return [*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six)]


def table_lines(networks: Sequence[Network]) -> list[str]:
    """Return the table that drops these networks in both directions; nothing for none."""
    if not networks:
        return []
    sets = [line for version in _SETS for line in _set_lines(version, networks)]
    chains = [line for hook in _HOOKS for line in _chain_lines(hook)]
    return [f"table inet {TABLE} {{", *sets, *chains, "}"]


def _set_lines(version: int, networks: Sequence[Network]) -> list[str]:
    members = ", ".join(str(one) for one in networks if one.version == version)
    elements = [f"\t\telements = {{ {members} }}"] if members else []
    return [
        f"\tset {_SETS[version]} {{",
        f"\t\ttype {_TYPES[version]}",
        "\t\tflags interval",
        *elements,
        "\t}",
    ]


def _chain_lines(hook: str) -> list[str]:
    head = f"\t\ttype filter hook {hook} priority {_BEFORE_FILTER}; policy accept;"
    return [f"\tchain {hook} {{", head, *(f"\t\t{one} drop" for one in _MATCHES), "\t}"]


def script(networks: Sequence[Network]) -> str:
    """Return what brings the kernel from whatever it holds to these networks, at once."""
    # To add the table first makes its removal possible also where it is not there.
    lines = [f"table inet {TABLE}", f"delete table inet {TABLE}", *table_lines(networks)]
    return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Firewall:
    """The nft of this machine."""

    program: str = field(default_factory=lambda: shutil.which("nft") or "/usr/sbin/nft")

    def apply(self, networks: Sequence[Network]) -> None:
        """Drop these networks and no others, in one transaction of the kernel."""
        done = self._run(["-f", "-"], script(networks))
        if done.returncode:
            raise Unavailable(done.stderr.strip()[:200] or "nft failed", where="nft")

    def held(self) -> list[Network] | None:
        """Return the networks that are dropped now; None where the table is no whole one."""
        done = self._run(["-j", "list", "table", "inet", TABLE], "")
        if done.returncode:
            if "No such file" in done.stderr:
                return []
            raise Unavailable(done.stderr.strip()[:200] or "nft failed", where="nft")
        return read_table(done.stdout)

    def _run(self, words: Sequence[str], given: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(  # noqa: S603 - our own words; networks come as parsed ones
                [self.program, *words],
                input=given,
                capture_output=True,
                text=True,
                timeout=NFT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(str(error), where=self.program) from error


def read_table(text: str) -> list[Network] | None:
    """Return the networks of a table as nft lists it in JSON; None where rules are missing."""
    parts = json.loads(text)["nftables"]
    rules = sum("rule" in part for part in parts)
    if rules != len(_HOOKS) * len(_MATCHES):
        return None
    sets = [part["set"] for part in parts if "set" in part]
    return collapsed(one for each in sets for item in each.get("elem", ()) for one in _read(item))


def _read(item: object) -> list[Network]:
    if isinstance(item, str):
        return [ipaddress.ip_network(item)]
    if isinstance(item, Mapping) and "prefix" in item:
        return [ipaddress.ip_network(f"{item['prefix']['addr']}/{item['prefix']['len']}")]
    if isinstance(item, Mapping) and "range" in item:
        first, last = (ipaddress.ip_address(one) for one in item["range"])
        return list(ipaddress.summarize_address_range(first, last))
    raise Unavailable("the kernel holds an element that is none of ours", where=TABLE)
