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
IP_INSIDE = re.compile(r"(^|:)(ip|ipv6)(:|\t)|\t0x88be$")
"""Protocol stacks with IP in them, however deep, and ERSPAN, which tshark reads in GRE alone."""
QUOTED = re.compile(r":icmp(v6)?:.*")
"""What an ICMP error quotes is no packet."""
TUNNELS = (
    "zeek/pcap/tunnels/gre-within-gre.pcap",
    "zeek/pcap/tunnels/gre-pptp.pcap",
    "zeek/pcap/tunnels/gtp/gtp2_different_udp_port.pcap",
    "zeek/pcap/tunnels/ayiya3.pcap",
    "zeek/pcap/tunnels/geneve-ipv6.pcap",
    "zeek/pcap/erspanII.pcap",
    "zeek/pcap/pppoe-over-qinq.pcap",
    "zeek/pcap/mixed-vlan-mpls.pcap",
    "arkime/gtp-iphone.pcap",
    "arkime/gre-erspan.pcap",
    "ndpi/pcap/6in4tunnel.pcap",
    "ndpi/pcap/teredo.pcap",
)
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
    """Return packets and octets of the frames that carry IP, by tshark."""
    lines = output(
        "tshark", "-n", "-r", str(path), "-Tfields",
        "-eframe.protocols", "-eframe.len", "-eeth.type",
    )  # fmt: skip
    frames = [line.split("\t") for line in lines.splitlines() if IP_INSIDE.search(line)]
    lengths = [int(frame[1]) for frame in frames]
    return len(lengths), sum(lengths)


def metered_totals(result: Result) -> tuple[int, int]:
    outermost = result.flows.filter(pl.col("citywatch.flow.tunnel.depth") == 0)
    return int(outermost["network.packets"].sum()), int(outermost["network.bytes"].sum())


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


def headers(path: pathlib.Path) -> Counter[tuple[str, str]]:
    """Return how many IP headers of each sender and receiver there are, by tshark."""
    lines = output(
        "tshark", "-n", "-r", str(path), "-Tfields", "-oip.defragment:FALSE",
        "-eframe.protocols", "-eip.src", "-eip.dst", "-eipv6.src", "-eipv6.dst",
    )  # fmt: skip
    told: Counter[tuple[str, str]] = Counter()
    for line in lines.splitlines():
        stack, *addresses = line.split("\t")
        layers = QUOTED.sub("", stack).split(":")
        for kind, sources, receivers in (("ip", *addresses[:2]), ("ipv6", *addresses[2:])):
            pairs = zip(sources.split(","), receivers.split(","), strict=True)
            told.update(list(pairs)[: layers.count(kind)])
    return told


@pytest.mark.usefixtures("wireshark")
def test_packets_inside_of_tunnels_are_those_of_tshark(tmp_path: pathlib.Path) -> None:
    merged = tmp_path / "merged.pcapng"
    tunnels = [str(testdata.testdata("captures", name)) for name in TUNNELS]
    output("mergecap", "-a", "-w", str(merged), *tunnels)
    found: Counter[tuple[str, str]] = Counter()
    for source, destination, there, back in (
        meter(merged)
        .flows.select("source.ip", "destination.ip", "source.packets", "destination.packets")
        .iter_rows()
    ):
        found[source, destination] += there
        found[destination, source] += back
    assert +found == headers(merged)


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
