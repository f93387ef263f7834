"""What is never blocked: the city's own, what everybody needs, and what is far too wide.

Each rule is a row. A refusal names its row in `where`, so that a reader sees which one spoke.
"""

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from publicsuffixlist import PublicSuffixList

from playbooks.machine import Refusal
from playbooks.measure.own import own_addresses
from playbooks.measure.target import is_network
from playbooks.plan import Plan
from situation.assets import HUB_ROLES, Assets, Network
from situation.settings import PointSettings

SHORTEST_PREFIX: Mapping[int, int] = {4: 16, 6: 32}
"""The widest network that may be blocked, by version of IP."""


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


LOOPBACK = _networks("127.0.0.0/8", "::1/128")
LINK_LOCAL = _networks("169.254.0.0/16", "fe80::/10")
MULTICAST = _networks("224.0.0.0/4", "ff00::/8")
NO_HOST = _networks("0.0.0.0/8", "240.0.0.0/4", "::/128")
"""This network, reserved, broadcast, unspecified (RFC 6890)."""
DISGUISED = _networks("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
"""Networks of IPv6 whose addresses stand for one of IPv4 (RFC 4291, 6052, 8215, 3056, 4380)."""
PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Addresses inside of organisations and carriers (RFC 1918, 6598, 4193)."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What the rules look at. `own` are addresses of this machine and of its name servers."""

    assets: Assets
    never_link: Collection[str]
    points: Mapping[str, PointSettings]
    own: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: its key, whether it forbids a target, and why in English."""

    key: str
    forbids: Callable[[Network, Guard], bool]
    reason: str


def guard_of(plan: Plan, assets: Assets, points: Mapping[str, PointSettings]) -> Guard:
    """Return what the rules look at in this house, for these points."""
    return Guard(assets, plan.correlation.never_link, points, own_addresses())


def _touches(network: Network, others: Iterable[Network]) -> bool:
    return any(one.version == network.version and one.overlaps(network) for one in others)


def _is_within(*forbidden: Network) -> Callable[[Network, Guard], bool]:
    return lambda network, _: _touches(network, forbidden)


def _is_hub(network: Network, guard: Guard) -> bool:
    return _touches(network, (row.range for row in guard.assets.rows if row.role in HUB_ROLES))


def _never(guard: Guard) -> list[Network]:
    texts = [text for point in guard.points.values() for text in point.never if is_network(text)]
    return [ipaddress.ip_network(text) for text in texts]


ADDRESS_RULES: Sequence[Rule] = (
    Rule("default_route", lambda n, _: n.prefixlen == 0, "it is the default route"),
    Rule("loopback", _is_within(*LOOPBACK), "it is the loopback network"),
    Rule("link_local", _is_within(*LINK_LOCAL), "it is link-local"),
    Rule("multicast", _is_within(*MULTICAST), "it is multicast"),
    Rule("no_host", _is_within(*NO_HOST), "no host has such an address"),
    Rule("disguised", _is_within(*DISGUISED), "it stands for an address of IPv4: name that one"),
    Rule(
        "too_wide",
        lambda n, _: n.prefixlen < SHORTEST_PREFIX[n.version],
        "the network is wider than /16 (IPv4) or /32 (IPv6)",
    ),
    Rule(
        "own_server",
        lambda n, guard: _touches(n, map(ipaddress.ip_network, guard.own)),
        "it is this machine or a name server that it asks",
    ),
    Rule("hub", _is_hub, "a host that everybody meets stands there (name server, proxy, gateway)"),
    Rule(
        "own_range",
        lambda n, guard: _touches(n, (row.range for row in guard.assets.rows)),
        "it is of the city or of a partner: it stands in the asset table",
    ),
    Rule(
        "everybody",
        lambda n, guard: _touches(n, map(ipaddress.ip_network, guard.never_link)),
        "everybody meets it: the plan names it among those that never link",
    ),
    Rule(
        "never", lambda n, guard: _touches(n, _never(guard)), "a point's list of never names it"
    ),
)  # fmt: skip
PRIVATE_RULE = Rule("private", _is_within(*PRIVATE), "it is private; say `private` to mean it")


def refuse_network(network: Network, guard: Guard, *, private: bool = False) -> None:
    """Raise `Refusal` with code `never_blocked` and the key of the row that forbids a network."""
    rules = (*ADDRESS_RULES, *(() if private else (PRIVATE_RULE,)))
    for rule in rules:
        if rule.forbids(network, guard):
            raise Refusal("never_blocked", f"{network} ({rule.key}): {rule.reason}", where=rule.key)


_SUFFIXES = PublicSuffixList()
RESERVED_NAMES = ("localhost", "local", "internal", "arpa", "onion", "invalid", "test")
"""Names that are no host's on the internet, or that turn addresses into names (RFC 6761, 3172)."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """One row for domains."""

    key: str
    forbids: Callable[[str, Guard], bool]
    reason: str


def _is_below(name: str, others: Iterable[str]) -> bool:
    return any(name == one or name.endswith(f".{one}") for one in others)


def _is_above(name: str, others: Iterable[str]) -> bool:
    return any(one.endswith(f".{name}") for one in others)


def _never_names(guard: Guard) -> list[str]:
    texts = [text for point in guard.points.values() for text in point.never]
    return [text.lower().strip(".") for text in texts if not is_network(text)]


def _zones(guard: Guard) -> list[str]:
    return [point.zone.strip(".").lower() for point in guard.points.values()]


def _is_never(name: str, guard: Guard) -> bool:
    # A name above takes those below with it.
    names = _never_names(guard)
    return _is_below(name, names) or _is_above(name, names)


DOMAIN_RULES: Sequence[NameRule] = (
    NameRule("reserved", lambda name, _: _is_below(name, RESERVED_NAMES), "the name is reserved"),
    NameRule(
        "public_suffix",
        lambda name, _: "." not in name or _SUFFIXES.privatesuffix(name) is None,
        "it is a registry's own name: everybody below would be hit",
    ),
    NameRule(
        "zone", lambda name, guard: _is_below(name, _zones(guard)), "it is the policy zone's own"
    ),
    NameRule("never", _is_never, "a point's list of never names it, or a name below it"),
)  # fmt: skip


def refuse_domain(name: str, guard: Guard) -> None:
    """Raise `Refusal` with code `never_blocked` and the key of the row that forbids a domain."""
    for rule in DOMAIN_RULES:
        if rule.forbids(name, guard):
            raise Refusal("never_blocked", f"{name} ({rule.key}): {rule.reason}", where=rule.key)
