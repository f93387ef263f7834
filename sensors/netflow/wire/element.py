"""Information elements: what a field of a template means (IANA, IPFIX Information Elements)."""

import csv
import enum
import functools
import pathlib
from typing import NamedTuple

_TABLE = pathlib.Path(__file__).with_name("elements.csv")

REVERSE_ENTERPRISE = 29305
"""Enterprise number of the elements that count the other direction (RFC 5103, 6.1)."""
CISCO_ENTERPRISE = 9
ENTERPRISE_BIT = 0x8000
PADDING = 210


class Type(enum.Enum):
    """How the octets of an element are read (RFC 7012, 3.1); integers may be shortened."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    FLOAT = "float"
    BOOLEAN = "boolean"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    MAC = "mac"
    STRING = "string"
    OCTETS = "octets"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    NTP = "ntp"
    """Seconds since 1900 and a fraction of 2^32 (RFC 7011, 6.1.9 and 6.1.10)."""


WHOLE_NUMBERS = frozenset({Type.UNSIGNED, Type.SECONDS, Type.MILLISECONDS, Type.NTP, Type.BOOLEAN})


class Element(NamedTuple):
    """An element: enterprise 0 is IANA's own."""

    enterprise: int
    number: int

    @property
    def name(self) -> str:
        """Name by IANA; what has none there is `enterprise:number`."""
        found = _registered(self)
        if found is None:
            return f"{self.enterprise}:{self.number}"
        name, _ = found
        return f"reverse{name[0].upper()}{name[1:]}" if self.enterprise else name

    @property
    def type(self) -> Type:
        """Type by IANA; octets where it is unknown."""
        found = _registered(self)
        return Type.OCTETS if found is None else found[1]


def element_of_version_9(number: int) -> Element:
    """Return the element of a NetFlow v9 field type.

    RFC 3954 knows no enterprises. Cisco numbers its own elements from 32768 on there, and by
    its enterprise number in IPFIX.
    """
    if number & ENTERPRISE_BIT:
        return Element(CISCO_ENTERPRISE, number & ~ENTERPRISE_BIT)
    return Element(0, number)


def _registered(element: Element) -> tuple[str, Type] | None:
    known = element.enterprise in (0, REVERSE_ENTERPRISE)
    return _registry().get(element.number) if known else None


@functools.cache
def _registry() -> dict[int, tuple[str, Type]]:
    with _TABLE.open(encoding="ascii", newline="") as file:
        return {
            int(row["number"]): (row["name"], Type(row["type"])) for row in csv.DictReader(file)
        }
