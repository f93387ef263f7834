"""Captures as the parsers read them, and as tshark does."""

import functools
import json
import pathlib
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest

from sensors.meter.settings import MeterSettings
from sensors.metering import Metering
from situation.fields import REST
from tests.testdata import missing

Record = Mapping[str, object]
Row = tuple[str, ...]

_ALL = MeterSettings(payloads=4000, messages=60_000)


@functools.cache
def records(capture: pathlib.Path) -> Sequence[Record]:
    """Return the records of a capture, of which every payload is kept."""
    return [
        {**row, **json.loads(row.get(REST) or "{}")}
        for batch in Metering([capture], observer="test", settings=_ALL).batches()
        for row in batch.events.iter_rows(named=True)
    ]


@functools.cache
def protocols(capture: pathlib.Path) -> frozenset[str]:
    """Return what the flows of a capture are known as."""
    return frozenset(
        name
        for batch in Metering([capture], observer="test").batches()
        for name in batch.flows["network.protocol"].drop_nulls()
    )


def told(capture: pathlib.Path, dataset: str, fields: Iterable[str]) -> Counter[Row]:
    """Count what the records of a dataset say; a field that one does not have is empty."""
    return Counter(
        tuple(_text(record.get(name)) for name in fields)
        for record in records(capture)
        if record["event.dataset"] == dataset
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return "" if value is None else str(value)


def tshark(
    capture: pathlib.Path, wanted: str, fields: Sequence[str], *options: str
) -> Counter[Row]:
    """Count what tshark says; a packet with several messages gives a row for each."""
    return Counter(row for packet in _packets(capture, wanted, fields, options) for row in packet)


def first_of_each(
    capture: pathlib.Path, wanted: str, fields: Sequence[str], *options: str
) -> Counter[Row]:
    """Count what tshark says first in each packet."""
    return Counter(packet[0] for packet in _packets(capture, wanted, fields, options))


def _packets(
    capture: pathlib.Path, wanted: str, fields: Sequence[str], options: Sequence[str]
) -> Iterable[list[Row]]:
    program = shutil.which("tshark")
    if program is None:
        missing("tshark is absent")
    listed = [part for name in fields for part in ("-e", name)]
    done = subprocess.run(
        [str(program), "-n", "-r", str(capture), "-Y", wanted, *options, "-T", "fields",
         "-E", "occurrence=a", "-E", "aggregator=|", *listed],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        columns = [column.split("|") for column in line.split("\t")]
        yield [tuple(row) for row in zip_longest(*columns, fillvalue="")]


def converted(rows: Counter[Row], *forms: Callable[[str], str]) -> Counter[Row]:
    """Return rows with each column in another form."""
    found: Counter[Row] = Counter()
    for row, count in rows.items():
        found[tuple(form(value) for form, value in zip(forms, row, strict=True))] += count
    return found


def number(value: str) -> str:
    """Return a number that tshark wrote in any base, in decimal; nothing stays nothing."""
    return str(int(value, 0)) if value else ""
