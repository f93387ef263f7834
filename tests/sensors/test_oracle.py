"""Totals beside those of capinfos and tshark, over the public captures."""

import pathlib
import re
import shutil
import subprocess
from collections import Counter

import polars as pl
import pytest

from tests import testdata
from tests.sensors.building import Result, meter

FOLDERS = ("ndpi/pcap", "arkime", "zeek/pcap")
IP_FIRST = re.compile(
    r"(eth|sll|null|raw)?(:?(ethertype|vlan|ieee8021ad|llc|snap))*:?(ip|ipv6)(:|\t)"
)
"""Protocol stacks whose first network layer is IP: what the decoder covers so far."""
NAMES = {"": None, "<Root>": "."}
"""Where tshark writes a name its own way."""
BROKEN = re.compile(r"^fuzz-")
"""Fuzzed on purpose: tshark calls what has a broken IP header an IP packet too."""


@pytest.fixture(scope="session")
def wireshark() -> None:
    for program in ("tshark", "capinfos", "mergecap"):
        if shutil.which(program) is None:
            testdata.missing(f"{program} is not installed")


def captures() -> list[pathlib.Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted(testdata.testdata("captures", folder).iterdir())
        if path.suffix in (".pcap", ".pcapng", ".cap", ".trace") and not BROKEN.match(path.name)
    ]


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def ip_totals(path: pathlib.Path) -> tuple[int, int]:
    """Return packets and octets of the frames whose first network layer is IP, by tshark."""
    lines = output("tshark", "-n", "-r", str(path), "-Tfields", "-eframe.protocols", "-eframe.len")
    lengths = [int(line.split("\t")[1]) for line in lines.splitlines() if IP_FIRST.match(line)]
    return len(lengths), sum(lengths)


def metered_totals(result: Result) -> tuple[int, int]:
    return int(result.flows["network.packets"].sum()), int(result.flows["network.bytes"].sum())


@pytest.mark.usefixtures("wireshark")
def test_packets_and_octets_of_every_capture_are_those_of_capinfos() -> None:
    files = captures()
    assert len(files) > 370
    table = output("capinfos", "-TrmcdQ", *map(str, files))
    for line, path in zip(table.splitlines(), files, strict=True):
        name, packets, octets = line.replace('"', "").split(",")
        assert name == str(path)
        counters = meter(path).counters
        assert (counters.packets, counters.bytes) == (int(packets), int(octets)), path.name


@pytest.mark.usefixtures("wireshark")
def test_ip_packets_and_octets_of_all_captures_together_are_those_of_tshark(
    tmp_path: pathlib.Path,
) -> None:
    merged = tmp_path / "merged.pcapng"
    output("mergecap", "-a", "-w", str(merged), *map(str, captures()))
    assert metered_totals(meter(merged)) == ip_totals(merged)


@pytest.mark.usefixtures("wireshark")
@pytest.mark.parametrize(
    "name",
    [
        "ndpi/pcap/teams.pcap",
        "ndpi/pcap/ip_fragmented_garbage.pcap",
        "arkime/v6.pcap",
        "arkime/twovlan.pcap",
    ],
)
def test_conversations_are_those_of_tshark(name: str) -> None:
    path = testdata.testdata("captures", name)
    told: Counter[frozenset[str]] = Counter()
    for kind in ("ip", "ipv6"):
        for line in output(
            "tshark", "-n", "-r", str(path), "-q", "-z", f"conv,{kind}"
        ).splitlines():
            if "<->" in line:
                fields = re.sub(r" (bytes|kB|MB)", "", line).split()
                told[frozenset((fields[0], fields[2]))] += int(fields[7])
    found: Counter[frozenset[str]] = Counter()
    flows = meter(path).flows
    for source, destination, packets in flows.select(
        "source.ip", "destination.ip", "network.packets"
    ).iter_rows():
        found[frozenset((source, destination))] += packets
    assert found == told


@pytest.mark.usefixtures("wireshark")
def test_dns_messages_are_those_of_tshark() -> None:
    files = [
        testdata.testdata("captures", f"arkime/{name}.pcap")
        for name in (
            "dns-udp",
            "dns-mx",
            "dns-dnskey",
            "dns-wiresharkrepo",
            "dns-update",
            "dns-tcp",
        )
    ]
    for path in files:
        lines = output(
            "tshark", "-n", "-r", str(path), "-Y", "dns && (udp.port == 53 || tcp.port == 53)",
            "-Tfields", "-edns.id", "-edns.flags.response", "-edns.qry.name",
        )  # fmt: skip
        told = sorted(
            (str(int(number, 16)), response in ("1", "True"), NAMES.get(name, name.lower()))
            for number, response, name in (line.split("\t") for line in lines.splitlines())
            if "," not in number
        )
        dns = meter(path).dns.with_columns(answer=pl.col("dns.type") == "answer")
        found = sorted(dns.select("dns.id", "answer", "dns.question.name").iter_rows())
        assert found == told, path.name


@pytest.mark.usefixtures("wireshark")
def test_community_ids_are_those_of_tshark() -> None:
    path = testdata.testdata("captures", "ndpi/pcap/teams.pcap")
    lines = output(
        "tshark", "-n", "-r", str(path), "--enable-protocol", "communityid",
        "-Tfields", "-ecommunityid", "-Y", "(tcp || udp) && !icmp",
    )  # fmt: skip
    told = Counter(lines.split())
    flows = meter(path).flows.filter(pl.col("network.transport").is_in(["tcp", "udp"]))
    found: Counter[str] = Counter()
    for identity, packets in flows.select("network.community_id", "network.packets").iter_rows():
        found[identity] += packets
    assert found == told
