"""Records of parsers as a frame with the columns of PROTOCOL_SCHEMA and those that they fill."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.frame.column import Integers, constant_column, time_column
from sensors.frame.community import community_ids
from sensors.frame.identity import Identity
from sensors.frame.text import address_column
from sensors.frame.vocabulary import transport_names
from sensors.log.conformity import conformed
from sensors.log.rest import outside_registry, rest_text
from sensors.meter.layout import SLICE
from sensors.protocol.conversation import Event, Key
from situation.fields import BY_NAME, PROTOCOL_SCHEMA, REST, Kind

_MARK = "p"
_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_NUMBERS = 0xFFFFFFFF
_TIME = "@timestamp"
_KEY = np.dtype([(name, SLICE[name]) for name in Key._fields])
_FIXED = frozenset((
    "event.id", "event.dataset", "observer.name", "citywatch.flow.id", "citywatch.drill.id",
    "network.community_id",
))  # fmt: skip
"""Fields that no parser may set."""

Columns = dict[str, pl.Series]


def event_frame(events: Sequence[Event], identity: Identity) -> pl.DataFrame:
    """Return one row for each record: PROTOCOL_SCHEMA, further declared fields, and the rest.

    The columns of the asset table are null. A declared field holds one value: of a list the first.
    """
    if not events:
        return pl.DataFrame(schema=PROTOCOL_SCHEMA)
    found = _found(events)
    given = found.columns
    columns = {**_identities(events, identity), **_ends(events)}
    absent = {
        name: pl.repeat(None, len(events), dtype=kind, eager=True)
        for name, kind in PROTOCOL_SCHEMA.items()
        if name not in given
    }
    names = [*PROTOCOL_SCHEMA, *(name for name in (*BY_NAME, REST) if name in given)]
    said = {name: found[name] for name in given}
    merged = {**absent, **said, **{n: _filled(c, said.get(n)) for n, c in columns.items()}}
    return pl.DataFrame({name: merged[name] for name in dict.fromkeys(names)})


def _filled(column: pl.Series, said: pl.Series | None) -> pl.Series:
    """Return what the parser said of each row, and where it said nothing what is usual."""
    if said is None:
        return column
    return said.zip_with(said.is_not_null(), column.cast(said.dtype))


def _found(events: Sequence[Event]) -> pl.DataFrame:
    """Return what the parsers said as declared columns, and the rest as JSON."""
    count = len(events)
    declared: dict[str, list[object]] = {}
    rests: list[str | None] = []
    for place, event in enumerate(events):
        rest: dict[str, object] = {}
        for name, value in event.fields.items():
            column = declared.get(name)
            if column is None:
                if name not in BY_NAME or name in _FIXED:
                    if value is not None:
                        rest[name] = value
                    continue
                declared[name] = column = [None] * count
            column[place] = value[0] if isinstance(value, list) and value else value
        if not rest.keys().isdisjoint(_FIXED):
            rest = outside_registry(rest)
        rests.append(rest_text(rest)[0])
    columns = [_typed(name, values) for name, values in declared.items()]
    if any(rests):
        columns.append(pl.Series(REST, rests, pl.String()))
    frame = conformed(pl.DataFrame(columns)) if columns else pl.DataFrame()
    return frame.select(name for name in frame.columns if name in BY_NAME or name == REST)


def _typed(name: str, values: list[object]) -> pl.Series:
    field = BY_NAME[name]
    if field.kind is not Kind.DATE:
        return pl.Series(name, values, field.polars_type, strict=False)
    if any(value.__class__ is str for value in values):
        return pl.Series(name, values, pl.String(), strict=False)
    return pl.Series(name, values, pl.Int64(), strict=False).cast(field.polars_type)


def _identities(events: Sequence[Event], identity: Identity) -> Columns:
    count = len(events)
    serials = np.array([event.key.serial for event in events], np.int64)
    numbers = np.array([event.number & _NUMBERS for event in events], np.int64)
    names = pl.Series([event.name for event in events])
    return {
        _TIME: time_column(np.array([event.time for event in events], np.int64)),
        "event.id": identity.event_ids(serials, numbers, _MARK),
        "event.kind": constant_column("event", count),
        "event.dataset": names,
        "event.category": constant_column("network", count),
        "event.type": constant_column("protocol", count),
        "event.action": names,
        "network.protocol": names,
        "citywatch.flow.id": identity.flow_ids(serials),
        **identity.constants(count),
    }


def _keys(events: Sequence[Event]) -> Rows:
    keys = np.array([event.key for event in events], _KEY)
    rows = np.zeros(len(events), SLICE)
    for name in Key._fields:
        rows[name] = keys[name]
    return rows


def _ends(events: Sequence[Event]) -> Columns:
    """Return client as source and server as destination."""
    rows = _keys(events)
    ports = rows["ports"]
    versions: Integers = (ports & _OCTET).astype(np.int64)
    a_port, b_port = ports >> PORT_A, (ports >> PORT_B) & _PAIR
    columns: Columns = {
        "network.transport": transport_names().gather(
            ((ports >> PROTOCOL) & _OCTET).astype(np.int64)
        ),
        "network.community_id": community_ids(rows),
    }
    client_is_b = rows["initiator"] == 1
    for side, is_b in (("source", client_is_b), ("destination", ~client_is_b)):
        high = np.where(is_b, rows["b_high"], rows["a_high"])
        low = np.where(is_b, rows["b_low"], rows["a_low"])
        columns[f"{side}.ip"] = address_column(high, low, versions)
        columns[f"{side}.port"] = pl.Series(np.where(is_b, b_port, a_port).astype(np.int64))
    return columns
