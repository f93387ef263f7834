"""What exporters announce by options data: sampling, names of interfaces and applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import polars as pl

from sensors.frame.column import Integers
from sensors.netflow.flow.origin import Origins
from sensors.netflow.flow.remainder import floats_of, text_of
from sensors.netflow.wire.element import Element, Type
from sensors.netflow.wire.message import MILLISECOND
from sensors.netflow.wire.records import LIMIT, Records

Told = TypeVar("Told", int, str)

MOST_NAMES = 4096
"""Interfaces and applications that are kept of one observation domain, each."""
_MOST_SAMPLERS = 256
_MOST_CHARACTERS = 128
"""Characters that are kept of a name."""

INGRESS, EGRESS = 10, 14
_SAMPLERS, _APPLICATION = (48, 302), 95
_INTERVALS = (34, 50)
_TAKEN, _SKIPPED = 305, 306
_SIZE, _POPULATION = 309, 310
_PROBABILITY = 311
_INTERFACE_NAMES, _APPLICATION_NAME = (82, 83), 96
_SYSTEM_BEGUN = 160
_LATEST_BEGUN = 4_102_444_800_000
"""Milliseconds of the year 2100."""
_KEY_BITS = 32
_KEY_MASK = (1 << _KEY_BITS) - 1


_WHOLE_EXPORTER = frozenset({Element(0, 144), Element(0, 130), Element(0, 131)})
"""Scopes of what holds for all observation domains: the system, or the exporter's address."""


@dataclass(slots=True, weakref_slot=True)
class Announced:
    """What an exporter announced. An interval of 100: 1 packet in 100 was metered."""

    interval: int = 0
    samplers: dict[int, int] = field(default_factory=dict)
    interfaces: dict[int, int] = field(default_factory=dict)
    interface_names: dict[int, str] = field(default_factory=dict)
    applications: dict[int, str] = field(default_factory=dict)
    begun: int = -1
    """When the uptime began, nanoseconds since 1970; -1 if unknown."""

    @property
    def names(self) -> int:
        """How many entries its tables have."""
        sampling = len(self.samplers) + len(self.interfaces)
        return sampling + len(self.interface_names) + len(self.applications)

    def learn(self, options: Records) -> None:
        """Take over what options records say."""
        self.learn_sampling(options)
        interface, application = options.peek(INGRESS), options.peek(_APPLICATION)
        for number in _INTERFACE_NAMES:
            _remember(self.interface_names, interface, _texts(options, number))
        _remember(self.applications, application, _texts(options, _APPLICATION_NAME))
        begun = options.peek(_SYSTEM_BEGUN)
        if begun is not None and len(begun) and 0 < begun[-1] < _LATEST_BEGUN:
            self.begun = int(begun[-1]) * MILLISECOND

    def learn_sampling(self, options: Records) -> None:
        """Take over what options records say of sampling alone."""
        interval = told_interval(options)
        if interval is None or not len(interval):
            return
        sampler = _first(options, _SAMPLERS)
        interface = _first(options, (INGRESS, EGRESS))
        if sampler is not None:
            _remember(self.samplers, sampler, interval.tolist(), _MOST_SAMPLERS)
        elif interface is not None:
            _remember(self.interfaces, interface, interval.tolist())
        else:
            self.interval = int(interval[-1])


def is_for_whole_exporter(options: Records) -> bool:
    """Tell whether options records are about more than their own observation domain."""
    return options.template.fields[0].element in _WHOLE_EXPORTER


def _first(records: Records, numbers: Sequence[int]) -> Integers | None:
    return next((told for number in numbers if (told := records.peek(number)) is not None), None)


def _texts(options: Records, number: int) -> list[str] | None:
    position = options.find(number)
    if position is None or options.template.fields[position].element.type != Type.STRING:
        return None
    return text_of(options.octets(position)).str.head(_MOST_CHARACTERS).to_list()


def _remember(
    table: dict[int, Told],
    keys: Integers | None,
    values: list[Told] | None,
    most: int = MOST_NAMES,
) -> None:
    if keys is None or values is None:
        return
    for key, value in zip(keys.tolist(), values, strict=True):
        if value and (len(table) < most or key & _KEY_MASK in table):
            table[key & _KEY_MASK] = value


def told_interval(records: Records) -> Integers | None:
    """Return the sampling interval that records tell themselves, None where they do not.

    NetFlow's interval; packets taken and skipped, or so many out of so many (RFC 5477, 8.2);
    the probability, turned over. Exporters that tell no packets skipped mean the interval by
    those taken.
    """
    interval = records.first_of(_INTERVALS)
    if interval is not None:
        return interval
    taken, skipped = records.number(_TAKEN), records.number(_SKIPPED)
    if taken is not None:
        return taken if skipped is None else (taken + skipped) // np.maximum(taken, 1)
    size, population = records.number(_SIZE), records.number(_POPULATION)
    if size is not None and population is not None:
        return population // np.maximum(size, 1)
    return _by_probability(records)


def _by_probability(records: Records) -> Integers | None:
    position = records.find(_PROBABILITY)
    told = None if position is None else floats_of(records, position)
    if told is None:
        return None
    shares = told.to_numpy()
    likely = np.where((shares > 0) & (shares <= 1), shares, 1.0)
    return np.minimum(np.rint(1 / np.maximum(likely, 1e-9)), LIMIT).astype(np.int64)


def sampling(records: Records, origins: Origins, announced: Sequence[Announced]) -> Integers:
    """Return the sampling interval of records, 0 where none is known.

    What the record tells goes before its sampler, that before its interface, that before what
    holds for the whole domain, that before the header of v5.
    """
    general = np.array([one.interval for one in announced], np.int64)
    found = np.where(
        general[origins.domain] > 0, general[origins.domain], origins.sampling_interval
    )
    for numbers, tables in (
        ((INGRESS,), [one.interfaces for one in announced]),
        (_SAMPLERS, [one.samplers for one in announced]),
    ):
        keys = _first(records, numbers) if any(tables) else None
        if keys is not None:
            looked_up = looked_up_in(tables, origins.domain, keys)
            told = looked_up.cast(pl.Int64).fill_null(0).to_numpy()
            found = np.where(told > 0, told, found)
    own = told_interval(records)
    return found if own is None else np.where(own > 0, own, found)


def looked_up_in(
    tables: Sequence[Mapping[int, Told]], domain: Integers, keys: Integers
) -> pl.Series:
    """Return what the table of each record's domain has under its key, null where nothing."""
    pairs = domain << _KEY_BITS | keys & _KEY_MASK
    unique, places = np.unique(pairs, return_inverse=True)
    values = [tables[pair >> _KEY_BITS].get(pair & _KEY_MASK) for pair in unique.tolist()]
    return pl.Series(values).gather(places)


def names_of(
    records: Records, origins: Origins, announced: Sequence[Announced]
) -> dict[str, pl.Series]:
    """Return the columns of announced names: interfaces and application."""
    interfaces = [one.interface_names for one in announced]
    applications = [one.applications for one in announced]
    columns = {}
    for column, number, tables in (
        ("observer.ingress.interface.name", INGRESS, interfaces),
        ("observer.egress.interface.name", EGRESS, interfaces),
        ("network.application", _APPLICATION, applications),
    ):
        keys = records.peek(number) if any(tables) else None
        if keys is not None:
            columns[column] = looked_up_in(tables, origins.domain, keys).cast(pl.String)
    return columns
