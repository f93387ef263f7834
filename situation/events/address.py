"""Addresses as both stores hold them: canonical text and a sortable key of 16 octets.

IPv6 text is compressed as RFC 5952 says, in hexadecimal throughout. An IPv4-mapped address
(RFC 4291, 2.5.5.2) is the IPv4 address, so the key of IPv4 is its mapped form; that is also
how Elasticsearch orders the type `ip`.
"""

import ipaddress
import socket
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

_MAPPED = bytes(10) + b"\xff\xff"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_FOUR = rf"^(?:{_OCTET}\.){{3}}{_OCTET}$"
"""IPv4 as `inet_pton` takes it: four decimal numbers without leading zeros."""


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
    others = ~column.str.contains(_FOUR)
    return _replaced(column, others, _canonical_six) if others.any() else column


def key_column(column: pl.Series) -> pl.Series:
    """Return the keys of a column of canonical addresses."""
    six = column.str.contains(":", literal=True)
    octets = np.zeros((len(column), len(_MAPPED) + 4), np.uint8)
    octets[:, len(_MAPPED) - 2 : len(_MAPPED)] = 0xFF
    parts = column.set(six, None).str.split_exact(".", 3).struct.unnest()
    numbers = parts.select(pl.all().cast(pl.UInt8).fill_null(0))
    octets[:, len(_MAPPED) :] = numbers.to_numpy()
    if six.any():
        packed = b"".join(key(text) for text in column.filter(six))
        octets[six.fill_null(value=False).to_numpy()] = _rows_of(packed)
    keys = pl.Series(octets).cast(pl.List(pl.UInt8)).cast(pl.Binary)
    return keys.set(column.is_null(), None).alias(column.name)


def _rows_of(packed: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(packed, np.uint8).reshape(-1, len(_MAPPED) + 4)


def _replaced(
    column: pl.Series, which: pl.Series, translate: Callable[[str], str | None]
) -> pl.Series:
    values = column.filter(which).unique()
    translated = pl.Series([translate(value) for value in values], dtype=pl.String())
    changed = column.replace_strict(values, translated, default=None, return_dtype=pl.String())
    return column.zip_with(~which, changed)
