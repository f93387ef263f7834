"""Addresses as both stores hold them: canonical text and a sortable key of 16 octets.

IPv6 text is compressed as RFC 5952 says, in hexadecimal throughout. An IPv4-mapped address
(RFC 4291, 2.5.5.2) is the IPv4 address, so the key of IPv4 is its mapped form; that is also
how Elasticsearch orders the type `ip`.
"""

import ipaddress
import socket
from collections.abc import Callable

import polars as pl

_MAPPED = bytes(10) + b"\xff\xff"


def canonical(text: str) -> str | None:
    """Return the canonical text of an address, or None where `text` is none."""
    try:
        socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return _canonical_six(text)
    return text


def _canonical_six(text: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    if address.scope_id is not None:
        return None
    return str(address.ipv4_mapped or address)


def key(text: str) -> bytes:
    """Return the sortable key of an address in canonical form; raise OSError for another."""
    if ":" in text:
        return socket.inet_pton(socket.AF_INET6, text)
    return _MAPPED + socket.inet_pton(socket.AF_INET, text)


def network_keys(network: str) -> tuple[bytes, bytes]:
    """Return the keys of the first and the last address of `network`."""
    whole = ipaddress.ip_network(network)
    first, last = whole[0].packed, whole[-1].packed
    padding = _MAPPED[: len(_MAPPED) + 4 - len(first)]
    return padding + first, padding + last


def address_of(packed: bytes) -> str:
    """Return the canonical text of the address with this key."""
    address = ipaddress.IPv6Address(packed)
    return str(address.ipv4_mapped or address)


def canonical_column(column: pl.Series) -> pl.Series:
    """Return the column in canonical text, null where it holds no address."""
    return _by_value(column, canonical, pl.String())


def key_column(column: pl.Series) -> pl.Series:
    """Return the keys of a column of canonical addresses."""
    return _by_value(column, key, pl.Binary())


def _by_value(
    column: pl.Series, translate: Callable[[str], str | bytes | None], dtype: pl.DataType
) -> pl.Series:
    values = column.drop_nulls().unique()
    if values.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=dtype)
    translated = pl.Series([translate(value) for value in values], dtype=dtype)
    return column.replace_strict(values, translated, default=None)
