"""Inside, outside, dark."""

import polars as pl

from detect.endpoint import most_protected, place, to_one
from situation.assets import Assets
from tests.detect.frames import NO_ASSETS, asset, city

PRIVATE = (
    "10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.9.9", "100.64.0.1", "fd00::1", "fe80::1",
    "fdab:1::2",
)  # fmt: skip
PUBLIC = ("172.32.0.1", "100.128.0.1", "2001:db8::1", "203.0.113.1", "192.0.2.10")


def test_private_addresses_are_inside_where_the_table_is_silent() -> None:
    placed = place(pl.DataFrame({"source.ip": [*PRIVATE, *PUBLIC]}), NO_ASSETS, "source")
    assert tuple(placed.filter("source.inside")["source.ip"]) == PRIVATE


def test_the_table_says_whose_an_address_is() -> None:
    table = Assets([asset("203.0.113.0/24", "workstation"), asset("10.9.0.0/16", "partner")])
    frame = pl.DataFrame({"source.ip": ["203.0.113.5", "10.9.1.1", "198.51.100.1"]})
    placed = place(frame, table, "source")
    assert placed["source.inside"].to_list() == [True, False, False]
    assert placed["source.role"].to_list() == ["workstation", "partner", "unknown"]


def test_multicast_broadcast_and_no_address_are_no_hosts() -> None:
    addresses = ["239.1.1.1", "224.0.0.251", "255.255.255.255", "ff02::fb", "0.0.0.0", "::"]  # noqa: S104 - an address to judge
    frame = pl.DataFrame({"destination.ip": [*addresses, "10.0.0.255", "2001:db8::ff02"]})
    assert frame.filter(to_one())["destination.ip"].to_list() == ["10.0.0.255", "2001:db8::ff02"]


def test_the_most_protected_host_is_chosen_and_dark_space_is_not() -> None:
    hosts = ["10.20.1.8", "10.20.1.10", "10.20.1.15", "198.51.100.10"]
    assert most_protected(hosts, city()) == "10.20.1.15"
    assert most_protected(["10.20.99.9", "10.20.99.8"], city()) == "10.20.99.8"
    assert most_protected([], city()) is None
