"""Where a message may go: a URL that is allowed, and addresses that nobody could have slipped in.

A city's own networks are private, so private addresses are allowed. What is never reached: link
local and metadata services, this machine (unless the channel says so), and addresses of one
family written as the other, which hide the former two.
"""

import ipaddress
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass

from situation.faults import Malformed

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")
)
"""Metadata services of clouds; the first is link-local too."""
_DISGUISES = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
    )
)  # fmt: skip
"""Networks of IPv6 whose addresses stand for one of IPv4 (RFC 4291, 6052, 8215, 3056, 4380)."""
_PORTS = {"https": 443, "http": 80}
_LOOPBACK_NAMES = frozenset({"localhost"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What a channel may reach: this machine or not; addresses with a port that are ours alone."""

    allow_loopback: bool = False
    own: frozenset[tuple[str, int]] = frozenset()
    """Servers of the installation by host and port: database, event store."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL that was checked, in its parts. `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header names them (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def destination(url: str, policy: Policy, hosts: Sequence[str] = ()) -> Destination:
    """Return the parts of a URL; raise `Malformed` where it is not allowed.

    Only https; plain http to this machine alone, where the policy allows it. With `hosts` given,
    the URL must name one of them. A name and a password in it are refused.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").rstrip(".")
        host.encode("ascii")
    except ValueError as error:
        raise Malformed("is no URL", where="url") from error
    if parts.scheme not in _PORTS or not host or not url.isprintable() or " " in url:
        raise Malformed("is no https URL", where="url")
    if parts.username is not None or parts.password is not None:
        raise Malformed("a name or password stands in it", where="url")
    if parts.scheme == "http" and not (policy.allow_loopback and is_this_machine(host)):
        raise Malformed("only https is allowed", where="url")
    if hosts and host not in hosts:
        raise Malformed(f"host {host} is not among those of the channel", where="url")
    target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Destination(
        parts.scheme, host, port, urllib.parse.quote(target, safe="/?&=%:;,+~!$'()*@")
    )


def is_this_machine(host: str) -> bool:
    """Tell whether a host names the loopback address."""
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked(addresses: Sequence[str], port: int, policy: Policy) -> list[IpAddress]:
    """Return the addresses that a host was resolved to, as such.

    Raise `Malformed` if even one of them is forbidden: a name that points both ways is a trap.
    """
    found = [ipaddress.ip_address(text.partition("%")[0]) for text in addresses]
    for address in found:
        reason = _forbidden(address, port, policy)
        if reason:
            raise Malformed(reason, where="address")
    return found


def _forbidden(address: IpAddress, port: int, policy: Policy) -> str:
    if address.is_loopback:
        return "" if policy.allow_loopback else "loopback address"
    if any(address in network for network in _DISGUISES):
        return "IPv4 address in disguise"
    if address in _METADATA or address.is_link_local:
        return "link-local or metadata address"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return "no address of a host"
    return "server of our own" if (str(address), port) in policy.own else ""
