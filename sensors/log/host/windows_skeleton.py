"""Records as the package `evtx` writes them, cut into a skeleton and what stands in it.

From one record to the next only time, number, process, activity and data vary. What is left is
the skeleton. A log has few of them, so each is read once for all of its records.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.document.gathering import dump, load
from sensors.log.document.plan import Object
from sensors.log.host.windows_shape import shaped
from sensors.log.kind import LINE

_DATA = ',"EventData":'
_TIME = ',"TimeCreated":{"#attributes":{"SystemTime":"'
_NUMBER = '"}},"EventRecordID":'
_PROCESS = '"Execution":{"#attributes":{"ProcessID":'
_ACTIVITY, _ACTIVITY_END = '"Correlation":{"#attributes":{"ActivityID":"', '"'
_THREAD, _PROCESS_END = ',"ThreadID":', "}}"
_END = "}}"
NULL = "null"
"""Data of events that have none."""

_CUTS = (
    ("text", _DATA, "system", "data"),
    ("system", _TIME, "head", "timed"),
    ("timed", _NUMBER, "time", "numbered"),
    ("numbered", ",", "number", "elements"),
    ("elements", _PROCESS, "middle", "process"),
    ("middle", _ACTIVITY, "near", "active"),
    ("active", _ACTIVITY_END, "activity", "far"),
    ("process", _PROCESS_END, "ids", "tail"),
    ("ids", _THREAD, "pid", "thread"),
)
"""What is cut at the first of which mark, and the names of the two pieces."""

_HELD_TIME = "T"
"""What stands in a skeleton for the time."""
_MARK = "700000090008000700"
_HELD = tuple(int(f"{_MARK}{place}") for place in range(5))
"""What stands for number, data, pid, thread and activity: numbers that no log has."""
_HELD_TEXTS = tuple(map(str, _HELD))
_HELD_VALUES = (*_HELD[:-1], str(_HELD[-1]))
_HELD_NUMBER, _HELD_DATA, _HELD_PID, _HELD_THREAD, _HELD_ACTIVITY = _HELD

_DATA_TEXT = pl.col("data").str.head(-len(_END)).fill_null(NULL)

_IS_NUMBER = "^(?:0|[1-9][0-9]{0,17})$"
_IS_ACTIVITY = "^[0-9A-Fa-f{}-]*$"
_IS_TIME = "^[0-9T:.Z-]+$"

SKELETON = "skeleton"
PARTS = tuple(f"part{place}" for place in range(len(_HELD) + 1))
"""The JSON of `winlog` between number, data, pid, thread and activity."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What records of one skeleton have in common."""

    document: Object
    """The document in the form of `winlog`; what varies is held by numbers without meaning."""
    parts: tuple[str, ...]
    """Their rest as JSON, cut where it varies."""


def cut(lines: pl.Series) -> pl.DataFrame:
    """Return pieces of lines that have the form: time, number, pid, thread, activity, data.

    `SKELETON` is what is left of a line, with numbers that say nothing in their places. It tells,
    once read, whether the pieces stand where they should. Data may still be no JSON.
    """
    frame = lines.to_frame("text").with_row_index(LINE)
    for source, mark, first, second in _CUTS:
        pieces = pl.col(source).str.splitn(mark, 2).struct.rename_fields([first, second])
        frame = frame.with_columns(pieces.alias("pieces")).drop(source).unnest("pieces")
    return frame.filter(_has_form()).select(
        LINE,
        "time",
        "number",
        _given("pid"),
        _given("thread"),
        _given("activity"),
        _DATA_TEXT,
        _skeleton(),
    )


def _has_form() -> pl.Expr:
    process = pl.col("pid").is_null() | (
        _is_number("pid") & _is_number("thread") & pl.col("tail").is_not_null()
    )
    is_time = pl.col("time").str.contains(_IS_TIME)
    is_whole = pl.col("data").str.ends_with(_END).fill_null(value=True)
    activity = pl.col("activity").str.contains(_IS_ACTIVITY).fill_null(value=True)
    return (
        is_time
        & _is_number("number")
        & pl.col("near").is_not_null()
        & process
        & activity
        & is_whole
    )


def _is_number(name: str) -> pl.Expr:
    return pl.col(name).str.contains(_IS_NUMBER).fill_null(value=False)


def _given(name: str) -> pl.Expr:
    return pl.col(name).fill_null("")


def _where(name: str, text: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null()).then(pl.lit(text)).otherwise(pl.lit(""))


def _skeleton() -> pl.Expr:
    activity = f"{_ACTIVITY}{_HELD_ACTIVITY}{_ACTIVITY_END}"
    process = f"{_PROCESS}{_HELD_PID}{_THREAD}{_HELD_THREAD}{_PROCESS_END}"
    data = pl.when(_DATA_TEXT == NULL).then(pl.col("data"))
    return pl.concat_str(
        "head",
        pl.lit(f"{_TIME}{_HELD_TIME}{_NUMBER}{_HELD_NUMBER},"),
        "near",
        _where("far", activity),
        _given("far"),
        _where("tail", process),
        _given("tail"),
        _where("data", _DATA),
        data.otherwise(pl.lit(f"{_HELD_DATA}{_END}")).fill_null(""),
    ).alias(SKELETON)


def read_skeleton(text: str) -> Skeleton | None:
    """Return what a skeleton holds; None where it is no event, or holds a piece elsewhere."""
    value = load(text)
    document = {} if value is None else shaped(value)
    winlog = document.get("winlog")
    if not isinstance(winlog, dict) or not _is_held(text, document, winlog):
        return None
    parts = _parts(dump({"winlog": winlog}) or "")
    return None if parts is None else Skeleton(document, parts)


def _is_held(text: str, document: Object, winlog: Object) -> bool:
    """Tell whether each piece stands where it is looked for, and nowhere else."""
    if document.get("time") != _HELD_TIME or document.get("message") is not None:
        return False
    standing: tuple[object, ...] = (
        winlog.get("record_id"),
        winlog.get("event_data"),
        value_at(winlog, ("process", "pid")),
        value_at(winlog, ("process", "thread", "id")),
        winlog.get("activity_id"),
    )
    in_place: int = sum(map(operator.eq, standing, _HELD_VALUES))
    return in_place == text.count(_MARK)


def value_at(document: object, keys: Sequence[str]) -> object:
    """Return the value that a document has under keys, None for none."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _parts(rest: str) -> tuple[str, ...] | None:
    """Return the text around what is held; None where the order is another one."""
    parts: list[str] = []
    left = rest
    for held in _HELD_TEXTS:
        before, found, after = left.partition(held)
        parts.append(before if found else "")
        left = after if found else left
    return None if _MARK in left else (*parts, left)
