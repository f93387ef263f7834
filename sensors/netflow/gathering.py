"""What is gathered of some datagrams, and decoded together once all were read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from sensors.frame.column import Flags, Integers
from sensors.netflow.counters import Counters
from sensors.netflow.domain import Domain
from sensors.netflow.flow.frame import (
    NETFLOW_SCHEMA,
    SAMPLING_INTERVAL,
    Company,
    Rules,
    record_frame,
)
from sensors.netflow.flow.origin import Ledger, Origins
from sensors.netflow.wire.records import Chunk, Records, straighten
from sensors.netflow.wire.template import Template
from sensors.record import Priority

_PLACE_BITS = 16
_BROKEN = "record_beyond_set"
_UNKNOWN = -(1 << 40)
"""Added to the records of a message, it outweighs all that a message can hold."""


class Flows(NamedTuple):
    """Flow records as NETFLOW_SCHEMA, and how they are shed: sampled ones go first."""

    frame: pl.DataFrame
    priority: Priority


@dataclass(slots=True)
class Gathering:
    """Messages, and the sets of records by template; templates that are equal are one object."""

    counters: Counters = field(default_factory=Counters)
    ledger: Ledger = field(default_factory=Ledger)
    _groups: dict[int, tuple[Template, list[Chunk]]] = field(default_factory=dict)
    _domains: list[Domain] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)
    _options: dict[int, int] = field(default_factory=dict)

    def place_of(self, domain: Domain) -> int:
        """Return the position of a domain among those of the gathering."""
        place = self._places.setdefault(id(domain), len(self._domains))
        if place == len(self._domains):
            self._domains.append(domain)
        return place

    def put(self, template: Template, chunk: Chunk) -> None:
        """Add a set of flows to those of its template."""
        self._groups.setdefault(id(template), (template, []))[1].append(chunk)

    def learn(self, template: Template, chunk: Chunk, domain: Domain) -> None:
        """Let a domain learn from a set of options, at once."""
        records, counts, broken = straighten(template, [chunk])
        domain.learn(records)
        self.counters.options += len(records)
        self._options[chunk.message] = self._options.get(chunk.message, 0) + int(counts.sum())
        self._settle_sets(broken)

    def give_up(self, sets: int) -> None:
        """Count sets whose template never came."""
        self.counters.sets_waiting -= sets
        self.counters.no_template += sets

    def settle(self, rules: Rules) -> tuple[tuple[Flows, ...], Integers]:
        """Decode what was gathered; return the flows, and the records of each message.

        They are negative where a set broke off, so that nobody knows how many there were.
        """
        begun = np.array([domain.announced.begun for domain in self._domains], np.int64)
        origins = self.ledger.origins(begun)
        told = np.zeros(len(origins.exported), np.int64)
        for position, count in self._options.items():
            told[position] += count
        frames = []
        for template, chunks in self._groups.values():
            records, counts, broken = straighten(template, chunks)
            self._settle_sets(broken)
            messages = np.array([chunk.message for chunk in chunks], np.int64)
            np.add.at(told, messages, np.where(broken, _UNKNOWN, counts))
            if len(records):
                company = self._company(records, chunks, counts, origins)
                frames.append(record_frame(records, company, rules))
        flows = tuple(_by_priority(frames))
        self.counters.records = sum(len(one.frame) for one in flows)
        self.counters.sampled = sum(
            len(one.frame) for one in flows if one.priority == Priority.SAMPLE
        )
        return flows, told

    def _company(
        self, records: Records, chunks: Sequence[Chunk], counts: Integers, origins: Origins
    ) -> Company:
        messages = np.array([chunk.message for chunk in chunks], np.int64)
        return Company(
            origins.of(messages[records.chunk]),
            _numbers(records, chunks, counts),
            [domain.known for domain in self._domains],
            np.array([domain.hash for domain in self._domains], np.uint64),
        )

    def _settle_sets(self, broken: Flags) -> None:
        bad = int(broken.sum())
        self.counters.sets_taken += len(broken) - bad
        if bad:
            self.counters.sets_refused[_BROKEN] += bad


def _numbers(records: Records, chunks: Sequence[Chunk], counts: Integers) -> Integers:
    """Return the number of each record in its message: place of the set, then place in it."""
    places = np.array([chunk.place for chunk in chunks], np.int64)
    firsts = np.cumsum(counts) - counts
    within = np.arange(len(records)) - firsts[records.chunk]
    return places[records.chunk] << _PLACE_BITS | within


def _by_priority(frames: Sequence[pl.DataFrame]) -> Iterator[Flows]:
    frame = frames[0] if len(frames) == 1 else pl.concat([_NONE, *frames])
    sampled = (frame[SAMPLING_INTERVAL] > 1).fill_null(value=False)
    for mask, priority in ((~sampled, Priority.FLOW), (sampled, Priority.SAMPLE)):
        if mask.any():
            yield Flows(frame if mask.all() else frame.filter(mask), priority)


_NONE = pl.DataFrame(schema=NETFLOW_SCHEMA)
