"""Filters of playbooks become the store's filter tree, or are refused with their place."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.action.question import read_filter
from situation.events.filter import (
    MAX_DEPTH,
    MAX_NODES,
    And,
    Cidr,
    Eq,
    Exists,
    In,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
)
from situation.faults import Malformed

IS_WEB: dict[str, object] = {"eq": {"field": "destination.port", "value": 80}}


def test_every_leaf_and_every_joint_is_read() -> None:
    said = {
        "and": [
            {"or": [IS_WEB, {"in": {"field": "destination.port", "values": [443, 8443]}}]},
            {"not": {"exists": {"field": "host.name"}}},
            {"cidr": {"field": "source.ip", "network": "10.20.0.0/16"}},
            {"range": {"field": "source.bytes", "since": 1000}},
            {"range": {"field": "event.start", "until": "2026-03-03T09:00:00+08:00"}},
            {"prefix": {"field": "host.name", "text": "web"}},
            {"phrase": {"field": "message", "text": "login failed"}},
        ]
    }
    assert read_filter(said) == And(
        (
            Or((Eq("destination.port", 80), In("destination.port", (443, 8443)))),
            Not(Exists("host.name")),
            Cidr("source.ip", "10.20.0.0/16"),
            Range("source.bytes", since=1000),
            Range("event.start", until=dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)),
            Prefix("host.name", "web"),
            Phrase("message", "login failed"),
        )
    )


def test_no_filter_is_every_record() -> None:
    assert read_filter({}) is None


@pytest.mark.parametrize(
    ("said", "place", "reason"),
    [
        ([], "where", "must be an object with one of"),
        ({"eq": {}, "in": {}}, "where", "must be an object with one of"),
        ({"script": "1"}, "where.script", "there is no such filter"),
        ({"and": []}, "where.and", "must be a list"),
        ({"and": [IS_WEB, {"or": IS_WEB}]}, "where.and.1.or", "must be a list"),
        ({"eq": [1]}, "where.eq", "must be an object with field, value"),
        ({"eq": {"field": "source.ip"}}, "where.eq", "must have field, value"),
        ({"eq": {"field": "a", "value": 1, "boost": 2}}, "where.eq", "and nothing else"),
        ({"not": {"eq": {"field": "nothing", "value": 1}}}, "where.not.eq.field", "not declared"),
        ({"eq": {"field": "source.ip", "value": [1]}}, "where.eq.value", "must be a text"),
        ({"eq": {"field": "source.ip", "value": "x"}}, "where", "is no address"),
        ({"in": {"field": "source.ip", "values": "x"}}, "where.in.values", "must be a list"),
        ({"cidr": {"field": "source.ip", "network": 4}}, "where.cidr.network", "must be a text"),
        ({"cidr": {"field": "source.ip", "network": "10.0.0.1/8"}}, "where", "is no network"),
        ({"range": {"field": "source.ip"}}, "where", "needs at least one end"),
        ({"eq": {"field": "event.start", "value": "now"}}, "where.eq.value", "is no time"),
        ({"eq": {"field": "event.start", "value": "2026-03-03"}}, "where.eq.value", "no time zone"),
        ({"phrase": {"field": "message", "text": " "}}, "where", "must not be empty"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place(said: object, place: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as raised:
        read_filter(said)
    assert raised.value.where == place


def test_depth_and_size_are_bounded() -> None:
    deep: object = IS_WEB
    for _ in range(MAX_DEPTH):
        deep = {"not": deep}
    with pytest.raises(Malformed, match="deeper than"):
        read_filter(deep)
    with pytest.raises(Malformed, match="more than"):
        read_filter({"and": [IS_WEB] * (MAX_NODES + 1)})
    with pytest.raises(Malformed, match="at most"):
        read_filter({"in": {"field": "source.port", "values": list(range(2000))}})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["and", "or", "not", "eq", "in", "range", "field", "value", "values"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_whatever_is_written_is_read_or_refused(said: object) -> None:
    try:
        read_filter(said)
    except Malformed as fault:
        assert fault.where.startswith("where")  # noqa: PT017 - that nothing else is raised


def test_a_filter_too_deep_is_refused_before_it_is_walked() -> None:
    deep: object = IS_WEB
    for _ in itertools.repeat(None, 5000):
        deep = {"not": deep}
    with pytest.raises(Malformed, match="deeper than"):
        read_filter(deep)
