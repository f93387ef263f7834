"""Messages out of captures and IPFIX files."""

import gzip
import pathlib

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet, Raw

from sensors.netflow.reading import Export, flows_of
from situation.faults import Malformed
from tests.sensors.building import SECOND, ether, pcap, written
from tests.sensors.netflow.exporting import (
    BASIC,
    NOW,
    basic,
    check,
    data,
    decoder,
    flows,
    template_10,
    v5,
    v10,
)


def sent(folder: pathlib.Path, *packets: Packet) -> pathlib.Path:
    return written(folder, pcap([(NOW * SECOND, ether(one)) for one in packets]))


def test_the_sender_of_a_packet_is_the_exporter(tmp_path: pathlib.Path) -> None:
    udp = UDP(sport=50_000, dport=2055) / Raw(v5(basic()))
    path = sent(
        tmp_path,
        IP(src="192.0.2.1", dst="192.0.2.9") / udp,
        IP(src="192.0.2.20", dst="192.0.2.9") / udp,
        IPv6(src="2001:db8::1", dst="2001:db8::2") / udp,
    )
    found = list(Export(path).datagrams())
    assert [one.exporter for one in found] == ["192.0.2.1", "192.0.2.20", "2001:db8::1"]
    assert {one.received for one in found} == {NOW * SECOND}
    assert {one.payload for one in found} == {v5(basic())}


def test_packets_that_carry_no_message_are_counted(tmp_path: pathlib.Path) -> None:
    ends = {"src": "192.0.2.1", "dst": "192.0.2.9"}
    path = sent(
        tmp_path,
        IP(**ends) / UDP(dport=2055) / Raw(v5(basic())),
        IP(**ends) / UDP(dport=53) / Raw(b"x"),
        IP(**ends) / TCP(dport=2055),
        IP(**ends, flags="MF") / UDP(dport=2055) / Raw(bytes(64)),
    )
    export = Export(path, ports=(2055,))
    assert len(list(export.datagrams())) == 1
    assert +export.skipped == {"other_port": 1, "not_udp": 1, "fragment": 1}


@pytest.mark.parametrize("packed", [False, True])
def test_an_ipfix_file_is_read_message_by_message(tmp_path: pathlib.Path, *, packed: bool) -> None:
    fields = (*BASIC[:8], (150, 4), (151, 4))
    record = basic() | {150: NOW - 60, 151: NOW - 1}
    messages = [v10(template_10(256, fields), data(256, fields, record))]
    messages += [v10(data(256, fields, record), sequence=1 + n, exported=NOW + n) for n in range(9)]
    content = b"".join(messages)
    path = tmp_path / "flows.ipfix"
    path.write_bytes(gzip.compress(content) if packed else content)
    found = list(Export(path).datagrams())
    assert [one.payload for one in found] == messages
    one = decoder()
    result = one.decode(found)
    check(result, one)
    assert len(flows(result)) == 10
    assert flows(result)["observer.ip"].null_count() == 10
    assert one.counters.lost == 0


def test_a_large_ipfix_file_passes_through_the_bounded_buffer(tmp_path: pathlib.Path) -> None:
    message = v10(template_10(256, BASIC), data(256, BASIC, *[basic()] * 1500))
    path = tmp_path / "flows.ipfix"
    path.write_bytes(message * 40)
    assert sum(one.payload == message for one in Export(path).datagrams()) == 40


@pytest.mark.parametrize(
    "rest", [b"\0", b"\0\x0a\0\x05" + bytes(40), bytes(100), b"\0\x0a\xff\xff" + bytes(50)]
)
def test_what_is_damaged_in_an_ipfix_file_is_left_to_the_decoder(
    tmp_path: pathlib.Path, rest: bytes
) -> None:
    path = tmp_path / "flows.ipfix"
    path.write_bytes(v10(template_10(256, BASIC)) + rest)
    one = decoder()
    result = one.decode(list(Export(path).datagrams()))
    check(result, one)
    assert (one.counters.read, one.counters.refused.total()) == (1, 1)


def test_the_flows_of_a_file_come_in_batches_and_its_sums_agree(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "flows.ipfix"
    waiting = v10(data(999, BASIC, basic()))
    path.write_bytes(waiting + v10(template_10(256, BASIC), data(256, BASIC, basic())) * 4_500)
    one = decoder()
    batches = list(flows_of(Export(path), one))
    assert [len(flows(batch)) for batch in batches] == [1_999, 2_000, 501, 0]
    assert batches[-1].counters.no_template == 1
    assert one.counters.reconciles()


def test_what_is_neither_capture_nor_ipfix_is_malformed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing of the sort")
    with pytest.raises(Malformed):
        Export(path)
