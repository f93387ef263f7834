"""Targets come in one form, or are refused."""

import pytest

from playbooks.measure.target import domain_of, network_of
from situation.faults import Malformed


@pytest.mark.parametrize(
    ("text", "network"),
    [
        (" 198.51.100.23 ", "198.51.100.23/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:DB8::0:1", "2001:db8::1/128"),
    ],
)
def test_an_address_becomes_a_network(text: str, network: str) -> None:
    assert str(network_of(text)) == network


@pytest.mark.parametrize("text", ["", "198.51.100", "198.51.100.23/24", "1.2.3.4;reboot", "any"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="network"):
        network_of(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bad.Example.ORG.", "bad.example.org"),
        ("坏站.example.cn", "xn--7esy04f.example.cn"),
        ("_dmarc.example.org", "_dmarc.example.org"),
    ],
)
def test_a_domain_becomes_its_a_labels(text: str, name: str) -> None:
    assert domain_of(text) == name


@pytest.mark.parametrize(
    "text", ["", ".", "a..b", "-a.org", "a b.org", "$(id).org", "x" * 64 + ".org"]
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="no domain"):
        domain_of(text)
