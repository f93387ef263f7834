"""The evidence of an alert: events of the store, or findings of the scan, which are none."""

import pathlib

import pytest

from situation.events.dataset import FINDING
from situation.events.opening import open_event_store
from soc_api.web.query.evidence import EventLine, evidence_of
from tests.playbooks.intrusion import alert


def test_findings_of_a_scan_are_counted_and_not_missed_in_the_store(
    tmp_path: pathlib.Path,
) -> None:
    events = open_event_store(str(tmp_path / "events"))
    events.setup()
    row = alert("data_exposure", 0, evidence_dataset=FINDING, evidence=["f1", "f2"], event_count=70)
    shown = evidence_of(events, row)
    assert (shown.dataset, shown.total, shown.events, shown.gone) == (FINDING, 70, [], 0)


BETWEEN = "ip.addr == 10.1.0.5 && ip.addr == 10.1.0.9"


@pytest.mark.parametrize(
    ("transport", "source", "destination", "wanted"),
    [
        (
            "tcp",
            ("10.1.0.5", 4000),
            ("10.1.0.9", 22),
            f"{BETWEEN} && tcp.port == 4000 && tcp.port == 22",
        ),
        ("icmp", ("2001:db8::1", 8), ("::2", 0), "ipv6.addr == 2001:db8::1 && ipv6.addr == ::2"),
        ("udp", ("10.1.0.5", None), ("10.1.0.9", None), BETWEEN),
        ("tcp", (None, None), ("10.1.0.9", 22), ""),
    ],
    ids=["ports", "icmp of IPv6", "a fragment", "a log"],
)
def test_the_packets_of_an_event_are_those_between_its_ends(
    transport: str,
    source: tuple[str | None, int | None],
    destination: tuple[str | None, int | None],
    wanted: str,
) -> None:
    line = EventLine(
        {
            "network.transport": transport,
            "source.ip": source[0],
            "source.port": source[1],
            "destination.ip": destination[0],
            "destination.port": destination[1],
        }
    )
    assert line.display_filter == wanted
