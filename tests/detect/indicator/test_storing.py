"""The table says what the feeds say now; a repeat writes nothing, what has expired is gone."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from detect.indicator.indicator import Known
from detect.indicator.storing import AT_ONCE, bring_in, drop_expired
from situation.state.store import StateStore
from situation.state.tables import Indicator

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BAD = Known(
    kind="domain",
    value="bad.example",
    label="控制端",
    confidence=80,
    valid_from=None,
    valid_until=NOW + 30 * DAY,
    detail={"family": "synthetic"},
)
ADDRESS = replace(BAD, kind="address", value="203.0.113.7", valid_until=NOW + DAY)


def _store(state: StateStore, *known: Known, source: str = "city", days: int = 0) -> dict[str, int]:
    counts = bring_in(state, source, known, NOW + days * DAY)
    return {name: n for name, n in counts.items() if n}


def _kept(state: StateStore) -> dict[tuple[str, str], Indicator]:
    with state.reading() as session:
        return {(row.source, row.value): row for row in session.scalars(sa.select(Indicator))}


def test_a_feed_is_brought_in_and_again_without_a_change(either_state: StateStore) -> None:
    assert _store(either_state, BAD, ADDRESS) == {"new": 2}
    assert _store(either_state, BAD, ADDRESS, days=1) == {"same": 2}
    row = _kept(either_state)["city", "bad.example"]
    assert (row.kind, row.label, row.confidence, row.read_at) == ("domain", "控制端", 80, NOW)
    assert (row.valid_until, row.detail) == (NOW + 30 * DAY, {"family": "synthetic"})


def test_what_a_feed_says_otherwise_is_changed_and_what_it_says_no_more_is_removed(
    either_state: StateStore,
) -> None:
    _store(either_state, BAD, ADDRESS)
    assert _store(either_state, replace(BAD, confidence=20), days=1) == {
        "changed": 1, "removed": 1,
    }  # fmt: skip
    kept = _kept(either_state)
    assert [(row.confidence, row.read_at) for row in kept.values()] == [(20, NOW + DAY)]


def test_a_large_feed_comes_and_goes_in_parts(either_state: StateStore) -> None:
    count = 2 * AT_ONCE + 1
    many = [replace(BAD, value=f"n{number}.bad.example") for number in range(count)]
    assert _store(either_state, *many) == {"new": count}
    fresh = [replace(one, confidence=20) for one in many]
    assert _store(either_state, *fresh) == {"changed": count}
    assert _store(either_state) == {"removed": count}
    assert _kept(either_state) == {}


def test_two_feeds_may_say_the_same(either_state: StateStore) -> None:
    _store(either_state, BAD)
    assert _store(either_state, BAD, source="national") == {"new": 1}
    assert _store(either_state) == {"removed": 1}
    assert set(_kept(either_state)) == {("national", "bad.example")}


def test_what_has_expired_goes_and_so_does_a_feed_that_is_no_more(either_state: StateStore) -> None:
    _store(either_state, BAD, ADDRESS)
    _store(either_state, BAD, source="gone")
    with either_state.transaction() as session:
        assert drop_expired(session, ("city",), NOW + DAY) == 2
        assert drop_expired(session, ("city",), NOW + DAY) == 0
    assert set(_kept(either_state)) == {("city", "bad.example")}
