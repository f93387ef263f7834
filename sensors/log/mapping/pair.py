"""Lines of the form `keyvalue`: pairs of a key and a value, by columns."""

from collections.abc import Collection

import polars as pl

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.pattern import MEMBERS, TEXT, UNPARSED
from sensors.log.rest import MISFIT
from situation.fields import BY_NAME, REST

_KEY, _VALUE = pl.col("key"), pl.col("value")


def paired(
    frame: pl.DataFrame, pair: str, wanted: Collection[str], *, nested: bool
) -> pl.DataFrame:
    """Return a row for each row of `frame` (`LINE`, `TEXT`): known keys as text, and `MEMBERS`.

    Of two pairs of a line with one key the first holds. A line with a text but no pair is not of
    the form. `nested` says that the other keys will stand below a name of their own in the rest.
    """
    pairs = _pairs(frame, pair)
    is_wanted = _KEY.is_in(list(wanted))
    known, others = pairs.filter(is_wanted), pairs.filter(~is_wanted)
    found = frame.select(LINE)
    for (name,), one in known.partition_by("key", as_dict=True, include_key=False).items():
        found = _with_column(found, one.rename({"value": str(name)}))
    found = _with_column(found, _members(others if nested else _outside_registry(others)))
    bare = frame.filter(pl.col(TEXT) != "").select(LINE).join(pairs, on=LINE, how="anti")
    fault = bare.select(LINE, pl.lit(UNPARSED).alias(FAULT))
    return _with_column(found, fault)


def _pairs(frame: pl.DataFrame, pair: str) -> pl.DataFrame:
    """Return a row for each pair: `LINE`, key and value, without quotes and escapes."""
    each = frame.select(LINE, pl.col(TEXT).str.extract_all(pair).alias("pair"))
    each = each.explode("pair").drop_nulls()
    groups = each["pair"].str.extract_groups(pair).struct.unnest()
    pairs = pl.concat([each.select(LINE), groups.select("key", "value")], how="horizontal")
    quoted = _VALUE.str.starts_with('"') & _VALUE.str.ends_with('"') & (_VALUE.str.len_bytes() > 1)
    inside = _VALUE.str.strip_prefix('"').str.strip_suffix('"').str.replace_all(r"\\(.)", "${1}")
    pairs = pairs.with_columns(pl.when(quoted).then(inside).otherwise(_VALUE).alias("value"))
    return pairs.filter(_VALUE != "").unique([LINE, "key"], keep="first", maintain_order=True)


def _with_column(frame: pl.DataFrame, column: pl.DataFrame) -> pl.DataFrame:
    return frame.join(column, on=LINE, how="left", maintain_order="left")


def _outside_registry(pairs: pl.DataFrame) -> pl.DataFrame:
    declared = _KEY.is_in([*BY_NAME, REST])
    renamed = pl.when(declared).then(pl.lit(f"{MISFIT}.") + _KEY).otherwise(_KEY)
    return pairs.with_columns(renamed.alias("key"))


def _members(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one JSON object for each line that has pairs."""
    texts = pairs.select(LINE, (_json(_KEY) + ":" + _json(_VALUE)).alias(MEMBERS))
    joined = texts.group_by(LINE, maintain_order=True).agg(pl.col(MEMBERS).str.join(","))
    return joined.with_columns(("{" + pl.col(MEMBERS) + "}").alias(MEMBERS))


def _json(text: pl.Expr) -> pl.Expr:
    """Return a text as JSON writes it."""
    written = pl.struct(text.alias("t")).struct.json_encode()
    return written.str.strip_prefix('{"t":').str.strip_suffix("}")
