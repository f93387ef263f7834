"""What a message says beside its question: answers, flags, EDNS, operation and class."""

import json
import pathlib
import struct
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRMX, DNSRROPT, DNSRRSOA, DNSRRSRV
from scapy.packet import Packet

from situation.fields import REST
from tests.faults.site import soak
from tests.sensors.dns.test_message import HEADER, answer, asked, metered, query

NAME = "www.example.com"
POINTER = b"\xc0\x0c"


def row(folder: pathlib.Path, frame: bytes) -> Mapping[str, Any]:
    """Return the only message, what has no column included."""
    found = metered(folder, frame).dns.row(0, named=True)
    rest: dict[str, Any] = json.loads(found.pop(REST) or "{}")
    return {**found, **rest}


def answering(*records: Packet, **fields: object) -> bytes:
    return answer(DNS(id=7, qr=1, qd=DNSQR(qname=NAME), an=list(records), **fields))


def raw(kind: int, data: bytes, *, group: int = 1) -> bytes:
    """Return an answer to a question for the name, with any data."""
    question = b"\3www\7example\3com\0" + struct.pack(">HH", kind, 1)
    record = POINTER + struct.pack(">HHIH", kind, group, 300, len(data)) + data
    return answer(struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + question + record)


def test_all_answers_are_told_and_the_first_address(tmp_path: pathlib.Path) -> None:
    found = row(
        tmp_path,
        answering(
            DNSRR(rrname=NAME, type="CNAME", rdata="Edge.Example.NET", ttl=60),
            DNSRR(rrname="edge.example.net", rdata="198.51.100.9", ttl=5),
            DNSRR(rrname="edge.example.net", type="AAAA", rdata="2001:db8::9", ttl=5),
        ),
    )
    assert found["dns.answers.data"] == "edge.example.net"
    assert found["dns.resolved_ip"] == "198.51.100.9"
    assert found["citywatch.dns.answers_count"] == 3
    edge = {"name": "edge.example.net", "class": "IN", "ttl": 5}
    assert found["dns.answers"] == [
        {"name": NAME, "type": "CNAME", "class": "IN", "ttl": 60, "data": "edge.example.net"},
        edge | {"type": "A", "data": "198.51.100.9"},
        edge | {"type": "AAAA", "data": "2001:db8::9"},
    ]


@pytest.mark.parametrize(
    ("record", "data"),
    [
        (DNSRRMX(rrname=NAME, preference=10, exchange="mail.example.com"), "10 mail.example.com"),
        (
            DNSRRSRV(rrname=NAME, priority=1, weight=2, port=389, target="dc.example.com"),
            "1 2 389 dc.example.com",
        ),
        (
            DNSRRSOA(
                rrname=NAME, mname="ns.example.com", rname="root.example.com", serial=2026112701,
                refresh=1, retry=2, expire=3, minimum=4,
            ),
            "ns.example.com root.example.com 2026112701 1 2 3 4",
        ),
        (DNSRR(rrname=NAME, type="TXT", rdata=[b"v=spf1 ~all", b'a "b"']), r"v=spf1 ~all a \"b\""),
        (DNSRR(rrname=NAME, type="PTR", rdata="host.example.com"), "host.example.com"),
    ],
)  # fmt: skip
def test_data_is_written_by_its_type(tmp_path: pathlib.Path, record: Packet, data: str) -> None:
    found = row(tmp_path, answering(record))
    assert found["dns.answers.data"] == data
    assert [one["data"] for one in found["dns.answers"]] == [data]


@pytest.mark.parametrize(
    ("kind", "octets", "data"),
    [
        (257, b"\0\x05issueca.example", "0 issue ca.example"),
        (65, b"\0\1\0\0\1\0\3\2h2", "1 ."),
        (10, b"\xde\xad\xbe\xef", r"\# 4 deadbeef"),
        (64_000, b"\1", r"\# 1 01"),
        (16, b"\3a\0b", r"a\000b"),
    ],
)
def test_data_of_other_types_is_written_too(
    tmp_path: pathlib.Path, kind: int, octets: bytes, data: str
) -> None:
    assert row(tmp_path, raw(kind, octets))["dns.answers.data"] == data


@pytest.mark.parametrize(
    ("kind", "octets"),
    [(1, b"\1\2\3"), (28, b"\0" * 15), (5, b"\xc0\xff"), (15, b"\0"), (6, b"\0\0\1"), (2, b"")],
)
def test_data_that_is_broken_is_left_out(tmp_path: pathlib.Path, kind: int, octets: bytes) -> None:
    found = row(tmp_path, raw(kind, octets))
    assert found["citywatch.dns.answers_count"] == 1
    assert "data" not in found["dns.answers"][0]
    assert found["dns.answers.data"] is None
    assert found["dns.resolved_ip"] is None


def test_more_answers_than_are_kept_are_counted(tmp_path: pathlib.Path) -> None:
    records = [DNSRR(rrname=NAME, rdata=f"198.51.100.{n}") for n in range(200)]
    found = row(tmp_path, answering(*records))
    assert found["citywatch.dns.answers_count"] == 200
    assert 10 < len(found["dns.answers"]) < 200


def test_long_data_is_clipped_to_what_a_keyword_holds(tmp_path: pathlib.Path) -> None:
    texts = b"".join(b"\xff" + b"\xfe" * 255 for _ in range(4))
    found = row(tmp_path, raw(16, texts))
    assert len(found["dns.answers.data"]) == 1024
    assert len(found["dns.answers"][0]["data"]) > 1024


def test_flags_of_the_header_are_told(tmp_path: pathlib.Path) -> None:
    assert row(tmp_path, answering(aa=1, tc=1, rd=1, ra=1, ad=1, cd=1))["dns.header_flags"] == [
        "AA", "TC", "RD", "RA", "AD", "CD"
    ]  # fmt: skip
    assert "dns.header_flags" not in row(tmp_path, query(DNS(rd=0, qd=DNSQR(qname=NAME))))


def test_edns_is_told_with_its_options(tmp_path: pathlib.Path) -> None:
    option = DNSRROPT(rclass=1232, extrcode=1, z=0x8000, rdata=[])
    option.rdata = b"\0\x0a\0\x08" + b"c" * 8 + b"\0\x08\0\0"
    found = row(tmp_path, answering(ar=[option], rcode=7))
    assert found["dns.edns.version"] == 0
    assert found["dns.edns.udp_size"] == 1232
    assert found["dns.edns.do"] is True
    assert found["dns.edns.options"] == [10, 8]
    assert found["dns.header_flags"] == ["RD", "DO"]
    assert found["dns.response_code"] == "BADCOOKIE"


@pytest.mark.parametrize(("group", "name"), [(1, "IN"), (3, "CH"), (255, "ANY"), (77, "CLASS77")])
def test_the_class_is_named(tmp_path: pathlib.Path, group: int, name: str) -> None:
    frame = query(HEADER + b"\7version\4bind\0" + struct.pack(">HH", 16, group))
    assert row(tmp_path, frame)["dns.question.class"] == name


@pytest.mark.parametrize(("operation", "name"), [(0, "QUERY"), (4, "NOTIFY"), (5, "UPDATE")])
def test_the_operation_is_named(tmp_path: pathlib.Path, operation: int, name: str) -> None:
    frame = query(DNS(opcode=operation, qd=DNSQR(qname=NAME)))
    assert row(tmp_path, frame)["dns.op_code"] == name


def test_a_message_without_anything_more_has_no_rest(tmp_path: pathlib.Path) -> None:
    frame = query(DNS(rd=0, qd=DNSQR(qname=NAME)))
    assert metered(tmp_path, frame).dns[REST].to_list() == [None]


def test_the_row_says_which_protocol_it_is(tmp_path: pathlib.Path) -> None:
    result = metered(tmp_path, query(asked(NAME)))
    assert result.dns["network.protocol"].to_list() == ["dns"]
    assert result.flows["network.protocol"].to_list() == ["dns"]


RICH = bytes(
    DNS(
        id=7, qr=1, qd=DNSQR(qname=NAME, qtype=255),
        an=[
            DNSRR(rrname=NAME, type="CNAME", rdata="edge.example.net"),
            DNSRR(rrname=NAME, type="TXT", rdata=[b'"quoted" \\ text']),
            DNSRRMX(rrname=NAME, preference=1, exchange=NAME),
            DNSRRSOA(rrname=NAME, mname=NAME, rname=NAME),
            DNSRR(rrname=NAME, rdata="198.51.100.9"),
        ],
        ar=[DNSRROPT(rclass=1232)],
    )
)  # fmt: skip


@settings(max_examples=soak(40, 5_000), deadline=None)
@given(changes=st.dictionaries(st.integers(2, len(RICH) - 1), st.integers(0, 255), max_size=6))
def test_whatever_a_message_holds_the_rest_is_a_json_object(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[int, int]
) -> None:
    damaged = bytearray(RICH)
    for place, value in changes.items():
        damaged[place] = value
    result = metered(tmp_path_factory.mktemp("dns"), answer(bytes(damaged)))
    assert len(result.dns) + sum(result.counters.dns_refused.values()) == 1
    for rest in result.dns[REST].drop_nulls():
        assert isinstance(json.loads(rest), dict)
    for name in ("dns.answers.data", "dns.question.name"):
        assert all(
            len(text) <= 1024 and text.isprintable() for text in result.dns[name].drop_nulls()
        )
