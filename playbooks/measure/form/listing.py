"""Lists for firewalls that read a file or poll: plain lines, CIDR lines, a STIX 2.1 bundle.

The octets are a function of the entries: sorted, without a time of writing. So the list is the
same again, bit by bit, when a block has come and gone.
"""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.measure.entry import Entry
from playbooks.measure.form.stix import bundle_of, object_lines
from situation.assets import Network


@dataclass(frozen=True, slots=True)
class Form:
    """How a list is written: one line for each entry, the whole, and its media type."""

    lines: Callable[[Sequence[Entry]], list[str]]
    whole: Callable[[Sequence[Entry]], bytes]
    media_type: str
    suffix: str


def networks_of(entries: Sequence[Entry]) -> list[Network]:
    """Return the networks of the entries: IPv4 before IPv6, then by number."""
    found = [ipaddress.ip_network(one.target) for one in entries]
    return sorted(found, key=lambda one: (one.version, int(one.network_address), one.prefixlen))


def plain_lines(entries: Sequence[Entry]) -> list[str]:
    """Return single addresses as such and networks as CIDR."""
    return [_short(one) for one in networks_of(entries)]


def cidr_lines(entries: Sequence[Entry]) -> list[str]:
    """Return everything as CIDR."""
    return [str(one) for one in networks_of(entries)]


def _short(network: Network) -> str:
    is_single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if is_single else str(network)


def _text(lines: Callable[[Sequence[Entry]], list[str]]) -> Callable[[Sequence[Entry]], bytes]:
    return lambda entries: "".join(f"{line}\n" for line in lines(entries)).encode()


_PLAIN = "text/plain; charset=utf-8"
FORMS: Mapping[str, Form] = {
    "plain": Form(plain_lines, _text(plain_lines), _PLAIN, ".txt"),
    "cidr": Form(cidr_lines, _text(cidr_lines), _PLAIN, ".txt"),
    "stix": Form(object_lines, bundle_of, "application/stix+json;version=2.1", ".json"),
}
