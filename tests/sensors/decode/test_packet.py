"""What the decoder takes from frames, seen through the flow that they open."""

import ipaddress
import pathlib
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NS,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    fragment6,
)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import ARP, LLC, SNAP, Dot1AD, Dot1Q, Dot3, Ether
from scapy.layers.sctp import SCTP
from scapy.packet import Packet, Raw

from tests.sensors.building import (
    CLIENT,
    ETHERNET,
    MACS,
    SERVER,
    START,
    Result,
    ether,
    meter,
    pcap,
    udp,
    written,
)

SIX_CLIENT, SIX_SERVER = "2001:db8::5", "2001:db8::80"
TRANSPORT = UDP(sport=40_000, dport=9_000) / Raw(b"u" * 10)


def metered(folder: pathlib.Path, *frames: bytes, link: int = ETHERNET) -> Result:
    packets = [(START + number, frame) for number, frame in enumerate(frames)]
    return meter(written(folder, pcap(packets, link=link)))


def four(payload: Packet) -> Packet:
    return IP(src=CLIENT, dst=SERVER) / payload


def six(payload: Packet) -> Packet:
    return IPv6(src=SIX_CLIENT, dst=SIX_SERVER) / payload


def assert_udp(result: Result, payload: int = 10) -> None:
    flow = result.flow
    assert (flow["source.port"], flow["destination.port"]) == (40_000, 9_000)
    assert flow["network.transport"] == "udp"
    assert flow["citywatch.flow.forward.payload_bytes"] == payload


@pytest.mark.parametrize("packet", [four(TRANSPORT), six(TRANSPORT)], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize(
    ("link", "head4", "head6"),
    [
        (12, b"", b""),
        (14, b"", b""),
        (101, b"", b""),
        (228, b"", None),
        (229, None, b""),
        (0, b"\2\0\0\0", b"\x1e\0\0\0"),
        (0, b"\0\0\0\2", b"\0\0\0\x0a"),
        (108, b"\0\0\0\2", b"\0\0\0\x1c"),
        (113, b"\0" * 14 + b"\x08\x00", b"\0" * 14 + b"\x86\xdd"),
        (276, b"\x08\x00" + b"\0" * 18, b"\x86\xdd" + b"\0" * 18),
    ],
)
def test_every_link_type_of_the_list_is_decoded(
    tmp_path: pathlib.Path, link: int, head4: bytes | None, head6: bytes | None, packet: Packet
) -> None:
    head = head4 if IP in packet else head6
    if head is None:
        return
    assert_udp(metered(tmp_path, head + bytes(packet), link=link))


def test_other_link_types_are_counted_by_their_number(tmp_path: pathlib.Path) -> None:
    result = metered(tmp_path, b"x" * 60, b"x" * 60, link=147)
    assert result.counters.refused == {"link_type_147": 2}


@pytest.mark.parametrize(
    ("tags", "outer", "inner"),
    [
        (Dot1Q(vlan=100), "100", None),
        (Dot1AD(vlan=20) / Dot1Q(vlan=100), "20", "100"),
        (Dot1Q(vlan=20) / Dot1Q(vlan=100), "20", "100"),
        (Dot1Q(vlan=20, type=0x9100) / Dot1Q(vlan=100), "20", "100"),
        (Dot1Q(vlan=0, prio=5), None, None),
        (Dot1Q(vlan=0) / Dot1Q(vlan=7), "7", None),
        (Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3), "1", "3"),
    ],
)
def test_vlan_tags_are_followed_and_kept(
    tmp_path: pathlib.Path, tags: Packet, outer: str | None, inner: str | None
) -> None:
    result = metered(tmp_path, bytes(Ether(**MACS) / tags / four(TRANSPORT)))
    assert_udp(result)
    assert result.flow["network.vlan.id"] == outer
    assert result.flow["network.inner.vlan.id"] == inner


def test_the_same_addresses_on_two_vlans_are_two_flows(tmp_path: pathlib.Path) -> None:
    frames = [bytes(Ether(**MACS) / Dot1Q(vlan=n) / four(TRANSPORT)) for n in (1, 2, 1)]
    flows = metered(tmp_path, *frames).flows.sort("network.vlan.id")
    assert flows["network.packets"].to_list() == [2, 1]


def test_a_priority_tag_on_one_side_does_not_split_a_flow(tmp_path: pathlib.Path) -> None:
    tagged = bytes(Ether(**MACS) / Dot1Q(vlan=0) / four(TRANSPORT))
    assert metered(tmp_path, ether(four(TRANSPORT)), tagged).flow["network.packets"] == 2


def test_ip_behind_a_snap_header_is_decoded(tmp_path: pathlib.Path) -> None:
    frame = Dot3(**MACS) / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(code=0x0800) / four(TRANSPORT)
    assert_udp(metered(tmp_path, bytes(frame)))


@pytest.mark.parametrize(
    "extensions",
    [
        IPv6ExtHdrHopByHop(),
        IPv6ExtHdrRouting(addresses=["2001:db8::1", "2001:db8::2"]),
        IPv6ExtHdrDestOpt(),
        IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting() / IPv6ExtHdrDestOpt(),
        IPv6ExtHdrFragment(offset=0, m=0),
    ],
)
def test_extension_headers_of_ipv6_are_walked(tmp_path: pathlib.Path, extensions: Packet) -> None:
    assert_udp(metered(tmp_path, ether(six(extensions / TRANSPORT))))


def test_an_endless_chain_of_extension_headers_ends(tmp_path: pathlib.Path) -> None:
    chain = b"\x3c\0" + b"\0" * 6
    header = struct.pack(">IHBB", 6 << 28, 8 * 200, 60, 64) + b"\x20" * 32
    result = metered(tmp_path, header + chain * 200, link=101)
    assert result.flow["network.transport"] == "ipv6-opts"


@pytest.mark.parametrize("network", [four, six])
def test_the_authentication_header_is_a_flow_and_so_is_what_it_signs(
    tmp_path: pathlib.Path, network: Callable[[Packet], Packet]
) -> None:
    packet = network(AH(nh=17, payloadlen=4, icv=b"\0" * 12) / TRANSPORT)
    result = metered(tmp_path, ether(packet))
    outer, inner = result.flows.sort("network.transport").iter_rows(named=True)
    assert (outer["network.transport"], inner["network.transport"]) == ("ah", "udp")
    assert (outer["source.ip"], outer["destination.ip"]) == (
        inner["source.ip"], inner["destination.ip"],
    )  # fmt: skip
    assert (inner["source.port"], inner["destination.port"]) == (40_000, 9_000)
    assert inner["citywatch.flow.forward.payload_bytes"] == 10


def test_icmp_has_its_type_at_the_source_and_its_code_at_the_destination(
    tmp_path: pathlib.Path,
) -> None:
    result = metered(tmp_path, ether(four(ICMP(type=3, code=13) / Raw(b"x" * 28))))
    assert (result.flow["source.port"], result.flow["destination.port"]) == (3, 13)
    assert result.flow["network.transport"] == "icmp"


@pytest.mark.parametrize(
    ("request_", "reply", "kind", "transport"),
    [
        (four(ICMP(type=8)), IP(src=SERVER, dst=CLIENT) / ICMP(type=0), 8, "icmp"),
        (
            six(ICMPv6EchoRequest()),
            IPv6(src=SIX_SERVER, dst=SIX_CLIENT) / ICMPv6EchoReply(),
            128,
            "ipv6-icmp",
        ),
    ],
)
def test_echo_request_and_reply_are_one_flow(
    tmp_path: pathlib.Path, request_: Packet, reply: Packet, kind: int, transport: str
) -> None:
    flow = metered(tmp_path, ether(request_), ether(reply)).flow
    assert (flow["source.packets"], flow["destination.packets"]) == (1, 1)
    assert (flow["source.port"], flow["destination.port"]) == (kind, 0)
    assert flow["network.transport"] == transport


def test_one_way_icmp_of_both_ends_is_two_flows(tmp_path: pathlib.Path) -> None:
    there = ether(four(ICMP(type=3, code=3)))
    back = ether(IP(src=SERVER, dst=CLIENT) / ICMP(type=3, code=3))
    result = metered(tmp_path, there, back)
    assert result.flows["source.ip"].to_list() == [CLIENT, SERVER]


def test_neighbour_solicitation_is_a_flow(tmp_path: pathlib.Path) -> None:
    flow = metered(tmp_path, ether(six(ICMPv6ND_NS(tgt=SIX_SERVER)))).flow
    assert (flow["source.port"], flow["destination.port"]) == (135, 0)


def test_sctp_has_ports(tmp_path: pathlib.Path) -> None:
    flow = metered(tmp_path, ether(four(SCTP(sport=2905, dport=2906)))).flow
    assert (flow["source.port"], flow["destination.port"]) == (2905, 2906)
    assert flow["network.transport"] == "sctp"


@pytest.mark.parametrize(
    ("protocol", "name"), [(47, "gre"), (50, "esp"), (89, "ospf"), (253, "253")]
)
def test_other_protocols_are_flows_without_ports(
    tmp_path: pathlib.Path, protocol: int, name: str
) -> None:
    packet = IP(src=CLIENT, dst=SERVER, proto=protocol) / Raw(b"\xff" * 40)
    flow = metered(tmp_path, ether(packet)).flow
    assert flow["network.transport"] == name
    assert flow["network.iana_number"] == str(protocol)
    assert (flow["source.port"], flow["destination.port"]) == (0, 0)
    assert flow["citywatch.flow.forward.payload_bytes"] == 40


def test_later_fragments_join_the_flow_of_the_first(tmp_path: pathlib.Path) -> None:
    long = IP(src=CLIENT, dst=SERVER, id=77) / UDP(sport=40_000, dport=9_000) / Raw(b"u" * 3000)
    pieces = [ether(piece) for piece in fragment(long, 1000)]
    result = metered(tmp_path, *pieces)
    assert_udp(result, payload=3000)
    assert result.flow["network.packets"] == len(pieces) > 2


def test_later_fragments_of_ipv6_join_the_flow_of_the_first(tmp_path: pathlib.Path) -> None:
    long = six(IPv6ExtHdrFragment(id=9) / UDP(sport=40_000, dport=9_000) / Raw(b"u" * 3000))
    result = metered(tmp_path, *(ether(piece) for piece in fragment6(long, 1280)))
    assert_udp(result, payload=3000)


def test_a_fragment_without_its_first_is_metered_without_ports_and_noted(
    tmp_path: pathlib.Path,
) -> None:
    long = IP(src=CLIENT, dst=SERVER, id=77) / UDP(sport=40_000, dport=9_000) / Raw(b"u" * 3000)
    result = metered(tmp_path, *(ether(piece) for piece in fragment(long, 1000)[1:]))
    assert result.flow["source.port"] == 0
    assert result.counters.noted == {"fragments_orphaned": 3}


def test_a_fragment_that_comes_after_30_seconds_is_not_assigned(tmp_path: pathlib.Path) -> None:
    long = IP(src=CLIENT, dst=SERVER, id=77) / UDP(sport=40_000, dport=9_000) / Raw(b"u" * 1500)
    first, second = (ether(piece) for piece in fragment(long, 1000))
    late = [(START, first), (START + 30_000_000_001, second)]
    result = meter(written(tmp_path, pcap(late)))
    assert result.counters.noted == {"fragments_orphaned": 1}


@pytest.mark.parametrize(
    "frame",
    [
        bytes(Ether(**MACS) / ARP()),
        bytes(Ether(**MACS, type=0x8847) / Raw(b"\0\0\1\0\x10" + b"\0" * 50)),
        bytes(Dot3(**MACS) / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(b"\0" * 40)),
    ],
    ids=["ARP", "MPLS", "spanning tree"],
)
def test_frames_without_ip_are_counted(tmp_path: pathlib.Path, frame: bytes) -> None:
    assert metered(tmp_path, frame).counters.refused == {"not_ip": 1}


def test_an_ip_header_of_wrong_version_or_length_is_counted(tmp_path: pathlib.Path) -> None:
    frames = []
    for first in (0x44, 0x55, 0x65):
        frame = bytearray(udp())
        frame[14] = first
        frames.append(bytes(frame))
    assert metered(tmp_path, *frames).counters.refused == {"bad_ip_header": 3}


@pytest.mark.parametrize("transport", [TRANSPORT, TCP(sport=1, dport=2), ICMP()])
def test_a_frame_cut_anywhere_is_metered_or_counted(
    tmp_path: pathlib.Path, transport: Packet
) -> None:
    frame = bytes(Ether(**MACS) / Dot1Q(vlan=5) / four(transport))
    result = metered(tmp_path, *(frame[:size] for size in range(len(frame))))
    ip_header_ends = 14 + 4 + 20
    assert result.counters.refused == {"truncated_frame": ip_header_ends}
    assert result.counters.metered == len(frame) - ip_header_ends


@pytest.mark.parametrize(
    ("claimed", "believed"), [(38, 38), (0, 46), (19, 46), (65_535, 46), (20, 20)]
)
def test_the_length_of_the_ip_header_is_believed_only_where_it_can_be_true(
    tmp_path: pathlib.Path, claimed: int, believed: int
) -> None:
    frame = bytearray(udp()) + b"\0" * 8
    frame[16:18] = claimed.to_bytes(2)
    flow = metered(tmp_path, bytes(frame)).flow
    assert flow["source.bytes"] == len(frame)
    assert flow["citywatch.flow.forward.ip_bytes"] == believed
    assert flow["citywatch.flow.forward.payload_bytes"] == max(believed - 28, 0)


def test_a_tcp_data_offset_that_lies_makes_no_negative_payload(tmp_path: pathlib.Path) -> None:
    payloads = []
    for offset in (0, 5, 15):
        frame = bytearray(ether(four(TCP(sport=1, dport=2) / Raw(b"t" * 10))))
        frame[46] = offset << 4
        folder = tmp_path / str(offset)
        folder.mkdir()
        payloads.append(metered(folder, bytes(frame)).flow["citywatch.flow.forward.payload_bytes"])
    assert payloads == [10, 10, 0]


@settings(max_examples=60, deadline=None)
@given(
    first=st.integers(0, 2**128 - 1),
    second=st.integers(0, 2**128 - 1),
    mask=st.integers(0, 2**128 - 1),
)
def test_addresses_are_written_as_their_canonical_text(
    tmp_path_factory: pytest.TempPathFactory, first: int, second: int, mask: int
) -> None:
    addresses = [ipaddress.IPv6Address(first & mask), ipaddress.IPv6Address(second & mask)]
    header = struct.pack(">IHBB", 6 << 28, 0, 59, 64)
    packet = header + addresses[0].packed + addresses[1].packed
    flow = metered(tmp_path_factory.mktemp("six"), packet, link=101).flow
    for side, address in zip(("source", "destination"), addresses, strict=True):
        text = str(flow[f"{side}.ip"])
        mapped = address.ipv4_mapped
        assert text == (f"::ffff:{mapped}" if mapped else str(address))


def test_an_address_that_embeds_ipv4_is_written_with_it(tmp_path: pathlib.Path) -> None:
    packet = IPv6(src="::ffff:192.0.2.1", dst="::") / TRANSPORT
    flow = metered(tmp_path, bytes(packet), link=101).flow
    assert (flow["source.ip"], flow["destination.ip"]) == ("::ffff:192.0.2.1", "::")
