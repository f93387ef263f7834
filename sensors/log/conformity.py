"""Conformity: whatever a parser found becomes values that the registry declares.

A value that does not fit its field is no loss: it goes into the rest as it was written, under
`misfit`, and its row bears the fault `value`.
"""

from collections.abc import Callable

import polars as pl

from sensors.log.kind import FAULT, LINE
from sensors.log.rest import MISFIT, REST_CHARACTERS, mended_rest, merged, object_of
from situation.events.address import canonical_column
from situation.fields import BY_NAME, REST, Field, Kind

VALUE = "value"
"""Fault of a row that had a value which does not fit its field."""

OVERLONG = "rest"
"""Fault of a row whose rest was too long to be kept."""

_MEMBERS = [f'"{name}":' for name in (*BY_NAME, REST)]
"""How a declared name stands in JSON, at the first level or deeper."""

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_HARDWARE = {name for name in BY_NAME if name.endswith(".mac")}
_ADDRESSES = {
    field.name: other
    for field in BY_NAME.values()
    if field.kind is Kind.IP and (other := field.name.removesuffix(".ip") + ".address") in BY_NAME
}
"""Field of an address to the field that takes what is none, for example a host name."""


def conformed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with declared columns of the registry's types, values that every store takes.

    Undeclared columns and values that do not fit move into `REST`. `LINE` stays.
    """
    columns: list[pl.Series] = []
    strays: dict[str, pl.Series] = {}
    for column in _with_addresses(frame):
        if column.name in {LINE, REST}:
            columns.append(column)
        elif column.name not in BY_NAME:
            strays[column.name] = _as_text(column)
        else:
            kept, misfit = _fitting(BY_NAME[column.name], column)
            columns.append(kept)
            if misfit is not None:
                strays[column.name] = misfit
    found = pl.DataFrame(columns)
    found = _without_declared(found)
    return _bounded_rest(_with_strays(found, strays) if strays else found)


def _with_addresses(frame: pl.DataFrame) -> pl.DataFrame:
    """Move what is no address out of the address columns where a field for it stands beside."""
    for name, other in _ADDRESSES.items():
        if name not in frame.columns or frame.schema[name] != pl.String:
            continue
        kept = canonical_column(frame[name])
        if kept.null_count() == frame[name].null_count():
            frame = frame.with_columns(kept.alias(name))
            continue
        stray = pl.when(kept.is_null()).then(pl.col(name))
        given = [pl.col(other)] if other in frame.columns else []
        frame = frame.with_columns(pl.coalesce(*given, stray).alias(other), kept.alias(name))
    return frame


def _fitting(field: Field, column: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Return the column as the registry wants it, and the text of what did not fit, if any."""
    cast = _hardware_address if field.name in _HARDWARE else _CASTS.get(field.kind, _plain)
    kept = cast(field, column).alias(field.name)
    if kept.null_count() == column.null_count():
        return kept, None
    lost = kept.is_null() & column.is_not_null()
    return kept, _as_text(column).set(~lost, None)


def _plain(field: Field, column: pl.Series) -> pl.Series:
    return column.cast(field.polars_type, strict=False)


def _text(field: Field, column: pl.Series) -> pl.Series:
    text = _as_text(column)
    octets = text.str.len_bytes().max()
    if field.limit is None or not isinstance(octets, int) or octets <= field.limit:
        return text
    return text.str.slice(0, field.limit)


def _hardware_address(field: Field, column: pl.Series) -> pl.Series:
    """Return MAC addresses in the form of RFC 7042, 2.1, however they are grouped."""
    digits = _as_text(column).str.to_uppercase().str.replace_all(r"[:.-]", "")
    pairs = digits.str.extract_groups("^" + "([0-9A-F]{2})" * 6 + "$").struct.unnest()
    canonical = pairs.select(pl.concat_str(pl.all(), separator="-")).to_series()
    return canonical.zip_with(canonical.is_not_null(), _text(field, column))


def _address(_: Field, column: pl.Series) -> pl.Series:
    return canonical_column(_as_text(column))


def _number(field: Field, column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        column = column.str.strip_chars()
    if column.dtype.is_nested():
        return _nothing(field, column)
    return column.cast(field.polars_type, strict=False)


def _real(field: Field, column: pl.Series) -> pl.Series:
    number = _number(field, column)
    return number.set(~number.is_finite(), None)


def _truth(field: Field, column: pl.Series) -> pl.Series:
    if column.dtype == pl.Boolean:
        return column
    text = _as_text(column).str.to_lowercase()
    return text.replace_strict(_TRUTH, default=None, return_dtype=field.polars_type)


def _date(field: Field, column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        column = column.str.replace(r"[Zz]$", "+00:00").str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f%z", strict=False, time_unit="us"
        )
    if not isinstance(column.dtype, pl.Datetime):
        return _nothing(field, column)
    if column.dtype.time_zone is None:
        column = column.dt.replace_time_zone("UTC")
    dated = column.cast(field.polars_type, strict=False)
    return dated.set((dated.to_physical() < 0).fill_null(value=False), None)


def _nothing(field: Field, column: pl.Series) -> pl.Series:
    return pl.repeat(None, len(column), dtype=field.polars_type, eager=True)


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return column
    if column.dtype.is_nested():
        whole = pl.DataFrame({"value": column})
        text = pl.struct("value").struct.json_encode()
        text = text.str.strip_prefix('{"value":').str.strip_suffix("}")
        return whole.select(pl.when(pl.col("value").is_not_null()).then(text)).to_series()
    return column.cast(pl.String, strict=False)


_CASTS: dict[Kind, Callable[[Field, pl.Series], pl.Series]] = {
    Kind.KEYWORD: _text,
    Kind.TEXT: _text,
    Kind.WILDCARD: _text,
    Kind.IP: _address,
    Kind.LONG: _number,
    Kind.DOUBLE: _real,
    Kind.BOOLEAN: _truth,
    Kind.DATE: _date,
}


def _with_strays(frame: pl.DataFrame, strays: dict[str, pl.Series]) -> pl.DataFrame:
    members = {name: pl.col(f"_{name}") for name in strays}
    given = pl.col(REST) if REST in frame.columns else pl.lit(None, pl.String())
    fault = pl.col(FAULT) if FAULT in frame.columns else pl.lit(None, pl.String())
    added = frame.with_columns(text.alias(f"_{name}") for name, text in strays.items())
    stray = object_of(members, (MISFIT,))
    return added.with_columns(
        merged(given, stray).alias(REST),
        pl.coalesce(fault, pl.when(stray.is_not_null()).then(pl.lit(VALUE))).alias(FAULT),
    ).drop([f"_{name}" for name in strays])


def _without_declared(frame: pl.DataFrame) -> pl.DataFrame:
    """Move declared names out of the first level of the rest: there the columns have them."""
    if REST not in frame.columns:
        return frame
    rest = frame[REST]
    suspected = rest.str.contains_any(_MEMBERS).fill_null(value=False).arg_true()
    if suspected.is_empty():
        return frame
    mended = [mended_rest(text) for text in rest.gather(suspected)]
    return frame.with_columns(rest.scatter(suspected, pl.Series(mended, dtype=pl.String())))


def _bounded_rest(frame: pl.DataFrame) -> pl.DataFrame:
    if REST not in frame.columns:
        return frame
    octets = frame[REST].str.len_bytes().max()
    if not isinstance(octets, int) or octets <= REST_CHARACTERS:
        return frame
    long = pl.col(REST).str.len_chars() > REST_CHARACTERS
    fault = pl.col(FAULT) if FAULT in frame.columns else pl.lit(None, pl.String())
    return frame.with_columns(
        pl.when(~long).then(pl.col(REST)).alias(REST),
        pl.coalesce(fault, pl.when(long).then(pl.lit(OVERLONG))).alias(FAULT),
    )
