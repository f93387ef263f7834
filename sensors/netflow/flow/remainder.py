"""What has no column of its own: the other elements, as one JSON object a record."""

from collections.abc import Callable

import numpy as np
import polars as pl

from sensors.frame.text import address_column
from sensors.netflow.wire.element import PADDING, WHOLE_NUMBERS, Element, Type
from sensors.netflow.wire.records import Records
from sensors.netflow.wire.template import VARIABLE

_MOST_OCTETS = 1024
"""Octets kept of one value."""
_INTEGER_OCTETS = 8
_FLOATS = {4: ">f4", 8: ">f8"}
_OCTETS = {Type.IPV4: 4, Type.IPV6: 16, Type.MAC: 6}
_SIGN_BITS = 64


def text_of(octets: pl.Series) -> pl.Series:
    """Return strings without the zeros that fill them up; what is no UTF-8 is replaced."""
    cut = octets.to_frame("octets").select(pl.col("octets").bin.slice(0, _MOST_OCTETS)).to_series()
    try:
        read = cut.cast(pl.String)
    except pl.exceptions.ComputeError:
        read = pl.Series([value.decode(errors="replace") for value in cut], dtype=pl.String)
    return read.str.replace_all("\0", "", literal=True)


def mac_of(octets: pl.Series) -> pl.Series:
    """Return MAC addresses in the form of RFC 7042: upper case, with hyphens."""
    digits = octets.bin.encode("hex").str.to_uppercase()
    pairs = [digits.str.slice(2 * place, 2) for place in range(_OCTETS[Type.MAC])]
    named = [pair.alias(str(place)) for place, pair in enumerate(pairs)]
    return pl.DataFrame(named).select(pl.concat_str(pl.all(), separator="-")).to_series()


def _addresses(records: Records, position: int) -> pl.Series:
    octets = records.template.fields[position].octets
    high, low = records.words(position)
    version = np.full(len(records), 4 if octets == _OCTETS[Type.IPV4] else 6, np.int64)
    return address_column(high, low, version)


def floats_of(records: Records, position: int) -> pl.Series | None:
    """Return a field as floating-point numbers, null for NaN; None where it cannot be one."""
    kind = _FLOATS.get(records.template.fields[position].octets)
    return None if kind is None else _floats(records, position)


def _floats(records: Records, position: int) -> pl.Series:
    kind = _FLOATS[records.template.fields[position].octets]
    octets = b"".join(records.octets(position))
    values = np.frombuffer(octets, kind).astype(np.float64)
    return pl.Series(np.where(np.isfinite(values), values, np.nan)).fill_nan(None)


def _signed(records: Records, position: int) -> pl.Series:
    shift = np.int64(_SIGN_BITS - 8 * records.template.fields[position].octets)
    return pl.Series(records.unsigned(position).view(np.int64) << shift >> shift)


_READERS: dict[Type, Callable[[Records, int], pl.Series]] = {
    Type.IPV4: _addresses,
    Type.IPV6: _addresses,
    Type.MAC: lambda records, position: mac_of(records.octets(position)),
    Type.STRING: lambda records, position: text_of(records.octets(position)),
    Type.FLOAT: _floats,
    Type.SIGNED: _signed,
}


def _fits(kind: Type, octets: int) -> bool:
    """Tell whether a value of `octets` octets can be of its type."""
    if kind in _OCTETS:
        return octets == _OCTETS[kind]
    if kind == Type.FLOAT:
        return octets in _FLOATS
    if kind in WHOLE_NUMBERS or kind == Type.SIGNED:
        return 0 < octets <= _INTEGER_OCTETS and octets != VARIABLE
    return kind == Type.STRING


def _value(records: Records, position: int) -> pl.Series:
    element, octets = records.template.fields[position]
    if not _fits(element.type, octets):
        cut = records.octets(position).to_frame("octets")
        short = cut.select(pl.col("octets").bin.slice(0, _MOST_OCTETS // 2)).to_series()
        return short.bin.encode("hex")
    if element.type in WHOLE_NUMBERS:
        return pl.Series(records.unsigned(position))
    return _READERS[element.type](records, position)


def _names(records: Records) -> dict[int, str]:
    """Return the names of the fields that no column took; a second of the same is numbered."""
    seen: dict[Element, int] = {}
    names = {}
    for position, (element, octets) in enumerate(records.template.fields):
        seen[element] = seen.get(element, 0) + 1
        if position in records.taken or element == Element(0, PADDING) or octets == 0:
            continue
        number = f".{seen[element]}" if seen[element] > 1 else ""
        names[position] = element.name + number
    return names


def remainder(records: Records) -> pl.Series:
    """Return `{"netflow":{...}}` of the elements that were not taken, null where all were."""
    columns = [_value(records, position).alias(name) for position, name in _names(records).items()]
    if not columns:
        return pl.repeat(None, len(records), dtype=pl.String, eager=True)
    outer = pl.struct(pl.struct(pl.all()).alias("netflow"))
    return pl.DataFrame(columns).select(outer.struct.json_encode()).to_series()
