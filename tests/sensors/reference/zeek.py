"""Connections of Zeek (README of `captures/zeek`)."""

import csv
import pathlib
from collections.abc import Iterator, Mapping

from sensors.frame.vocabulary import transport_names
from tests.sensors.reference.ladder import WITHOUT_SCTP, Key, Sums, rung
from tests.testdata import testdata


def tests() -> Iterator[Mapping[str, str]]:
    """Yield the rows of the index: capture, test, logs, how Zeek was run."""
    index = testdata("captures", "zeek", "INDEX.tsv")
    with index.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def log(path: pathlib.Path) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a log, by column."""
    columns: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#fields\t"):
            columns = line.split("\t")[1:]
        elif columns and line and not line.startswith("#"):
            yield dict(zip(columns, line.split("\t"), strict=True))


def records(conn: pathlib.Path) -> Iterator[tuple[Key, Sums]]:
    """Yield what each connection says, octets from the IP header on."""
    names = transport_names()
    for row in log(conn):
        transport = row["proto"]
        if row.get("ip_proto", "-") != "-":
            transport = names[int(row["ip_proto"])]
        sides = [(row[f"id.{side}_h"], int(row[f"id.{side}_p"])) for side in ("orig", "resp")]
        sums = tuple(
            int(row[f"{side}_{what}"]) for side in ("orig", "resp") for what in ("pkts", "ip_bytes")
        )
        yield rung(transport, sides[0], sides[1], sums, WITHOUT_SCTP)  # type: ignore[arg-type] # four of them
