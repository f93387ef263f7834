"""What a measure is about: a network or a domain, each in one form."""

import ipaddress
import re

from situation.assets import Network
from situation.faults import Malformed

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253
"""Characters of a name without its last dot (RFC 1035, 2.3.4)."""


def network_of(text: str, where: str = "address") -> Network:
    """Return an address or a network as a network; raise `Malformed` where it is none.

    A network with bits right of its prefix is refused: what is meant would be a guess.
    """
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise Malformed(f"is neither an address nor a network: {error}", where=where) from error


def domain_of(text: str, where: str = "domain") -> str:
    """Return a domain in lower case as A-labels (RFC 5890), without its last dot.

    Raise `Malformed` where it is none.
    """
    try:
        name = text.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise Malformed("is no domain name", where=where) from error
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise Malformed("is no domain name", where=where)
    return name


def is_network(text: str) -> bool:
    """Tell whether a text names an address or a network."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
