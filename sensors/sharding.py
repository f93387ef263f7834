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

from sensors.frame.border import divided
from sensors.frame.identity import Identity, fingerprint
from sensors.frame.merging import joined, renamed_in
from sensors.meter.counters import Counters
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.metering import BLOCK_PACKETS, Meter, Metered, Progress
from sensors.span import Reach, Span, spans
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA, PROTOCOL_SCHEMA

_FLOW_ID, _OUTER_ID = "citywatch.flow.id", "citywatch.flow.tunnel.outer_id"
_BORDER, _INNER, _DNS, _EVENTS = "border", "inner", "dns", "events"


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
    last: int | None
    """Time of the last packet that was metered."""


def meter_part(part: Part) -> Told:
    """Meter a part and leave its rows in the folder."""
    reach = Reach(part.span, block_packets=BLOCK_PACKETS)
    identity = Identity(part.fingerprint, observer=part.observer, drill_id=part.drill_id)
    meter = Meter(reach, identity, part.settings, deep=part.deep)
    batches = [metered for block in reach.blocks() for metered in meter.take(block)]
    batches += meter.finish()
    flows = _rows(FLOW_SCHEMA, [one.flows for one in batches])
    border, inner = divided(flows, part.settings)
    border.write_ipc(part.file(_BORDER), compression="uncompressed")
    inner.write_ipc(part.file(_INNER), compression="uncompressed")
    for kind, schema, frames in (
        (_DNS, DNS_SCHEMA, [one.dns for one in batches]),
        (_EVENTS, PROTOCOL_SCHEMA, [one.events for one in batches]),
    ):
        _rows(schema, frames).write_ipc(part.file(kind), compression="uncompressed")
    last = None if flows.is_empty() else int(flows["event.end"].to_physical().to_numpy().max())
    return Told(meter.counters, reach.is_exact, last)


def _rows(schema: dict[str, pl.DataType], frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")


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
        count = 1 + next((n for n, one in enumerate(told) if not one.is_exact), len(told) - 1)
        used = parts[:count]
        joining = Joining(pl.read_ipc(used[0].file(_BORDER)), self._settings)
        for part, one in zip(used[1:], told[1:count], strict=True):
            joining.add(pl.read_ipc(part.file(_BORDER)), one.last)
        inner = [pl.read_ipc(part.file(_INNER)) for part in used]
        self.counters = summed([one.counters for one in told[:count]])
        self.counters.flows -= len(joining.renamed)
        self.counters.rows = len(joining.flows) + sum(map(len, inner))
        none = Metered(
            flows=joining.flows.clear(),
            dns=pl.DataFrame(schema=DNS_SCHEMA),
            events=pl.DataFrame(schema=PROTOCOL_SCHEMA),
            name=f"{self.fingerprint}-{0:06d}",
        )
        yield replace(none, flows=joining.named(joining.flows, _OUTER_ID))
        for number, (part, flows) in enumerate(zip(used, inner, strict=True), 1):
            yield Metered(
                flows=joining.named(flows, _OUTER_ID),
                dns=joining.named(pl.read_ipc(part.file(_DNS)), _FLOW_ID),
                events=joining.named(pl.read_ipc(part.file(_EVENTS)), _FLOW_ID),
                name=f"{self.fingerprint}-{number:06d}",
            )


class Joining:
    """Rows at the borders of parts, joined one part after the other."""

    def __init__(self, first: pl.DataFrame, settings: MeterSettings) -> None:
        self.flows = first
        self.renamed = pl.DataFrame(schema={"old": pl.String, "new": pl.String})
        self._settings = settings

    def add(self, rows: pl.DataFrame, last: int | None) -> None:
        """Join the next part, whose last packet is of time `last`."""
        merged = joined(self.flows, rows, self._settings, last)
        self.flows = merged.flows
        self.renamed = pl.concat([renamed_in(self.renamed, "new", merged.renamed), merged.renamed])

    def named(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return rows that name flows in `column` by the ids of the whole."""
        return renamed_in(rows, column, self.renamed)
