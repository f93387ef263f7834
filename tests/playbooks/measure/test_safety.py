"""What is never blocked, row by row; the refusal says which row spoke."""

import ipaddress
from collections.abc import Callable

import pytest

from playbooks.machine import Refusal
from playbooks.measure.safety import (
    ADDRESS_RULES,
    DOMAIN_RULES,
    PRIVATE_RULE,
    Guard,
    refuse_domain,
    refuse_network,
)
from situation.settings import PointSettings
from tests.playbooks.measure.site import CITY, PLAN

POINTS = {
    "border": PointSettings(type="file", never=("192.0.2.0/28", "mail.example.net")),
    "resolver": PointSettings(type="rpz", zone="rpz.citywatch", never=("city.gov.cn",)),
}
GUARD = Guard(CITY, PLAN.correlation.never_link, POINTS, frozenset({"192.0.2.200"}))

REFUSED = [
    ("default_route", "0.0.0.0/0"),
    ("default_route", "::/0"),
    ("loopback", "127.0.0.1"),
    ("loopback", "::1"),
    ("link_local", "169.254.169.254"),
    ("link_local", "fe80::1"),
    ("multicast", "224.0.0.251"),
    ("multicast", "ff02::fb"),
    ("no_host", "0.0.0.5"),
    ("no_host", "255.255.255.255"),
    ("disguised", "::ffff:198.51.100.23"),
    ("disguised", "64:ff9b::c633:6417"),
    ("disguised", "2002:c633:6417::1"),
    ("too_wide", "203.0.0.0/15"),
    ("too_wide", "2a00::/31"),
    ("own_server", "192.0.2.200"),
    ("own_server", "192.0.2.192/26"),
    ("hub", "10.20.0.53"),
    ("hub", "fd00:20::53"),
    ("own_range", "10.20.10.7"),
    ("own_range", "198.51.100.10"),
    ("own_range", "198.51.0.0/16"),
    ("everybody", "114.114.114.114"),
    ("never", "192.0.2.3"),
    ("never", "192.0.2.0/24"),
    ("private", "10.99.0.1"),
    ("private", "172.16.4.0/24"),
    ("private", "192.168.1.1"),
    ("private", "100.64.0.9"),
    ("private", "fd12::1"),
]
ALLOWED = ["198.51.100.23", "203.0.114.0/24", "203.1.0.0/16", "2a00:5::/32", "2001:db8::1"]


@pytest.mark.parametrize(("row", "target"), REFUSED)
def test_each_row_refuses_and_is_named(row: str, target: str) -> None:
    guard = GUARD if row != "never" else Guard(CITY, PLAN.correlation.never_link, POINTS)
    with pytest.raises(Refusal) as refused:
        refuse_network(ipaddress.ip_network(target), guard)
    assert (refused.value.code, refused.value.where) == ("never_blocked", row)
    assert f"({row})" in refused.value.reason


def test_every_row_is_among_those_that_were_tried() -> None:
    assert {rule.key for rule in (*ADDRESS_RULES, PRIVATE_RULE)} == {row for row, _ in REFUSED}
    assert {rule.key for rule in DOMAIN_RULES} == {row for row, _ in REFUSED_NAMES}


@pytest.mark.parametrize("target", ALLOWED)
def test_others_may_be_blocked(target: str) -> None:
    network = ipaddress.ip_network(target)
    assert not _is_refused(lambda: refuse_network(network, GUARD))


def test_a_private_address_may_be_blocked_where_it_is_meant() -> None:
    refuse_network(ipaddress.ip_network("192.168.1.1"), GUARD, private=True)
    with pytest.raises(Refusal, match="own_range"):
        refuse_network(ipaddress.ip_network("10.20.10.7"), GUARD, private=True)


REFUSED_NAMES = [
    ("reserved", "localhost"),
    ("reserved", "23.100.51.198.in-addr.arpa"),
    ("reserved", "printer.local"),
    ("public_suffix", "com"),
    ("public_suffix", "gov.cn"),
    ("public_suffix", "co.uk"),
    ("zone", "bad.rpz.citywatch"),
    ("never", "city.gov.cn"),
    ("never", "www.city.gov.cn"),
    ("never", "example.net"),
    ("never", "mail.example.net"),
]


@pytest.mark.parametrize(("row", "name"), REFUSED_NAMES)
def test_each_row_refuses_a_name_and_is_named(row: str, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_domain(name, GUARD)
    assert (refused.value.code, refused.value.where) == ("never_blocked", row)


@pytest.mark.parametrize(
    "name", ["bad.example.org", "xn--fiq228c.example.cn", "city.gov.cn.evil.com"]
)
def test_other_names_may_be_sinkholed(name: str) -> None:
    assert not _is_refused(lambda: refuse_domain(name, GUARD))


def _is_refused(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Refusal:
        return True
    return False
