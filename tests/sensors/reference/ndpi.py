"""Flow lines of ndpiReader (README of `captures/ndpi`)."""

import contextlib
import ipaddress
import pathlib
import re
from collections.abc import Iterator

from tests.sensors.reference.ladder import WITHOUT_SCTP, Endpoint, Key, Sums, rung

_LINE = re.compile(
    r"^\t\d+\t(?P<transport>\S+) (?P<source>\S+) <?-> (?P<destination>\S+) .*?"
    r"\[(?P<sp>\d+) pkts/(?P<sb>\d+) bytes <?-> (?P<dp>\d+) pkts/(?P<db>\d+) bytes\]"
)
_TRANSPORTS = {"ICMPV6": "ipv6-icmp"}
_NUMBERS = {"88": "eigrp", "85": "85"}


def endpoint(text: str) -> Endpoint:
    """Read `address:port`, an IPv6 address in brackets or bare.

    ndpiReader shortens some IPv6 addresses in two places, which is no address; such text stays.
    """
    address, _, port = text.rpartition(":")
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(address.strip("[]"))), int(port)
    return address, int(port)


def records(expected: pathlib.Path) -> Iterator[tuple[Key, Sums]]:
    """Yield what each flow line says, octets on the link."""
    for line in expected.read_text(encoding="utf-8", errors="replace").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        name = found["transport"]
        transport = _TRANSPORTS.get(name) or _NUMBERS.get(name) or name.lower()
        source, destination = endpoint(found["source"]), endpoint(found["destination"])
        sums = (int(found["sp"]), int(found["sb"]), int(found["dp"]), int(found["db"]))
        yield rung(transport, source, destination, sums, WITHOUT_SCTP)


def field_of(line: str, name: str) -> str | None:
    """Return a field such as `JA4` or `Hostname/SNI` of a flow line."""
    found = re.search(rf"\[{re.escape(name)}: ([^\]]*)\]", line)
    return found[1] if found else None
