"""One capture metered by several processes, each a part of it; the rows are those of the whole."""

import hashlib
import pathlib
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from typing import NamedTuple

import polars as pl

from sensors.frame.identity import Identity, fingerprint
from sensors.frame.merging import joined, renamed_in
from sensors.meter.counters import Counters
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.metering import BLOCK_PACKETS, Meter, Metered, Progress
from sensors.span import Reach, Span, spans
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA, PROTOCOL_SCHEMA

_FLOW_ID = "citywatch.flow.id"
_KINDS = ("flows", "dns", "events")
_SCHEMAS = (FLOW_SCHEMA, DNS_SCHEMA, PROTOCOL_SCHEMA)


@dataclass(frozen=True, slots=True)
class Part:
    """What one process does: a span, and where its rows go."""

    span: Span
    settings: MeterSettings
    fingerprint: str
    observer: str
    drill_id: str | None
    deep: bool
    folder: pathlib.Path

    def file(self, kind: str) -> pathlib.Path:
        """Return where the rows of a kind lie."""
        return self.folder / f"{self.settings.part}-{kind}.arrow"


class Told(NamedTuple):
    """What a process says of its part."""

    counters: Counters
    is_exact: bool


def meter_part(part: Part) -> Told:
    """Meter a part and leave its rows in the folder."""
    reach = Reach(part.span, block_packets=BLOCK_PACKETS)
    identity = Identity(part.fingerprint, observer=part.observer, drill_id=part.drill_id)
    meter = Meter(reach, identity, part.settings, deep=part.deep)
    batches = [metered for block in reach.blocks() for metered in meter.take(block)]
    batches += meter.finish()
    for kind, schema in zip(_KINDS, _SCHEMAS, strict=True):
        frames = [getattr(one, kind) for one in batches]
        rows = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")
        rows.write_ipc(part.file(kind), compression="uncompressed")
    return Told(meter.counters, reach.is_exact)


def summed(counters: list[Counters]) -> Counters:
    """Return the totals of several parts."""
    total = Counters()
    for one in counters:
        for each in fields(Counters):
            mine, theirs = getattr(total, each.name), getattr(one, each.name)
            if isinstance(theirs, dict):
                keys = {*mine, *theirs}
                value: object = {key: mine.get(key, 0) + theirs.get(key, 0) for key in keys}
            elif each.name.endswith("_packet"):
                known = [when for when in (mine, theirs) if when is not None]
                least = min if each.name == "first_packet" else max
                value = least(known) if known else None
            else:
                value = mine + theirs
            setattr(total, each.name, value)
    return total


class Sharding:
    """Meters one classic pcap by `workers` processes; else as `sensors.metering.Metering`.

    Rows are handed over at the end, since a flow may last over all parts. Its ids are others than
    those of one process. Raises Malformed where the file is no classic pcap.
    """

    def __init__(
        self,
        file: pathlib.Path,
        *,
        workers: int,
        observer: str,
        drill_id: str | None = None,
        settings: MeterSettings = DEFAULT_SETTINGS,
        deep: bool = True,
    ) -> None:
        self._spans = spans(file, workers)
        self._settings = settings
        whole = fingerprint([file], observer, drill_id, settings)
        digest = hashlib.blake2b(f"{whole}/{len(self._spans)}".encode(), digest_size=20)
        self.fingerprint = digest.hexdigest()
        """What identifies the rows of this run, among it how many parts there are."""
        self._common = (self.fingerprint, observer, drill_id, deep)
        self.counters = Counters()
        """Totals of the run, once the batches are taken."""

    def batches(
        self, progress: Progress | None = None, *, executor: Executor | None = None
    ) -> Iterator[Metered]:
        """Yield the rows, once; `executor` has the processes, which it starts itself if None.

        `progress` is told octets done and octets in all, when all are.
        """
        with tempfile.TemporaryDirectory(prefix="citywatch-parts-") as folder:
            parts = [self._part(number, pathlib.Path(folder)) for number in range(len(self._spans))]
            if executor is not None:
                told = list(executor.map(meter_part, parts))
            else:
                spawn = get_context("spawn")
                with ProcessPoolExecutor(len(parts), mp_context=spawn) as processes:
                    told = list(processes.map(meter_part, parts))
            yield from self._put_together(parts, told)
            if progress is not None:
                progress(self._spans[-1].end, self._spans[-1].end)

    def _part(self, number: int, folder: pathlib.Path) -> Part:
        identity, observer, drill_id, deep = self._common
        settings = replace(self._settings, part=number)
        return Part(self._spans[number], settings, identity, observer, drill_id, deep, folder)

    def _put_together(self, parts: list[Part], told: list[Told]) -> Iterator[Metered]:
        """Join the parts. Behind one whose end was none, the others hold nothing that is new."""
        last = next((n for n, one in enumerate(told) if not one.is_exact), len(told) - 1)
        used = parts[: last + 1]
        flows, renamed = pl.read_ipc(used[0].file("flows")), None
        lost = 0
        for part in used[1:]:
            merged = joined(flows, pl.read_ipc(part.file("flows")), self._settings)
            flows = merged.flows
            lost += len(merged.renamed)
            renamed = merged.renamed if renamed is None else _followed(renamed, merged.renamed)
        others = [
            pl.concat([pl.read_ipc(part.file(kind)) for part in used], how="diagonal")
            for kind in _KINDS[1:]
        ]
        if renamed is not None:
            others = [renamed_in(rows, _FLOW_ID, renamed) for rows in others]
        self.counters = summed([one.counters for one in told[: last + 1]])
        self.counters.flows -= lost
        self.counters.rows = len(flows)
        yield Metered(
            flows=flows, dns=others[0], events=others[1], name=f"{self.fingerprint}-000000"
        )


def _followed(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Return both renamings as one."""
    return pl.concat([renamed_in(earlier, "new", later), later])
