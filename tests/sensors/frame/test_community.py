"""Community ID v1 against the vectors of its specification."""

import gzip
import json
import pathlib
from typing import Any

import pytest
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

from tests import testdata
from tests.sensors.building import RAW, START, meter, pcap, written

ANSWERS = {129, 0, 14, 16, 18, 140, 145, 130, 131, 134, 133, 136, 135, 9, 10, 17, 13, 15, 8, 128}


def rows(name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(
        testdata.testdata("vectors", "community-id", "baseline", name).read_text()
    )
    return content


def packet(row: dict[str, Any]) -> bytes:
    """Return a packet with the tuple of a vector; a two-way ICMP type needs no code."""
    ports = [row["sport"] or 0, row["dport"] or 0]
    if row["proto"] in (1, 58):
        code = 0 if ports[0] in ANSWERS else ports[1]
        payload = bytes([ports[0], code]) + b"\0" * 6
    else:
        payload = b"".join(port.to_bytes(2) for port in ports) + b"\0" * 16
    ends = {"src": row["saddr"], "dst": row["daddr"]}
    if ":" in row["saddr"]:
        return bytes(IPv6(**ends, nh=row["proto"]) / Raw(payload))
    return bytes(IP(**ends, proto=row["proto"]) / Raw(payload))


def test_every_vector_has_its_id(tmp_path: pathlib.Path) -> None:
    for number, row in enumerate(rows("baseline_deflt.json")):
        path = written(tmp_path, pcap([(START, packet(row))], link=RAW), f"{number}.pcap")
        assert meter(path).flow["network.community_id"] == row["communityid"], row


def test_the_captures_of_the_specification_give_its_ids() -> None:
    expected = {row["communityid"] for row in rows("baseline_deflt.json")}
    found = set()
    for path in sorted(testdata.testdata("vectors", "community-id", "pcaps").iterdir()):
        result = meter(path)
        found |= set(result.flows["network.community_id"].to_list())
        assert (path.name == "arp.pcap") == result.flows.is_empty()
    assert found == expected


@pytest.mark.parametrize("name", ["tcp.pcap", "sctp.pcap"])
def test_a_packed_capture_gives_the_same_ids(tmp_path: pathlib.Path, name: str) -> None:
    path = testdata.testdata("vectors", "community-id", "pcaps", name)
    packed = written(tmp_path, gzip.compress(path.read_bytes()))
    ids = [meter(file).flows["network.community_id"].to_list() for file in (path, packed)]
    assert ids[0] == ids[1]
