"""What each sign of a condition asks of two values.

Values of different kinds (number, text, truth, list) are never equal and have no order.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping

Asks = Callable[[object, object], bool]

LONGEST_PATTERN = 100
"""Characters of a pattern of LIKE, so that no text takes long to compare."""


def is_like(text: str, pattern: str) -> bool:
    """Tell whether a text fits a pattern in which % is any text and _ any one sign."""
    first, *others = map(_fixed, pattern.split("%"))
    if not others:
        return first.fullmatch(text) is not None
    *middle, last = others
    found = first.match(text)
    for part in middle:
        found = found and part.search(text, found.end())
    at = len(text) - len(pattern.rpartition("%")[2])
    return found is not None and found.end() <= at and last.match(text, at) is not None


def _fixed(part: str) -> re.Pattern[str]:
    # Of a fixed length and without a choice: it takes no longer than to look at each sign.
    return re.compile(".".join(map(re.escape, part.split("_"))), re.DOTALL)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _equal(left: object, right: object) -> bool:
    return _kind(left) == _kind(right) and left == right


def _less(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    numbers = _kind(left) == _kind(right) == "number"
    return (
        numbers
        and isinstance(left, int | float)
        and isinstance(right, int | float)
        and (left < right)
    )


def _in(left: object, right: object) -> bool:
    return isinstance(right, list) and any(_equal(left, item) for item in right)


def _like(left: object, right: object) -> bool:
    if not isinstance(left, str) or not isinstance(right, str):
        return False
    return len(right) <= LONGEST_PATTERN and is_like(left, right)


def _is_subset(left: object, right: object) -> bool:
    try:
        inner, outer = ipaddress.ip_network(str(left)), ipaddress.ip_network(str(right))
    except ValueError:
        return False
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


SIGNS: Mapping[str, Asks] = {
    "=": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _less,
    "<=": lambda left, right: _less(left, right) or _equal(left, right),
    ">": lambda left, right: _less(right, left),
    ">=": lambda left, right: _less(right, left) or _equal(left, right),
    "IN": _in,
    "LIKE": _like,
    "ISSUBSET": _is_subset,
}
"""The signs in the order of the grammar."""
