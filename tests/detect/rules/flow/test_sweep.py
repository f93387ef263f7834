"""Sweeps."""

import pytest

from detect.rules.flow.sweep import SweepDetector
from situation.assets import Assets
from tests.detect.frames import (
    INSIDER,
    OUTSIDER,
    Row,
    asset,
    city,
    flow,
    flows,
    inspect,
    knock,
)
from tests.detect.zeek import argus, zeek
from tests.testdata import testdata as public

DETECTOR = SweepDetector()


def _hosts(count: int, *, network: str = "198.51.100", port: int = 23) -> list[Row]:
    return [knock(n, INSIDER, f"{network}.{n + 1}", port) for n in range(count)]


@pytest.mark.parametrize(("count", "found"), [(19, 0), (20, 1)])
def test_twenty_hosts_on_one_port_are_a_sweep(count: int, found: int) -> None:
    assert len(inspect(DETECTOR, flows(_hosts(count))).claims) == found


def test_dark_space_of_the_own_plan_lowers_the_bar() -> None:
    rows = _hosts(12, network="10.20.77")
    (claim,) = inspect(DETECTOR, flows(rows), city()).claims
    assert claim.reasons[1].metric == "dark_hosts"
    assert claim.reasons[1].observed == 12
    lit = Assets([asset("10.20.0.0/16", "workstation")])
    assert not inspect(DETECTOR, flows(rows), lit).claims


def test_two_swept_ports_are_one_claim() -> None:
    (claim,) = inspect(DETECTOR, flows([*_hosts(30), *_hosts(25, port=2323)])).claims
    assert claim.indicators["port"] == "23"
    assert claim.reasons[2].observed == 2


def test_browsing_to_many_hosts_is_no_sweep() -> None:
    rows = [flow(n, INSIDER, f"198.51.100.{n + 1}", 443) for n in range(120)]
    assert not inspect(DETECTOR, flows([*rows, *_hosts(8, port=443)])).claims


def test_multicast_and_broadcast_are_no_hosts() -> None:
    rows = [knock(n, INSIDER, f"239.1.1.{n + 1}", 1900, transport="udp") for n in range(60)]
    assert not inspect(DETECTOR, flows(rows)).claims


def test_the_alert_of_an_outside_sweep_belongs_to_the_most_protected_host() -> None:
    rows = [knock(n, OUTSIDER, f"10.20.1.{n + 8}", 22) for n in range(30)]
    (claim,) = inspect(DETECTOR, flows(rows), city()).claims
    assert claim.host_ip == "10.20.1.15"
    assert claim.destination_ip is None


def test_the_monitor_may_ping_everybody_and_nobody_else_may() -> None:
    rows = [
        flow(n, "10.20.0.161", f"10.20.1.{n + 1}", 0, transport="icmp", source_port=8)
        for n in range(40)
    ]
    assert not inspect(DETECTOR, flows(rows), city()).claims
    assert len(inspect(DETECTOR, flows(rows)).claims) == 1


def test_the_public_samples_of_sweeps_are_found() -> None:
    horizontal = zeek(public("datasets", "slips", "port-scans", "horizontal", "conn.log"))
    (claim,) = inspect(DETECTOR, horizontal).claims
    assert (claim.subject, claim.indicators["port"]) == ("10.0.2.112", "80")
    botnet = argus(public("datasets", "slips", "test4-malicious.binetflow"))
    claims = inspect(DETECTOR, botnet).claims
    assert {(claim.subject, claim.indicators["port"]) for claim in claims} <= {
        ("192.168.2.12", "81"),
        ("192.168.2.12", "23"),
    }
    assert claims
    pinged = argus(public("datasets", "slips", "test11-portscan.binetflow"))
    (claim,) = inspect(DETECTOR, pinged).claims
    assert claim.subject == "10.8.0.69"
    assert "port" not in claim.indicators
