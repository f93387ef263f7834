"""Addresses of networks (RFC 791, RFC 4291) and of mail (RFC 5321)."""

import ipaddress
from functools import lru_cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from detect.classified.number.number import Number
from detect.classified.recogniser import LIKELY, POSSIBLE, SHAPE, Judged

_IPV4: Final = Judged(POSSIBLE, ("octets",))
_SECTION: Final = Judged(SHAPE, ("octets",))
_LARGEST: Final = 255
_ARCS, _SECOND_ARCS = 2, 40
"""First and second arc of object identifiers (ITU-T X.660): 2.5.29.37."""
_SMALL: Final = 30
"""Up to here four figures are more likely those of a section or a version."""
_VERSION: Final = (10, 100)
"""Below these the first figure and all others are more likely those of a version: 4.8.40.29."""


def _as_it_is(found: str) -> str:
    return found.lower()


def _ipv4(value: str) -> Judged | None:
    parts = value.split(".")
    octets = [int(part) for part in parts]
    if max(octets) > _LARGEST or any(len(part) > 1 and part[0] == "0" for part in parts):
        return None
    if octets[0] in {0, 255} or max(octets) == 0:
        return None
    identifier = octets[0] <= _ARCS and octets[1] < _SECOND_ARCS
    version = octets[0] < _VERSION[0] and max(octets) < _VERSION[1]
    return _SECTION if identifier or version or max(octets) <= _SMALL else _IPV4


_IPV6: Final = Judged(LIKELY, ("parsed",))
_FEW_GROUPS: Final = 3


def _ipv6(value: str) -> Judged | None:
    try:
        address = ipaddress.IPv6Address(value)
    except ipaddress.AddressValueError:
        return None
    groups = [group for group in value.split(":") if group]
    telling = len(groups) >= _FEW_GROUPS or max(map(len, groups), default=0) >= _FEW_GROUPS
    return _IPV6 if telling and not address.is_unspecified and len(groups) > 1 else None


_MAIL: Final = Judged(LIKELY + 0.1, ("domain",))
_SUFFIXES: Final = PublicSuffixList(accept_unknown=False)
_INSIDE: Final = frozenset(
    {"example", "test", "internal", "intranet", "local", "lan", "corp", "home"}
)
"""Top domains of networks of one's own and of examples (RFC 2606, RFC 6762 appendix G)."""


def _mail(value: str) -> Judged | None:
    local, _, domain = value.rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in value or domain.startswith("-"):
        return None
    return _MAIL if _is_known(domain) else None


@lru_cache(maxsize=4096)
def _is_known(domain: str) -> bool:
    return domain.rpartition(".")[2] in _INSIDE or _SUFFIXES.publicsuffix(domain) is not None


_HEX: Final = "[0-9A-Fa-f]{1,4}"
_NO_GROUP: Final = r"(?<![0-9A-Za-z.])(?<!::)" + "".join(
    rf"(?<![^0-9A-Za-z][0-9A-Fa-f]{{{length}}}:)" for length in range(1, 5)
)
"""Left bound: no group of the same address stands before; a label with its colon may."""

NETWORK_ADDRESSES: Final = (
    Number(
        kind="email",
        group=10,
        wakes=(r"[0-9A-Za-z_%+\-]@[0-9A-Za-z\-]+\.[A-Za-z]",),
        shape=r"[0-9A-Za-z_%+\-][0-9A-Za-z._%+\-]{0,63}@(?:[0-9A-Za-z\-]{1,63}\.){1,8}[A-Za-z]{2,24}",
        judge=_mail,
        form=_as_it_is,
        left=r"(?<![0-9A-Za-z._%+\-])",
        right=r"(?![0-9A-Za-z@])",
        decimals=True,
    ),
    Number(
        kind="ipv4",
        group=13,
        wakes=(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",),
        shape=r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
        judge=_ipv4,
        form=_as_it_is,
        left=r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][.\-_])",
        right=r"(?![0-9A-Za-z]|\.[0-9]|[-_][0-9A-Za-z])",
        decimals=True,
    ),
    Number(
        kind="ipv6",
        group=13,
        wakes=(f"{_HEX}:{_HEX}:{_HEX}:", f"{_HEX}::", "::[0-9A-Fa-f]"),
        shape=rf"(?:{_HEX}:){{7}}{_HEX}|(?:{_HEX}:){{1,7}}:(?:{_HEX}(?::{_HEX}){{0,6}})?"
        rf"|::{_HEX}(?::{_HEX}){{0,6}}",
        judge=_ipv6,
        form=_as_it_is,
        left=_NO_GROUP,
        right=r"(?![0-9A-Za-z:])",
        decimals=True,
    ),
)
