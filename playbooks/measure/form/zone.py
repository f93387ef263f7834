"""A response policy zone as a master file (RFC 1035, 5; draft-vixie-dnsop-dns-rpz).

All of it but the serial is a function of the domains. The serial has to grow with each change,
else secondaries would not take the zone (RFC 1982, 3): a block that came and went leaves the
zone as it was, with a higher serial.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Sequence

from playbooks.measure.entry import Entry

TTL = 60
"""Seconds that a resolver's clients keep an answer: a block ends for them as soon."""

_SERIAL = re.compile(r"^@ SOA \S+ \S+ (\d+) ", re.MULTILINE)
_HALF, _WHOLE = 2**31, 2**32


def zone_lines(domains: Sequence[str], sinkhole: str) -> list[str]:
    """Return the records of each domain and of all names below it, in the order of the names."""
    answer = _answer(sinkhole)
    return [f"{name} {answer}" for one in sorted(domains) for name in (one, f"*.{one}")]


def zone_text(zone: str, entries: Sequence[Entry], sinkhole: str, serial: int) -> bytes:
    """Return the whole file."""
    head = [
        f"$ORIGIN {zone.strip('.')}.",
        f"$TTL {TTL}",
        f"@ SOA localhost. hostmaster.localhost. {serial} 60 60 86400 {TTL}",
        "@ NS localhost.",
    ]
    lines = [*head, *zone_lines([one.target for one in entries], sinkhole)]
    return "".join(f"{line}\n" for line in lines).encode()


def serial_of(text: bytes) -> int | None:
    """Return the serial of a file that was written here, None where there is none."""
    found = _SERIAL.search(text.decode("utf-8", "replace"))
    return int(found[1]) if found else None


def is_newer(serial: int, other: int) -> bool:
    """Tell whether a serial follows another one (RFC 1982, 3.2)."""
    return 0 < (serial - other) % _WHOLE < _HALF


def next_serial(old: int | None, now: dt.datetime) -> int:
    """Return the serial of a change: seconds since 1970, or one more where that is not newer."""
    seconds = int(now.timestamp()) % _WHOLE
    if old is None or is_newer(seconds, old):
        return seconds
    return (old + 1) % _WHOLE


def _answer(sinkhole: str) -> str:
    if not sinkhole:
        # The root as the target of an alias: the name does not exist.
        return "CNAME ."
    return f"{'A' if ipaddress.ip_address(sinkhole).version == 4 else 'AAAA'} {sinkhole}"  # noqa: PLR2004 - IPv4
