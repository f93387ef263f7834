"""An indicator in its one form, whatever spelling the feed has."""

import datetime as dt
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["address", "domain", "url", "md5", "sha256"]

LONGEST_URL = 2_048
"""Characters of a URL that a proxy's log holds; a longer one would match nothing."""

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something known to be bad. `confidence` is 0 to 100; `detail` is what else the feed says."""

    kind: Kind
    value: str
    label: str
    confidence: int
    valid_from: dt.datetime | None
    valid_until: dt.datetime
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What a feed holds: each kind and value once, and how much was left out for which reason."""

    indicators: tuple[Known, ...]
    skipped: Counter[str]


def in_one_form(kind: str, value: str) -> str | None:
    """Return a value in the form that it is kept and looked up in; None for what is no such value.

    Addresses in short form, networks as CIDR; domains in lower case as A-labels (RFC 5890) without
    the last dot; digests in lower case. Defanged values are read as what they stand for.
    """
    form = _FORMS.get(kind)
    return form(_refanged(value.strip())) if form is not None else None


def _refanged(value: str) -> str:
    # Feeds for people write hxxp and [.] so that nobody clicks.
    plain = value.replace("[.]", ".").replace("[:]", ":")
    return re.sub(r"^hxxp", "http", plain, flags=re.IGNORECASE)


def _address(value: str) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    if network.prefixlen == network.max_prefixlen:
        return str(network.network_address)
    return str(network)


def _domain(value: str) -> str | None:
    try:
        name = value.rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = name.split(".")
    whole = len(labels) > 1 and len(name) <= _LONGEST_NAME
    fits = whole and all(_LABEL.fullmatch(label) for label in labels)
    return name if fits and not labels[-1].isdigit() else None


def _url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", "ftp"} or not host or len(value) > LONGEST_URL:
        return None
    return None if re.search(r"[\s\x00-\x1f]", value) else value


def _digest(length: int) -> Callable[[str], str | None]:
    whole = re.compile(rf"[0-9a-f]{{{length}}}")

    def form(value: str) -> str | None:
        lower = value.lower()
        return lower if whole.fullmatch(lower) else None

    return form


_FORMS: Mapping[str, Callable[[str], str | None]] = {
    "address": _address,
    "domain": _domain,
    "url": _url,
    "md5": _digest(32),
    "sha256": _digest(64),
}

KINDS = tuple(_FORMS)
