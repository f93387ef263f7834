"""What is wrong with the settings of a point, all at once, before anything relies on it."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping

from playbooks.measure.target import domain_of, is_network
from situation.faults import Malformed, Misconfigured
from situation.settings import PointSettings

SHORTEST_KEY = 16
"""Characters of a key that nobody guesses."""


def faults_of(name: str, settings: PointSettings) -> list[str]:
    """Return the faults of a point by its settings, each with its place."""
    found = [*_CHECKS.get(settings.type, _nothing)(settings), *_never(settings)]
    return [f"points.{name}.{fault}" for fault in found]


def check_points(points: Mapping[str, PointSettings]) -> None:
    """Raise `Misconfigured` with every fault of every point."""
    faults = [fault for name, one in sorted(points.items()) for fault in faults_of(name, one)]
    if faults:
        raise Misconfigured.listing(faults, where="points")


def _nothing(_: PointSettings) -> Iterator[str]:
    yield from ()


def _polled(settings: PointSettings) -> Iterator[str]:
    if settings.key_file is None:
        yield "key_file: is needed"
        return
    try:
        key = settings.key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        yield "key_file: cannot be read"
        return
    if len(key) < SHORTEST_KEY:
        yield f"key_file: a key has at least {SHORTEST_KEY} characters"


def _firewall(settings: PointSettings) -> Iterator[str]:
    if settings.socket is None:
        yield "socket: is needed"


def _zone(settings: PointSettings) -> Iterator[str]:
    try:
        domain_of(settings.zone)
    except Malformed as fault:
        yield f"zone: {fault.reason}"
    try:
        ipaddress.ip_address(settings.sinkhole or "0.0.0.0")  # noqa: S104 - empty is allowed
    except ValueError:
        yield "sinkhole: is no address"


def _never(settings: PointSettings) -> Iterator[str]:
    for text in settings.never:
        try:
            _ = is_network(text) or domain_of(text)
        except Malformed:
            yield f"never: {text} is neither a network nor a domain"


_CHECKS: Mapping[str, Callable[[PointSettings], Iterator[str]]] = {
    "http": _polled,
    "nftables": _firewall,
    "rpz": _zone,
}
