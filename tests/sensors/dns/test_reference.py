"""Messages of public captures as tshark and Arkime read them."""

import json
import pathlib
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sensors.dns.vocabulary import type_names
from sensors.metering import Metering
from situation.fields import REST
from tests.sensors.reference import arkime
from tests.testdata import missing, testdata

FIELDS = (
    "frame.time_epoch", "dns.id", "dns.qry.name", "dns.count.answers", "dns.flags.response",
    "dns.resp.name", "dns.resp.type", "dns.resp.ttl", "dns.a", "dns.aaaa", "dns.cname",
    "dns.rr.udp_payload_size",
)  # fmt: skip
SEPARATOR = "\x01"
CAPTURES = (
    "arkime/dns-dnskey.pcap", "arkime/dns-flags0110.pcap", "arkime/dns-mx.pcap",
    "arkime/dns-punycode.pcap", "arkime/dns-udp.pcap", "arkime/dns-wiresharkrepo.pcap",
    "ndpi/pcap/dns_long_domainname.pcap", "ndpi/pcap/dns_ambiguous_names.pcap",
    "zeek/pcap/dns/mdns-no-assoc.pcap", "ndpi/pcap/teams.pcap",
)  # fmt: skip
ARKIME = (
    "dns-dnskey", "dns-flags0000", "dns-flags0110", "dns-mx", "dns-punycode", "dns-tcp",
    "dns-udp", "dns-update",
)  # fmt: skip
ROOTS = {"<Root>": ".", "<root>": "."}
"""Where others write the name of the root their own way."""
CODES = {"NOTIMPL": "NOTIMP"}

Row = dict[str, Any]


def messages(capture: pathlib.Path) -> list[Row]:
    """Return the messages of a capture, what has no column included."""
    batches = list(Metering([capture], observer="test", deep=False).batches())
    rows = [row for batch in batches for row in batch.dns.iter_rows(named=True)]
    return [{**row, **json.loads(row[REST] or "{}")} for row in rows]


def frames(capture: pathlib.Path) -> Iterator[Mapping[str, list[str]]]:
    """Yield the datagrams of DNS as tshark reads them, all values of each field."""
    wanted = [part for field in FIELDS for part in ("-e", field)]
    command = [
        "tshark",
        "-n",
        "-r",
        str(capture),
        "-Y",
        "udp && (dns || mdns) && !icmp",
        "-Tfields",
    ]
    options = ["-Eoccurrence=a", f"-Eaggregator={SEPARATOR}"]
    run = subprocess.run(command + options + wanted, capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        values = [value.split(SEPARATOR) if value else [] for value in line.split("\t")]
        yield dict(zip(FIELDS, values, strict=True))


def named(names: list[str]) -> list[str]:
    return [ROOTS.get(name, name.lower()) for name in names]


def check(frame: Mapping[str, list[str]], row: Row) -> None:
    """Answers stand first among the records of a frame."""
    answers = row.get("dns.answers", [])
    count, types = len(answers), type_names()
    assert [one["name"] for one in answers] == named(frame["dns.resp.name"][:count])
    assert [one["type"] for one in answers] == [
        types[int(n)] for n in frame["dns.resp.type"][:count]
    ]
    assert [str(one["ttl"]) for one in answers] == frame["dns.resp.ttl"][:count]
    for kind, field in (("A", "dns.a"), ("AAAA", "dns.aaaa"), ("CNAME", "dns.cname")):
        data = [one["data"] for one in answers if one["type"] == kind]
        assert data == named(frame[field][: len(data)])
    if frame["dns.flags.response"] == ["1"]:
        assert row["citywatch.dns.answers_count"] == int(frame["dns.count.answers"][0])
    assert named(frame["dns.qry.name"][:1]) == [row["dns.question.name"]] * bool(
        frame["dns.qry.name"]
    )
    told = [str(row[name]) for name in ("dns.edns.udp_size",) if name in row]
    assert told == frame["dns.rr.udp_payload_size"]


@pytest.mark.parametrize("name", CAPTURES)
def test_questions_answers_and_edns_are_those_of_tshark(name: str) -> None:
    if shutil.which("tshark") is None:
        missing("tshark is not installed")
    capture = testdata("captures", name)
    mine: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in messages(capture):
        mine[row["@timestamp"].strftime("%s.%f"), int(row["dns.id"])].append(row)
    seen = 0
    for frame in frames(capture):
        key = frame["frame.time_epoch"][0][:-3], int(frame["dns.id"][0], 16)
        check(frame, mine[key].pop(0))
        seen += 1
    assert seen > 0


@pytest.mark.parametrize("name", ARKIME)
def test_what_arkime_says_of_a_name_is_said(name: str) -> None:
    expected = testdata("captures", "arkime", f"{name}.test")
    rows = messages(expected.with_suffix(".pcap"))
    said = {
        (
            row["dns.question.name"],
            row["dns.question.type"],
            row["dns.question.class"],
            row["dns.op_code"],
        )
        for row in rows
    }
    codes = {(row["dns.question.name"], row["dns.response_code"]) for row in rows}
    for session in arkime.sessions(expected):
        for one in session.get("dns", ()):
            host = one.get("puny", [ROOTS.get(one["queryHost"], one["queryHost"])])[0]
            assert (host, one["qt"], one["qc"], one["opcode"]) in said
            assert (host, CODES.get(one.get("status"), one.get("status"))) in codes
            flags = [set(row.get("dns.header_flags", ())) - {"DO"} for row in rows]
            assert "headerFlags" not in one or set(one["headerFlags"]) in flags
