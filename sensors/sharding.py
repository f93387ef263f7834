"""One capture metered by several workers, each a part of it; the rows are those of the whole.

Workers are threads where all that takes time is compiled, and processes, which hand their rows
over in files, where protocols are read in Python.
"""

import hashlib
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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
from situation.faults import Unavailable
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA, PROTOCOL_SCHEMA

_FLOW_ID, _OUTER_ID = "citywatch.flow.id", "citywatch.flow.tunnel.outer_id"


@dataclass(frozen=True, slots=True)
class Part:
    """What one worker does: a span, and where its rows go if they have to leave a process."""

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
    """What a worker says of its part."""

    counters: Counters
    is_exact: bool
    last: int | None
    """Time of the last packet that was metered."""


class Made(NamedTuple):
    """The rows of a part."""

    border: pl.DataFrame
    """Flows that may go on in another part."""
    inner: pl.DataFrame
    dns: pl.DataFrame
    events: pl.DataFrame


def meter_part(part: Part) -> tuple[Told, Made]:
    """Meter a part."""
    reach = Reach(part.span, block_packets=BLOCK_PACKETS)
    identity = Identity(part.fingerprint, observer=part.observer, drill_id=part.drill_id)
    meter = Meter(reach, identity, part.settings, deep=part.deep)
    batches = [metered for block in reach.blocks() for metered in meter.take(block)]
    batches += meter.finish()
    flows = _rows(FLOW_SCHEMA, [one.flows for one in batches])
    made = Made(
        *divided(flows, part.settings),
        dns=_rows(DNS_SCHEMA, [one.dns for one in batches]),
        events=_rows(PROTOCOL_SCHEMA, [one.events for one in batches]),
    )
    last = None if flows.is_empty() else int(flows["event.end"].to_physical().to_numpy().max())
    return Told(meter.counters, reach.is_exact, last), made


def meter_apart(part: Part) -> Told:
    """Meter a part in a process of its own and leave its rows in the folder."""
    told, made = meter_part(part)
    for kind, rows in zip(Made._fields, made, strict=True):
        rows.write_ipc(part.file(kind), compression="uncompressed")
    return told


def _left_by(part: Part) -> Made:
    """Return the rows that a process left."""
    return Made(*(pl.read_ipc(part.file(kind)) for kind in Made._fields))


def all_told(telling: Iterator[Told]) -> list[Told]:
    """Wait for all processes; Unavailable where one of them is killed."""
    try:
        return list(telling)
    except BrokenProcessPool as error:
        raise Unavailable(
            "one of the processes was killed, as where memory ends; nothing is written. "
            "Try fewer of them, or one",
            where="workers",
        ) from error


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
    """Meters one classic pcap by `workers`; else as `sensors.metering.Metering`.

    Rows are handed over at the end, since a flow may last over all parts. Its ids are others than
    those of one process. Raises Malformed where the file is no classic pcap; `batches` raises
    Unavailable where a process is killed.
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
        self._deep = deep
        self._common = (self.fingerprint, observer, drill_id, deep)
        self.counters = Counters()
        """Totals of the run, once the batches are taken."""

    def batches(
        self, progress: Progress | None = None, *, executor: Executor | None = None
    ) -> Iterator[Metered]:
        """Yield the rows, once; `executor` has the workers, which it starts itself if None.

        `progress` is told octets done and octets in all, when all are.
        """
        told, made = self._run(executor)
        yield from self._put_together(told, made)
        if progress is not None:
            progress(self._spans[-1].end, self._spans[-1].end)

    def _run(self, executor: Executor | None) -> tuple[list[Told], list[Made]]:
        """Meter all parts."""
        count = len(self._spans)
        with tempfile.TemporaryDirectory(prefix="citywatch-parts-") as folder:
            parts = [self._part(number, pathlib.Path(folder)) for number in range(count)]
            if executor is None and not self._deep:
                with ThreadPoolExecutor(count) as threads:
                    pairs = list(threads.map(meter_part, parts))
                return [told for told, _ in pairs], [made for _, made in pairs]
            if executor is not None:
                told = list(executor.map(meter_apart, parts))
            else:
                spawn = get_context("spawn")
                with ProcessPoolExecutor(count, mp_context=spawn) as processes:
                    told = all_told(processes.map(meter_apart, parts))
            return told, [_left_by(part) for part in parts]

    def _part(self, number: int, folder: pathlib.Path) -> Part:
        identity, observer, drill_id, deep = self._common
        settings = replace(self._settings, part=number)
        return Part(self._spans[number], settings, identity, observer, drill_id, deep, folder)

    def _put_together(self, told: list[Told], made: Sequence[Made]) -> Iterator[Metered]:
        """Join the parts. Behind one whose end was none, the others hold nothing that is new."""
        count = 1 + next((n for n, one in enumerate(told) if not one.is_exact), len(told) - 1)
        used = made[:count]
        joining = Joining(used[0].border, self._settings)
        for rows, one in zip(used[1:], told[1:count], strict=True):
            joining.add(rows.border, one.last)
        self.counters = summed([one.counters for one in told[:count]])
        self.counters.flows -= len(joining.renamed)
        self.counters.rows = len(joining.flows) + sum(len(rows.inner) for rows in used)
        none = Metered(
            flows=joining.flows.clear(),
            dns=pl.DataFrame(schema=DNS_SCHEMA),
            events=pl.DataFrame(schema=PROTOCOL_SCHEMA),
            name=f"{self.fingerprint}-{0:06d}",
        )
        yield replace(none, flows=joining.named(joining.flows, _OUTER_ID))
        for number, rows in enumerate(used, 1):
            yield Metered(
                flows=joining.named(rows.inner, _OUTER_ID),
                dns=joining.named(rows.dns, _FLOW_ID),
                events=joining.named(rows.events, _FLOW_ID),
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
