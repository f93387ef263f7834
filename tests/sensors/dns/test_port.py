"""Kin of DNS: multicast DNS, LLMNR and the NetBIOS name service."""

import json
import pathlib
import struct
from collections.abc import Mapping
from typing import Any

from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.packet import Packet, Raw

from situation.fields import REST
from tests.sensors.building import CLIENT, ether
from tests.sensors.dns.test_message import metered

GROUP, LINK_GROUP, OTHER = "224.0.0.251", "224.0.0.252", "10.1.0.9"


def sent(payload: Packet | bytes, ports: tuple[int, int], destination: str = GROUP) -> bytes:
    source, target = ports
    return ether(IP(src=CLIENT, dst=destination) / UDP(sport=source, dport=target) / payload)


def row(folder: pathlib.Path, frame: bytes) -> Mapping[str, Any]:
    found = metered(folder, frame).dns.row(0, named=True)
    rest: dict[str, Any] = json.loads(found.pop(REST) or "{}")
    return {**found, **rest}


def netbios(name: str, kind: int) -> bytes:
    octets = name.ljust(15).encode() + bytes((kind,))
    letters = bytes(ord("A") + half for octet in octets for half in (octet >> 4, octet & 15))
    return b"\x20" + letters + b"\0"


def test_all_questions_of_multicast_dns_are_told(tmp_path: pathlib.Path) -> None:
    names = ["printer.local", "scanner.local", "camera.local"]
    questions = [
        DNSQR(qname=name, qtype="A", unicastresponse=number == 0)
        for number, name in enumerate(names)
    ]
    found = row(tmp_path, sent(DNS(id=0, rd=0, qd=questions), (5353, 5353)))
    assert found["network.protocol"] == "mdns"
    assert found["dns.question.name"] == "printer.local"
    assert found["dns.question.class"] == "IN"
    assert found["mdns.unicast_response"] is True
    assert found["dns.further_questions"] == [{"name": name, "type": "A"} for name in names[1:]]
    assert found["dns.question.registered_domain"] is None


def test_who_answers_by_multicast_is_the_source(tmp_path: pathlib.Path) -> None:
    record = DNSRR(rrname="printer.local", rdata=CLIENT, ttl=120, cacheflush=1)
    found = row(tmp_path, sent(DNS(id=0, qr=1, aa=1, qd=[], an=[record]), (5353, 5353)))
    assert found["source.ip"] == CLIENT
    assert found["destination.ip"] == GROUP
    assert found["dns.type"] == "answer"
    assert found["dns.question.name"] is None
    assert found["dns.question.class"] is None
    assert found["dns.resolved_ip"] == CLIENT
    assert found["dns.answers"] == [
        {"name": "printer.local", "type": "A", "class": "IN", "ttl": 120, "data": CLIENT}
        | {"cache_flush": True}
    ]


def test_flags_of_llmnr_have_names_of_their_own(tmp_path: pathlib.Path) -> None:
    frame = sent(DNS(aa=1, rd=1, qd=DNSQR(qname="wpad")), (50_000, 5355), LINK_GROUP)
    found = row(tmp_path, frame)
    assert found["network.protocol"] == "llmnr"
    assert found["dns.header_flags"] == ["C", "T"]
    assert found["dns.question.name"] == "wpad"


def test_netbios_names_are_read(tmp_path: pathlib.Path) -> None:
    question = netbios("FILES", 0x20) + struct.pack(">HH", 32, 1)
    found = row(
        tmp_path, sent(struct.pack(">HHHHHH", 9, 0x0110, 1, 0, 0, 0) + question, (137, 137), OTHER)
    )
    assert found["network.protocol"] == "nbns"
    assert found["dns.question.name"] == "FILES<20>"
    assert found["dns.question.type"] == "NB"
    assert found["dns.header_flags"] == ["RD", "B"]


def test_a_netbios_answer_has_its_address(tmp_path: pathlib.Path) -> None:
    record = netbios("FILES", 0) + struct.pack(">HHIHH", 32, 1, 300, 6, 0) + bytes((10, 1, 0, 9))
    found = row(
        tmp_path, sent(struct.pack(">HHHHHH", 9, 0x8500, 0, 1, 0, 0) + record, (137, 137), OTHER)
    )
    assert found["dns.resolved_ip"] == "10.1.0.9"
    assert found["dns.answers"][0]["name"] == "FILES<00>"
    assert found["dns.answers"][0]["type"] == "NB"


def test_a_registration_is_named(tmp_path: pathlib.Path) -> None:
    question = netbios("DESK", 0) + struct.pack(">HH", 32, 1)
    found = row(
        tmp_path, sent(struct.pack(">HHHHHH", 9, 0x2910, 1, 0, 0, 0) + question, (137, 137))
    )
    assert found["dns.op_code"] == "REGISTRATION"


def test_letters_that_are_no_netbios_name_are_read_as_they_are(tmp_path: pathlib.Path) -> None:
    question = b"\x20" + b"z" * 32 + b"\0" + struct.pack(">HH", 32, 1)
    found = row(tmp_path, sent(struct.pack(">HHHHHH", 9, 0, 1, 0, 0, 0) + question, (137, 137)))
    assert found["dns.question.name"] == "z" * 32


def test_over_tcp_only_the_port_of_dns_is_read(tmp_path: pathlib.Path) -> None:
    message = bytes(DNS(qd=DNSQR(qname="a.example.com")))
    stream = Raw(struct.pack(">H", len(message)) + message)
    frames = [
        ether(IP(src=CLIENT, dst=OTHER) / TCP(sport=40_000, dport=port, flags="PA") / stream)
        for port in (53, 5353, 137)
    ]
    assert metered(tmp_path, *frames).dns["destination.port"].to_list() == [53]
