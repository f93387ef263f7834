"""Names of numbers: IP protocols (IANA) as ECS spells them, and numbers as keywords."""

import functools

import polars as pl

_PROTOCOLS = 256
_VLANS = 4096

_TRANSPORTS = {
    0: "hopopt", 1: "icmp", 2: "igmp", 3: "ggp", 4: "ipv4", 6: "tcp", 8: "egp", 9: "igp",
    12: "pup", 17: "udp", 27: "rdp", 29: "iso-tp4", 33: "dccp", 41: "ipv6", 43: "ipv6-route",
    44: "ipv6-frag", 46: "rsvp", 47: "gre", 50: "esp", 51: "ah", 55: "mobile", 56: "tlsp",
    57: "skip", 58: "ipv6-icmp", 59: "ipv6-nonxt", 60: "ipv6-opts", 80: "iso-ip", 88: "eigrp",
    89: "ospf", 94: "ipip", 97: "etherip", 98: "encap", 103: "pim", 108: "ipcomp", 112: "vrrp",
    113: "pgm", 115: "l2tp", 124: "isis", 132: "sctp", 133: "fc", 135: "mobility",
    136: "udplite", 137: "mpls-in-ip", 139: "hip", 140: "shim6", 142: "rohc",
}  # fmt: skip
"""IANA protocol numbers; a number without a name is named by itself."""


@functools.cache
def transport_names() -> pl.Series:
    """Return the name of each IP protocol number."""
    return pl.Series([_TRANSPORTS.get(number, str(number)) for number in range(_PROTOCOLS)])


@functools.cache
def vlan_names() -> pl.Series:
    """Return VLAN ids as keywords; 0 is no VLAN."""
    return pl.Series([None, *(str(number) for number in range(1, _VLANS))])


@functools.cache
def named_numbers(count: int) -> pl.Series:
    """Return the numbers from 0 as keywords."""
    return pl.Series([str(number) for number in range(count)])
