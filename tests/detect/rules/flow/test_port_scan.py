"""Port scans."""

from hypothesis import given, settings
from hypothesis import strategies as st

from detect.rules.flow.port_scan import PortScanDetector
from situation.assets import Assets
from tests.detect.frames import INSIDER, OUTSIDER, asset, city, flow, flows, inspect, knock
from tests.detect.zeek import argus, zeek
from tests.testdata import testdata as public

DETECTOR = PortScanDetector()
VICTIM = "10.20.1.15"


def test_twenty_ports_within_a_minute_are_a_scan() -> None:
    claims = inspect(DETECTOR, flows(knock(n, OUTSIDER, VICTIM, 100 + n) for n in range(20))).claims
    assert [(claim.subject, claim.host_ip, claim.category) for claim in claims] == [
        (OUTSIDER, VICTIM, "scan")
    ]


def test_nineteen_ports_are_none() -> None:
    assert not inspect(
        DETECTOR, flows(knock(n, OUTSIDER, VICTIM, 100 + n) for n in range(19))
    ).claims


def test_a_slow_scan_of_a_port_every_ten_seconds_is_found_within_the_hour() -> None:
    rows = [knock(10 * n, OUTSIDER, VICTIM, 100 + n) for n in range(200)]
    assert len(inspect(DETECTOR, flows(rows)).claims) == 1


def test_a_scan_of_many_hosts_folds_into_one_claim_per_hour() -> None:
    rows = [
        knock(300 * host + port, OUTSIDER, f"10.20.1.{host}", 100 + port)
        for host in range(10)
        for port in range(25)
    ]
    (claim,) = inspect(DETECTOR, flows(rows)).claims
    assert claim.destination_ip is None
    assert claim.event_count == 250
    assert claim.reasons[2].observed == 10


def test_connections_that_carry_data_are_no_scan() -> None:
    rows = [flow(n, INSIDER, VICTIM, 30_000 + n) for n in range(100)]
    assert not inspect(DETECTOR, flows(rows)).claims


def test_a_long_flow_whose_later_record_is_empty_is_not_in_vain() -> None:
    rows = []
    for n in range(40):
        rows.append(flow(n, INSIDER, VICTIM, 100 + n, flow_id=f"f{n}", event_id=f"f{n}-1"))
        rows.append(
            flow(n + 5, INSIDER, VICTIM, 100 + n, out=0, flow_id=f"f{n}", event_id=f"f{n}-2")
        )
    assert not inspect(DETECTOR, flows(rows)).claims


def test_late_answers_of_a_resolver_and_traceroute_are_no_udp_scan() -> None:
    late = [
        flow(n, VICTIM, INSIDER, 40_000 + n, transport="udp", answered=False, source_port=53)
        for n in range(50)
    ]
    traced = [knock(n, INSIDER, OUTSIDER, 33_434 + n, transport="udp") for n in range(60)]
    assert not inspect(DETECTOR, flows([*late, *traced])).claims


def test_an_unanswered_udp_scan_is_found() -> None:
    rows = [knock(n, OUTSIDER, VICTIM, 100 + n, transport="udp") for n in range(30)]
    assert len(inspect(DETECTOR, flows(rows)).claims) == 1


def test_the_citys_own_scanner_is_silent_and_an_infected_host_weighs_more() -> None:
    rows = [knock(n, INSIDER, VICTIM, 100 + n) for n in range(30)]
    (claim,) = inspect(DETECTOR, flows(rows), city()).claims
    assert (claim.host_ip, claim.severity) == (INSIDER, 3)
    scanner = Assets([asset(f"{INSIDER}/32", "scanner")])
    assert not inspect(DETECTOR, flows(rows), scanner).claims


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3599), st.integers(1, 60)), max_size=80))
def test_the_count_is_that_of_distinct_ports(tries: list[tuple[int, int]]) -> None:
    rows = [
        knock(at, OUTSIDER, VICTIM, port) | {"event.id": str(n), "citywatch.flow.id": str(n)}
        for n, (at, port) in enumerate(tries)
    ]
    ports = len({port for _, port in tries})
    minutes: dict[int, set[int]] = {}
    for at, port in tries:
        minutes.setdefault(at // 60, set()).add(port)
    peak = max((len(found) for found in minutes.values()), default=0)
    claims = inspect(DETECTOR, flows(rows)).claims
    assert bool(claims) == (peak >= 20 or ports >= 30)
    assert all(claim.reasons[0].observed == ports for claim in claims)


def test_the_public_samples_of_vertical_scans_are_found() -> None:
    vertical = zeek(public("datasets", "slips", "port-scans", "vertical", "conn.log"))
    (claim,) = inspect(DETECTOR, vertical).claims
    assert (claim.subject, claim.destination_ip) == ("192.168.1.9", "45.33.32.156")
    downwards = argus(public("datasets", "slips", "test11-portscan.binetflow"))
    (claim,) = inspect(DETECTOR, downwards).claims
    assert (claim.subject, claim.destination_ip) == ("10.8.0.69", "14.1.11.113")
