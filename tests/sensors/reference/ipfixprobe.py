"""Flow records of ipfixprobe (README of `vectors/ipfixprobe`)."""

import csv
import pathlib
from collections.abc import Iterator, Mapping

from sensors.frame.vocabulary import transport_names
from tests.sensors.reference.ladder import Key, Sums, rung


def rows(expected: pathlib.Path) -> Iterator[Mapping[str, str]]:
    """Yield the records; the head line stands wherever it sorts."""
    lines = list(csv.reader(expected.read_text(encoding="utf-8").splitlines()))
    head = next(line for line in lines if line[0].startswith("ipaddr "))
    names = [column.split(" ")[1] for column in head]
    for line in lines:
        if line is not head and line:
            yield dict(zip(names, line, strict=False))


def records(expected: pathlib.Path) -> Iterator[tuple[Key, Sums]]:
    """Yield what each record says, octets from the IP header on."""
    names = transport_names()
    for row in rows(expected):
        sums = tuple(int(row[name]) for name in ("PACKETS", "BYTES", "PACKETS_REV", "BYTES_REV"))
        source = row["SRC_IP"], int(row["SRC_PORT"])
        destination = row["DST_IP"], int(row["DST_PORT"])
        yield rung(names[int(row["PROTOCOL"])], source, destination, sums)  # type: ignore[arg-type] # four of them
