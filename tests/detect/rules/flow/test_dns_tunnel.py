"""DNS tunnels."""

import datetime as dt
import random

import polars as pl
import pytest

from detect.rules.flow.dns_tunnel import DnsTunnelDetector
from tests.detect.frames import INSIDER, Row, city, inspect, messages, metered, question
from tests.testdata import testdata as public

DETECTOR = DnsTunnelDetector()
TUNNELS = (
    "dns2tcp-key_00002_20230905100101.pcap",
    "dnscat2-cname_00001_20230903170247.pcap",
    "dnscat2-txt_00001_20230903183304.pcap",
)
NORMAL = ("normal_00062_20230806144212.pcap", "normal_00067_20230806152800.pcap")


def _labels(count: int, length: int) -> list[str]:
    dice = random.Random(4)  # noqa: S311 - seeded names for a test
    return ["".join(dice.choices("abcdef0123456789", k=length)) for _ in range(count)]


def _asked(count: int, *, every: float, kind: str, length: int, client: str = INSIDER) -> list[Row]:
    return [
        question(every * n, client, f"{label}.tunnel.example", kind=kind)
        for n, label in enumerate(_labels(count, length))
    ]


@pytest.mark.parametrize("file", TUNNELS)
def test_a_public_tunnel_is_found_within_ten_seconds(file: str) -> None:
    dns = metered(public("datasets", "dns-tunnel", "tunnel", file))[1].sort("@timestamp")
    first = dns["@timestamp"][0]
    beginning = dns.filter(pl.col("@timestamp") < first + dt.timedelta(seconds=10))
    claims = inspect(DETECTOR, beginning).claims
    assert {claim.indicators["domain"] for claim in claims} == {"ggy666.tk"}


@pytest.mark.parametrize("file", NORMAL)
def test_public_normal_look_ups_are_silent(file: str) -> None:
    dns = metered(public("datasets", "dns-tunnel", "normal", file))[1]
    assert dns.height > 2000
    assert not inspect(DETECTOR, dns).claims


@pytest.mark.parametrize("kind", ["TXT", "NULL", "KEY", "CNAME"])
def test_a_tunnel_thinned_to_a_question_every_thirty_seconds_is_found_in_an_hour(kind: str) -> None:
    (claim,) = inspect(DETECTOR, messages(_asked(119, every=30, kind=kind, length=14))).claims
    assert (claim.subject, claim.severity) == (f"{INSIDER}>tunnel.example", 3)


def test_a_tunnel_in_address_questions_needs_long_names_and_many() -> None:
    assert len(inspect(DETECTOR, messages(_asked(200, every=2, kind="A", length=50))).claims) == 1
    assert not inspect(DETECTOR, messages(_asked(200, every=2, kind="A", length=12))).claims
    assert not inspect(DETECTOR, messages(_asked(40, every=60, kind="A", length=50))).claims


def test_names_of_a_content_network_are_silent() -> None:
    rows = [
        question(n, f"10.20.10.{20 + n % 9}", f"r{n % 5}---sn-{label}.edge.example")
        for n, label in enumerate(_labels(900, 8))
    ]
    assert not inspect(DETECTOR, messages(rows)).claims


def test_hash_look_ups_that_many_clients_ask_are_a_service() -> None:
    rows = [
        question(n, f"10.20.10.{20 + n % 5}", f"{label}.l.avcheck.example")
        for n, label in enumerate(_labels(3000, 32))
    ]
    assert not inspect(DETECTOR, messages(rows)).claims


def test_reverse_look_ups_are_no_tunnel() -> None:
    rows = [question(n / 10, INSIDER, f"{n}.1.20.10.in-addr.arpa", kind="PTR") for n in range(250)]
    assert not inspect(DETECTOR, messages(rows)).claims


def test_a_resolver_that_passes_questions_on_is_not_claimed_beside_its_client() -> None:
    asked = _asked(100, every=1, kind="TXT", length=60)
    passed = [
        question(n + 0.002, "10.20.0.53", str(row["dns.question.name"]), kind="TXT")
        for n, row in enumerate(asked)
    ]
    claims = inspect(DETECTOR, messages([*asked, *passed]), city()).claims
    assert [claim.host_ip for claim in claims] == [INSIDER]
    alone = inspect(DETECTOR, messages(passed), city()).claims
    assert [claim.host_ip for claim in alone] == ["10.20.0.53"]


def test_the_same_name_asked_often_counts_once() -> None:
    name = f"{_labels(1, 40)[0]}.tunnel.example"
    rows = [question(n, INSIDER, name, kind="TXT") for n in range(500)]
    assert not inspect(DETECTOR, messages(rows)).claims
