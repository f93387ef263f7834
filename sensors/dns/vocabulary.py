"""Names of DNS numbers (IANA, Domain Name System Parameters)."""

import functools

import numpy as np
import polars as pl

from sensors.dns.layout import NO_QUESTION, Names

_TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 11: "WKS", 12: "PTR", 13: "HINFO",
    14: "MINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB", 24: "SIG", 25: "KEY", 28: "AAAA",
    29: "LOC", 33: "SRV", 35: "NAPTR", 36: "KX", 37: "CERT", 39: "DNAME", 41: "OPT", 42: "APL",
    43: "DS", 44: "SSHFP", 45: "IPSECKEY", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID",
    50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA", 53: "SMIMEA", 55: "HIP", 59: "CDS",
    60: "CDNSKEY", 61: "OPENPGPKEY", 62: "CSYNC", 63: "ZONEMD", 64: "SVCB", 65: "HTTPS",
    99: "SPF", 108: "EUI48", 109: "EUI64", 249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR",
    253: "MAILB", 255: "ANY", 256: "URI", 257: "CAA", 32768: "TA", 32769: "DLV",
}  # fmt: skip
_NETBIOS = ("NB", "NBSTAT")
_CODES = {
    **dict(
        enumerate(
            (
                "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN",
                "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
            )
        )
    ),
    16: "BADVERS", 17: "BADKEY", 18: "BADTIME", 19: "BADMODE", 20: "BADNAME", 21: "BADALG",
    22: "BADTRUNC", 23: "BADCOOKIE",
}  # fmt: skip
_CLASSES = {1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}
_OPERATIONS = {0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE", 6: "DSO"}
_NETBIOS_OPERATIONS = {
    0: "QUERY", 5: "REGISTRATION", 6: "RELEASE", 7: "WACK", 8: "REFRESH", 9: "REFRESH",
    15: "MULTIHOMED_REGISTRATION",
}  # fmt: skip

_NUMBERS = NO_QUESTION
NO_CODE = 4096
"""Position of null among the names of response codes, which have 12 bits with EDNS."""
NO_CLASS = _NUMBERS
"""Position of null among the names of classes."""
NETBIOS_OPERATIONS = 16
"""Where the operations of the NetBIOS name service begin among those of DNS."""


@functools.cache
def type_names() -> pl.Series:
    """Return the names of record types; an unknown one is TYPE and its number (RFC 3597)."""
    usual = (_TYPES.get(number, f"TYPE{number}") for number in range(_NUMBERS))
    return pl.Series([*usual, None, *_NETBIOS])


@functools.cache
def type_texts() -> Names:
    """Return the same names as octets for the compiled parser, null as nothing."""
    names = [(name or "").encode() for name in type_names()]
    ends = np.zeros(len(names) + 1, np.int64)
    ends[1:] = np.cumsum([len(name) for name in names])
    return Names(np.frombuffer(bytearray(b"".join(names)), np.uint8), ends)


@functools.cache
def code_names() -> pl.Series:
    """Return the names of response codes; one without a name is its number."""
    return pl.Series([*(_CODES.get(code, str(code)) for code in range(NO_CODE)), None])


@functools.cache
def class_names() -> pl.Series:
    """Return the names of classes; one without a name is CLASS and its number (RFC 3597)."""
    return pl.Series(
        [*(_CLASSES.get(number, f"CLASS{number}") for number in range(_NUMBERS)), None]
    )


@functools.cache
def operation_names() -> pl.Series:
    """Return the names of operations, those of NetBIOS behind those of DNS."""
    tables = (_OPERATIONS, _NETBIOS_OPERATIONS)
    numbers = range(NETBIOS_OPERATIONS)
    return pl.Series([table.get(number, str(number)) for table in tables for number in numbers])
