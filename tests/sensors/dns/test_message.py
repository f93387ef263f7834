"""DNS messages out of captures: what is asked, what is answered, and what cannot be read."""

import pathlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.packet import Packet, Raw

from sensors.dns.message import Messages
from sensors.frame.identity import Identity
from sensors.meter.layout import SLICE
from sensors.meter.settings import MeterSettings
from tests.faults.site import soak
from tests.sensors.building import CLIENT, START, Result, ether, meter, pcap, written

RESOLVER = "192.0.2.53"
HEADER = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)


def query(payload: bytes | Packet, number: int = 0) -> bytes:
    return ether(IP(src=CLIENT, dst=RESOLVER) / UDP(sport=40_000 + number, dport=53) / payload)


def answer(payload: bytes | Packet, number: int = 0) -> bytes:
    return ether(IP(src=RESOLVER, dst=CLIENT) / UDP(sport=53, dport=40_000 + number) / payload)


def asked(name: str, kind: str = "A") -> Packet:
    return DNS(id=7, rd=1, qd=DNSQR(qname=name, qtype=kind))


def answered(name: str, addresses: list[str], rcode: int = 0) -> Packet:
    records = [DNSRR(rrname=name, rdata=address) for address in addresses]
    return DNS(id=7, qr=1, ra=1, rcode=rcode, qd=DNSQR(qname=name), an=records)


def metered(folder: pathlib.Path, *frames: bytes, captured: int = 262_144) -> Result:
    packets = [(START + number, frame) for number, frame in enumerate(frames)]
    return meter(written(folder, pcap(packets, captured=captured)))


def test_a_question_and_its_answer_are_rows_with_the_client_as_source(
    tmp_path: pathlib.Path,
) -> None:
    name = "Portal.Example.COM"
    result = metered(
        tmp_path, query(asked(name)), answer(answered(name, ["198.51.100.1", "198.51.100.2"]))
    )
    both = result.dns
    assert both["dns.type"].to_list() == ["query", "answer"]
    assert both["source.ip"].to_list() == [CLIENT, CLIENT]
    assert both["destination.port"].to_list() == [53, 53]
    assert both["dns.question.name"].to_list() == ["portal.example.com"] * 2
    assert both["dns.question.registered_domain"].to_list() == ["example.com"] * 2
    assert both["dns.question.subdomain"].to_list() == ["portal"] * 2
    assert both["dns.response_code"].to_list() == [None, "NOERROR"]
    assert both["citywatch.dns.answers_count"].to_list() == [None, 2]
    assert both["dns.id"].to_list() == ["7", "7"]
    assert both["citywatch.flow.id"].to_list() == [result.flow["citywatch.flow.id"]] * 2


def test_the_flow_has_the_first_question_and_answer(tmp_path: pathlib.Path) -> None:
    frames = [
        query(asked("first.example.com", "TXT")),
        query(asked("second.example.com")),
        answer(answered("first.example.com", [], rcode=3)),
        answer(answered("second.example.com", ["198.51.100.1"])),
    ]
    flow = metered(tmp_path, *frames).flow
    assert flow["dns.question.name"] == "first.example.com"
    assert flow["dns.question.type"] == "TXT"
    assert flow["dns.response_code"] == "NXDOMAIN"
    assert flow["citywatch.dns.answers_count"] == 0


def test_every_interim_record_of_a_flow_has_its_question(tmp_path: pathlib.Path) -> None:
    packets = [(START + n * 6_000_000_000, query(asked("long.example.com"))) for n in range(5)]
    result = meter(written(tmp_path, pcap(packets)), MeterSettings(active_seconds=10, batch_rows=2))
    assert result.flows["dns.question.name"].to_list() == ["long.example.com"] * 3


@pytest.mark.parametrize(
    ("name", "registered", "subdomain"),
    [
        ("www.example.com.cn", "example.com.cn", "www"),
        ("a.b.example.co.uk", "example.co.uk", "a.b"),
        ("example.org", "example.org", None),
        ("com", None, None),
        ("printer.local", "printer.local", None),
        ("4.2.0.192.in-addr.arpa", "192.in-addr.arpa", "4.2.0"),
    ],
)
def test_names_are_split_at_the_public_suffix(
    tmp_path: pathlib.Path, name: str, registered: str | None, subdomain: str | None
) -> None:
    row = metered(tmp_path, query(asked(name))).dns.row(0, named=True)
    assert row["dns.question.registered_domain"] == registered
    assert row["dns.question.subdomain"] == subdomain


def test_types_without_a_name_are_named_by_their_number(tmp_path: pathlib.Path) -> None:
    question = HEADER + b"\1a\0" + struct.pack(">HH", 64_000, 1)
    assert metered(tmp_path, query(question)).dns["dns.question.type"].to_list() == ["TYPE64000"]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (b"with space", "with space"),
        (b"tab\there", r"tab\there"),
        (b"line\r\n", r"line\r\n"),
        (b'quote"back\\', r"quote\"back\\"),
        (b"\x00\xff\x7f", r"\000\255\127"),
        (b"a.b", r"a\046b"),
        ("城市".encode(), r"\229\159\142\229\184\130"),
    ],
)
def test_characters_that_cannot_be_printed_are_escaped(
    tmp_path: pathlib.Path, label: bytes, text: str
) -> None:
    question = HEADER + bytes([len(label)]) + label + b"\0" + struct.pack(">HH", 1, 1)
    assert metered(tmp_path, query(question)).dns["dns.question.name"].to_list() == [text]


def test_the_longest_name_fits_a_keyword(tmp_path: pathlib.Path) -> None:
    name = (b"\x3f" + b"\xff" * 63) * 3 + b"\x3d" + b"\xff" * 61 + b"\0"
    assert len(name) == 255
    row = metered(tmp_path, query(HEADER + name + b"\0\1\0\1")).dns.row(0, named=True)
    assert len(row["dns.question.name"]) == 4 * 250 + 3


def test_the_root_is_a_dot(tmp_path: pathlib.Path) -> None:
    result = metered(tmp_path, query(HEADER + b"\0" + struct.pack(">HH", 2, 1)))
    assert result.dns["dns.question.name"].to_list() == ["."]


def test_compressed_names_are_followed_backwards(tmp_path: pathlib.Path) -> None:
    hidden = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)
    question = hidden + b"\3www\xc0\x05" + struct.pack(">HH", 1, 1)
    result = metered(tmp_path, query(question))
    assert result.dns["dns.question.name"].to_list() == [r"www.\000"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"short", "too_short"),
        (HEADER, "name"),
        (HEADER + b"\xc0\x0c\0\1\0\1", "name"),
        (HEADER + b"\1a\xc0\x0c\0\1\0\1", "name"),
        (HEADER + b"\xc0\x10\xc0\x0e\xc0\x0c\0\1\0\1", "name"),
        (HEADER + b"\xc0", "name"),
        (HEADER + b"\xff\xff\0\1\0\1", "name"),
        (HEADER + b"\x40" + b"a" * 64 + b"\0\0\1\0\1", "name"),
        (HEADER + b"\x3f" + b"a" * 30, "name"),
        (HEADER + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1", "name"),
        (HEADER + b"\1a\0\0\1", "question"),
        (HEADER[:4] + b"\xff\xff" + HEADER[6:] + b"\1a\0\0\1\0\1", "questions"),
        (HEADER[:2] + b"\x18\0" + HEADER[4:] + b"\1a\0\0\1\0\1", "opcode"),
    ],
)
def test_what_is_no_message_is_counted_by_reason_and_metered(
    tmp_path: pathlib.Path, payload: bytes, reason: str
) -> None:
    result = metered(tmp_path, query(payload))
    assert result.counters.dns_refused == {reason: 1}
    assert result.counters.metered == 1
    assert result.dns.is_empty()


def test_a_header_that_claims_answers_it_does_not_have_is_not_believed(
    tmp_path: pathlib.Path,
) -> None:
    lie = bytearray(bytes(answered("a.example.com", ["198.51.100.1"])))
    lie[6:8] = b"\xff\xff"
    result = metered(tmp_path, answer(bytes(lie)))
    assert result.dns["citywatch.dns.answers_count"].to_list() == [1]


def test_of_a_message_that_the_capture_cut_the_header_counts_the_answers(
    tmp_path: pathlib.Path,
) -> None:
    frame = answer(answered("a.example.com", [f"198.51.100.{n}" for n in range(20)]))
    result = metered(tmp_path, frame, captured=100)
    assert result.dns["citywatch.dns.answers_count"].to_list() == [20]


def test_several_messages_of_one_segment_are_read_over_tcp(tmp_path: pathlib.Path) -> None:
    messages = [bytes(asked(f"h{number}.example.com")) for number in range(3)]
    stream = b"".join(struct.pack(">H", len(message)) + message for message in messages)
    segment = IP(src=CLIENT, dst=RESOLVER) / TCP(sport=40_000, dport=53, flags="PA") / Raw(stream)
    result = metered(tmp_path, ether(segment))
    assert result.dns["dns.question.name"].to_list() == [f"h{n}.example.com" for n in range(3)]
    assert result.dns["network.transport"].to_list() == ["tcp"] * 3


def test_no_more_messages_of_one_flow_are_kept_than_was_set(tmp_path: pathlib.Path) -> None:
    frames = [query(asked(f"h{number}.example.com")) for number in range(10)]
    packets = [(START + number, frame) for number, frame in enumerate(frames)]
    result = meter(written(tmp_path, pcap(packets)), MeterSettings(payloads=2, commands=4))
    assert len(result.dns) == 4
    assert result.counters.metered == 10


def test_many_messages_of_many_flows_are_all_read(tmp_path: pathlib.Path) -> None:
    frame = bytearray(query(asked("h00000.example.com")))
    place = bytes(frame).index(b"h00000")
    packets = []
    for number in range(40_000):
        frame[34:36] = (1024 + number % 60_000).to_bytes(2)
        frame[place : place + 6] = b"h%05d" % number
        packets.append((START + number, bytes(frame)))
    result = meter(written(tmp_path, pcap(packets)), MeterSettings(batch_rows=10_000))
    assert result.dns["dns.question.name"].n_unique() == 40_000
    assert result.flows["dns.question.name"].n_unique() == 40_000
    assert len(result.names) > 3


@settings(max_examples=soak(40, 5_000), deadline=None)
@given(payload=st.binary(max_size=120), header=st.booleans(), reply=st.booleans())
def test_no_payload_breaks_the_parser(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes, *, header: bool, reply: bool
) -> None:
    content = (HEADER if header else b"") + payload
    frame = answer(content) if reply else query(content)
    result = metered(tmp_path_factory.mktemp("dns"), frame)
    refused = sum(result.counters.dns_refused.values())
    assert len(result.dns) + refused == (1 if content else 0)
    names = result.dns["dns.question.name"].drop_nulls()
    assert all(name.isprintable() and len(name) <= 1024 for name in names)


def test_a_resolver_that_keeps_its_port_is_seen_as_long_as_its_flow_lives(
    tmp_path: pathlib.Path,
) -> None:
    every_ten_seconds = [
        (START + number * 10_000_000_000, query(asked(f"n{number}.example.com")))
        for number in range(120)
    ]
    result = meter(written(tmp_path, pcap(every_ten_seconds)))
    assert result.dns["dns.question.name"].n_unique() == 120
    assert result.counters.noted == {}


def test_every_message_of_a_port_that_tunnels_use_is_read(tmp_path: pathlib.Path) -> None:
    burst = [(START + number, query(asked(f"n{number}.example.com"))) for number in range(200)]
    result = meter(written(tmp_path, pcap(burst)))
    assert result.dns["dns.question.name"].n_unique() == 200
    assert result.dns["event.id"].n_unique() == 200
    assert result.counters.noted == {}


def test_messages_beyond_the_limit_of_a_record_are_metered_and_noted(
    tmp_path: pathlib.Path,
) -> None:
    told = ether(IP(src=CLIENT, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / asked("a.local"))
    result = meter(written(tmp_path, pcap([(START + number, told) for number in range(70)])))
    assert result.dns.height == 64
    assert result.flows["source.packets"].sum() == 70
    assert result.counters.noted == {"messages_beyond_limit": 6}


def test_many_messages_that_no_batch_has_room_for_are_kept_in_order() -> None:
    messages = Messages(Identity("0" * 40, observer="test", drill_id=None))
    octets = np.frombuffer(bytes(asked("a.example.com")), np.uint8)
    slices = np.zeros(100_000, SLICE)
    slices["serial"], slices["length"] = np.arange(len(slices)), len(octets)
    slices["ports"] = 40_000 << 48 | 53 << 32 | 17 << 8 | 4
    messages.read(slices, octets.copy())
    assert (messages.waiting, messages.count) == (100_000, 100_000)
    rows = messages.take()
    assert rows["citywatch.flow.id"].is_sorted()
    assert rows["citywatch.flow.id"].n_unique() == 100_000
    assert (messages.waiting, len(messages.take())) == (0, 0)
