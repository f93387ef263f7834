"""Parsed rows become events that every store takes."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.completion import (
    ANCIENT,
    FUTURE,
    Completed,
    Completion,
    Origin,
    file_identity,
)
from sensors.log.kind import FAULT, LINE, Parsed
from sensors.log.line import Lines, text_lines
from sensors.log.timestamp import EARLIEST, LATEST, TIME
from situation.events.instant import DAY, HOUR, nanoseconds
from situation.events.intake import check_batch
from situation.events.store import Batch
from situation.fields import BY_NAME, REST, Kind

RECEIVED = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
NOW = nanoseconds(RECEIVED)
_TIME, _ORIGIN = "@timestamp", "citywatch.log.time_origin"
_CLAIMED = "citywatch.log.claimed_time"


def _parsed(times: list[int | None], **columns: Sequence[object] | pl.Series) -> Parsed:
    return Parsed(
        pl.DataFrame(
            {
                LINE: range(len(times)),
                _TIME: pl.Series(times, dtype=pl.Int64).cast(TIME),
                **columns,
            },
            schema_overrides={LINE: pl.UInt32},
        )
    )


def _complete(
    parsed: Parsed, origin: Origin | None = None, completion: Completion | None = None
) -> Completed:
    lines = text_lines([f"line {row}" for row in range(parsed.frame.height)])
    used = completion or Completion(origin or Origin("id", "kind", "sensor", file="/x.log"))
    return used.complete(parsed, lines, RECEIVED)


def _times(completed: Completed) -> list[tuple[int, str]]:
    frame = completed.frame
    return list(zip(frame[_TIME].to_physical(), frame[_ORIGIN], strict=True))


def test_each_row_gets_its_line_its_identity_and_its_origin() -> None:
    row = _complete(_parsed([NOW - HOUR])).frame.row(0, named=True)
    assert (
        row.items()
        >= {
            "event.original": "line 0",
            "event.id": "id-0",
            "event.kind": "event",
            "event.dataset": "kind",
            "event.created": RECEIVED,
            "observer.name": "sensor",
            "citywatch.log.kind": "kind",
            "citywatch.log.offset": 0,
            "log.file.path": "/x.log",
            _ORIGIN: "event",
        }.items()
    )
    assert "citywatch.log.peer" not in row


def test_rows_of_one_line_have_ids_of_their_own() -> None:
    frame = pl.DataFrame(
        {LINE: [0, 0, 1], "message": ["a", "b", "c"]}, schema_overrides={LINE: pl.UInt32}
    )
    lines = text_lines(["x", "y"], [10, 30])
    found = Completion(Origin("id", "k", "s")).complete(Parsed(frame), lines, RECEIVED).frame
    assert found["event.id"].to_list() == ["id-10", "id-10.1", "id-30"]


def test_rows_stand_in_the_order_of_their_lines() -> None:
    frame = pl.DataFrame({LINE: [1, 0], "message": ["b", "a"]}, schema_overrides={LINE: pl.UInt32})
    found = Completion(Origin("id", "k", "s")).complete(
        Parsed(frame), text_lines(["", ""]), RECEIVED
    )
    assert found.frame["message"].to_list() == ["a", "b"]


def test_a_time_that_is_missing_is_the_previous_one_or_that_of_the_receipt() -> None:
    completion = Completion(Origin("id", "k", "s"))
    first = _complete(_parsed([None, NOW - 5, None]), completion=completion)
    assert _times(first) == [(NOW, "received"), (NOW - 5, "event"), (NOW - 5, "previous")]
    assert _times(_complete(_parsed([None]), completion=completion)) == [(NOW - 5, "previous")]


def test_a_time_more_than_a_day_ahead_is_claimed_not_believed() -> None:
    completed = _complete(_parsed([NOW + DAY, NOW + DAY + 1, LATEST, None]))
    assert [origin for _, origin in _times(completed)] == [
        "event", "received", "received", "previous",
    ]  # fmt: skip
    assert completed.frame[_CLAIMED].to_physical().to_list() == [None, NOW + DAY + 1, None, None]
    assert completed.faults == Counter({FUTURE: 2})


def test_a_time_that_is_too_old_is_claimed_not_believed() -> None:
    origin = Origin("id", "k", "s", oldest_days=30)
    completed = _complete(_parsed([NOW - 30 * DAY, NOW - 30 * DAY - 1, EARLIEST]), origin)
    assert _times(completed)[1:] == [(NOW, "received"), (NOW, "received")]
    assert completed.frame[FAULT].to_list() == [None, ANCIENT, ANCIENT]


def test_without_a_bound_any_time_from_1970_on_is_believed() -> None:
    completed = _complete(_parsed([0, EARLIEST]))
    assert completed.frame[FAULT].to_list() == [None, ANCIENT]


def test_the_fault_of_the_parser_stands_before_that_of_the_line() -> None:
    lines = Lines(pl.Series(["a", "b"]), pl.Series([0, 1]), pl.Series(["nul", "nul"]))
    parsed = _parsed([NOW, NOW], **{FAULT: ["unparsed", None]})
    found = Completion(Origin("id", "k", "s")).complete(parsed, lines, RECEIVED)
    assert found.frame[FAULT].to_list() == ["unparsed", "nul"]
    assert found.faults == Counter({"unparsed": 1, "nul": 1})


def test_the_peer_is_the_host_unless_it_hands_on_what_others_wrote() -> None:
    parsed = _parsed([NOW, NOW], **{"host.name": ["gate", "10.0.0.9"]})
    own = _complete(parsed, Origin("id", "k", "s", peer="10.0.0.1")).frame
    assert own["host.ip"].to_list() == ["10.0.0.1", "10.0.0.9"]
    assert own["citywatch.log.peer"].to_list() == ["10.0.0.1"] * 2
    assert "citywatch.log.offset" not in own.columns
    relayed = _complete(parsed, Origin("id", "k", "s", peer="10.0.0.1", relayed=True)).frame
    assert relayed["host.ip"].to_list() == [None, "10.0.0.9"]


def test_no_store_refuses_what_a_stream_says_of_itself() -> None:
    origin = Origin("id", "k", "s" * 2000, "in" * 2000, peer="FE80::1%eth0", file="/x" * 2000)
    frame = _complete(_parsed([NOW]), origin).frame
    assert frame["citywatch.log.peer"].to_list() == ["fe80::1"]
    assert not check_batch(Batch("log", "b", frame)).rejected


def test_an_identity_is_that_of_the_octets() -> None:
    assert file_identity(b"a") == file_identity(b"a") != file_identity(b"b")
    assert len(file_identity(b"")) == 32


LONG = "long"
"""Stands for a text beyond every limit, which would be too long to be told in a failure."""

_VALUES = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["-1", "70000000000000000000", "nan", "1e999", "::1", "10.0.0.256", "true"]),
    st.just(LONG),
    st.sampled_from(["1969-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]),
)
_NAMES = [
    next(field.name for field in BY_NAME.values() if field.kind is kind and field.name != _TIME)
    for kind in Kind
    if any(field.kind is kind for field in BY_NAME.values())
]


def _meant(text: object) -> object:
    return "中" * 70_000 if text == LONG else text


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(EARLIEST, LATEST)), *(_VALUES for _ in _NAMES)),
        min_size=1,
        max_size=5,
    ),
    st.one_of(st.none(), st.integers(1, 1000)),
)
def test_no_store_refuses_a_completed_row(
    rows: list[tuple[int | None, *tuple[str | None, ...]]], oldest: int | None
) -> None:
    columns = {name: [_meant(row[at]) for row in rows] for at, name in enumerate(_NAMES, 1)}
    texts = {name: pl.Series(values, dtype=pl.String) for name, values in columns.items()}
    parsed = _parsed([row[0] for row in rows], **texts, undeclared=[1] * len(rows))
    completed = _complete(parsed, Origin("id", "k", "s", oldest_days=oldest))
    assert completed.frame.height == len(rows)
    assert not check_batch(Batch("log", "b", completed.frame)).rejected
    for name, dtype in completed.frame.schema.items():
        assert dtype == (pl.String() if name == REST else BY_NAME[name].polars_type)
