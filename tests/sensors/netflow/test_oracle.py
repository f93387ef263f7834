"""The decoder beside tshark, on public captures and on messages of many kinds."""

import datetime as dt
import pathlib
import random
import shutil
import subprocess

import polars as pl
import pytest
from scapy.layers.inet import IP, UDP
from scapy.packet import Raw

from sensors.netflow.reading import PORTS, Export
from tests import testdata
from tests.sensors.building import SECOND, ether, pcap, written
from tests.sensors.netflow.exporting import (
    BASIC,
    EXPORTER,
    NOW,
    UPTIME,
    VARIABLE,
    Field,
    Record,
    a_set,
    basic,
    check,
    data,
    decoder,
    encoded,
    flows,
    options_9,
    template_9,
    template_10,
    v5,
    v9,
    v10,
)

FIELDS = {
    "cflow.srcaddr": "source.ip",
    "cflow.dstaddr": "destination.ip",
    "cflow.srcport": "source.port",
    "cflow.dstport": "destination.port",
    "cflow.protocol": "network.iana_number",
    "cflow.packets": "source.packets",
    "cflow.octets": "source.bytes",
}
"""Field of tshark to our column."""
ABSOLUTE: tuple[Field, ...] = (
    (1, 3), (2, 8), (82, VARIABLE), (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 2), (152, 8),
    (153, 8),
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def wireshark() -> None:
    if shutil.which("tshark") is None:
        testdata.missing("tshark is not installed")


def by_tshark(path: pathlib.Path, *fields: str) -> list[list[str]]:
    """Return the values of each field over all records of a capture, in order."""
    run = subprocess.run(
        ["tshark", "-n", "-r", str(path), "-Y", "cflow", "-Tfields", "-Eseparator=;"]
        + [f"-e{field}" for field in fields],
        capture_output=True,
        text=True,
        check=True,
    )
    columns: list[list[str]] = [[] for _ in fields]
    for line in run.stdout.splitlines():
        for column, values in zip(columns, line.split(";"), strict=True):
            column += [value for value in values.split(",") if value]
    return columns


def by_us(path: pathlib.Path, *ports: int) -> pl.DataFrame:
    one = decoder()
    result = one.decode(list(Export(path, ports).datagrams()))
    check(result, one)
    assert one.counters.sets_refused.total() == 0
    return flows(result)


def exported(folder: pathlib.Path, *payloads: bytes) -> pathlib.Path:
    """Write a capture of what one exporter sent."""
    packets = [
        IP(src=EXPORTER, dst="192.0.2.9") / UDP(sport=50_000, dport=2055) / Raw(payload)
        for payload in payloads
    ]
    frames = [((NOW + number) * SECOND, ether(one)) for number, one in enumerate(packets)]
    return written(folder, pcap(frames))


def many(count: int, seed: int) -> list[dict[int, int]]:
    values = random.Random(seed)  # noqa: S311 - the same records in every run
    return [
        basic(
            source=values.getrandbits(32),
            destination=values.getrandbits(32),
            sport=values.getrandbits(16),
            dport=values.getrandbits(16),
            protocol=values.choice((6, 17)),
            packets=values.getrandbits(20),
            octets=values.getrandbits(24),
            start=UPTIME - values.getrandbits(20) - 2**20,
            end=UPTIME - values.getrandbits(20),
        )
        for _ in range(count)
    ]


def assert_alike(ours: pl.DataFrame, theirs: list[list[str]]) -> None:
    for column, values in zip(FIELDS.values(), theirs, strict=True):
        assert [str(value) for value in ours[column]] == values, column


def test_v5_and_v9_records_are_those_of_tshark(tmp_path: pathlib.Path) -> None:
    turned = tuple(reversed(BASIC))
    path = exported(
        tmp_path,
        v5(*many(30, 1)),
        v5(*many(7, 2), sequence=30),
        v9(template_9(256, BASIC), data(256, BASIC, *many(20, 3), padded=True)),
        v9(
            options_9(257, [(1, 4)], [(34, 4), (35, 1)]),
            a_set(257, b"\0\0\0\1\0\0\0\x64\1\0\0\0"),
            sequence=1,
        ),
        v9(data(256, BASIC, *many(5, 4), padded=True), sequence=2),
    )
    ours = by_us(path)
    assert_alike(ours, by_tshark(path, *FIELDS))
    booted = dt.datetime.fromtimestamp(NOW - UPTIME / 1000, dt.UTC)
    for column, field in (("event.start", "cflow.timestart"), ("event.end", "cflow.timeend")):
        (theirs,) = by_tshark(path, field)
        told = [round((time - booted).total_seconds(), 3) for time in ours[column]]
        assert told == [round(float(time), 3) for time in theirs]
    path = exported(tmp_path, v9(template_9(256, turned), data(256, turned, *many(9, 5))))
    assert_alike(by_us(path), by_tshark(path, *FIELDS))


def test_ipfix_records_of_varying_length_are_those_of_tshark(tmp_path: pathlib.Path) -> None:
    values = random.Random(6)  # noqa: S311 - the same records in every run
    records: list[Record] = [
        {
            **one,
            82: b"x" * values.randrange(300),
            152: NOW * 1000 - values.getrandbits(30),
            153: NOW * 1000 - values.getrandbits(20),
        }
        for one in many(40, 7)
    ]
    body = b"".join(encoded(ABSOLUTE, one) for one in records)
    path = exported(tmp_path, v10(template_10(300, ABSOLUTE), a_set(300, body)))
    ours = by_us(path)
    assert len(ours) == 40
    assert_alike(ours, by_tshark(path, *FIELDS))


@pytest.mark.parametrize(
    ("name", "ports", "messages", "templates", "records"),
    [
        ("ndpi/pcap/netflow-fritz.pcap", (), 1, 3, 0),
        ("arkime/arkime_synthetic.pcap", PORTS, 6, 4, 2),
    ],
)
def test_public_captures_give_the_messages_and_records_of_tshark(
    name: str, ports: frozenset[int], messages: int, templates: int, records: int
) -> None:
    path = testdata.testdata("captures", *name.split("/"))
    one = decoder()
    result = one.decode(list(Export(path, ports).datagrams()))
    check(result, one)
    versions, learned, *columns = by_tshark(path, "cflow.version", "cflow.template_id", *FIELDS)
    assert one.counters.read == messages == len([v for v in versions if v in ("5", "9", "10")])
    assert one.counters.templates == templates
    assert len(learned) <= templates
    assert one.counters.sets_refused.total() == 0
    assert len(flows(result)) == records
    for column, values in zip(FIELDS.values(), columns, strict=True):
        if records:
            assert {str(value) for value in flows(result)[column]} <= set(values)
