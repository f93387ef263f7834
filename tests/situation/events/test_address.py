"""Addresses have one text and one key."""

import ipaddress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.events.address import (
    address_of,
    canonical,
    canonical_column,
    key,
    key_column,
    network_keys,
)

ADDRESSES = st.ip_addresses(v=4) | st.ip_addresses(v=6)


@given(ADDRESSES)
def test_a_key_leads_back_to_the_address(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    text = canonical(address.exploded)
    assert text is not None
    assert address_of(key(text)) == text
    assert canonical(text) == text


@given(st.lists(st.ip_addresses(v=6), max_size=5))
def test_keys_sort_as_addresses_do(addresses: list[ipaddress.IPv6Address]) -> None:
    assert sorted(addresses) == [
        ipaddress.IPv6Address(packed) for packed in sorted(a.packed for a in addresses)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::FFFF:0a00:1", "10.0.0.1"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("::1.2.3.4", "::102:304"),
        ("10.0.0.01", None),
        ("10.0.0", None),
        ("fe80::1%eth0", None),
        ("10.0.0.1\x00", None),
        ("", None),
    ],
)
def test_the_canonical_text_of_an_address(text: str, expected: str | None) -> None:
    assert canonical(text) == expected


def test_a_network_of_ipv4_lies_among_mapped_addresses() -> None:
    assert network_keys("10.0.0.0/8") == (key("10.0.0.0"), key("10.255.255.255"))
    assert network_keys("::/0") == (bytes(16), b"\xff" * 16)


OCTETS = st.integers(0, 300).map(str) | st.sampled_from(("00", "01", "", "1a", "１", "+1", " 1"))
ALMOST = st.lists(OCTETS, min_size=3, max_size=5).map(".".join)
WRITTEN = ADDRESSES.map(str) | ADDRESSES.map(lambda address: address.exploded.upper())


@given(st.lists(st.none() | WRITTEN | ALMOST | st.text(":.0123456789abF\n\x00%", max_size=20)))
def test_a_column_is_read_as_each_of_its_addresses(texts: list[str | None]) -> None:
    column = canonical_column(pl.Series("source.ip", texts, dtype=pl.String()))
    assert column.to_list() == [None if text is None else canonical(text) for text in texts]
    keys = key_column(column)
    assert keys.name == column.name == "source.ip"
    assert keys.to_list() == [None if text is None else key(text) for text in column]
