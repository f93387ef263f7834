"""The rest is JSON that both stores take."""

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.rest import (
    MISFIT,
    REST_CHARACTERS,
    REST_MEMBERS,
    merged,
    object_of,
    outside_registry,
    rest_text,
    wrapped,
)


def _object(columns: dict[str, list[object]], *path: str) -> list[object]:
    frame = pl.DataFrame(columns)
    found = frame.select(object_of({name: pl.col(name) for name in columns}, path)).to_series()
    return [None if text is None else json.loads(text) for text in found]


def test_members_that_are_null_are_left_out() -> None:
    made = _object({"a": ["x", None, None], 'b"': [1, 2, None]}, "outer", "inner")
    assert made == [
        {"outer": {"inner": {"a": "x", 'b"': 1}}},
        {"outer": {"inner": {'b"': 2}}},
        None,
    ]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1))
def test_any_text_is_escaped(texts: list[str]) -> None:
    assert _object({"a": list(texts)}) == [{"a": text} for text in texts]


def test_two_objects_become_one() -> None:
    frame = pl.DataFrame(
        {"a": ['{"x":1}', None, '{"x":1}', None], "b": ['{"y":2}', '{"y":2}', None, None]}
    )
    found = frame.select(merged(pl.col("a"), pl.col("b"))).to_series().to_list()
    assert found == ['{"x":1,"y":2}', '{"y":2}', '{"x":1}', None]


def test_a_text_is_put_into_objects() -> None:
    found = pl.DataFrame({"a": ["{}", None]}).select(wrapped(pl.col("a"), ("x", "y")))
    assert found.to_series().to_list() == ['{"x":{"y":{}}}', None]


def test_too_many_members_are_cut_and_told() -> None:
    text, whole = rest_text({f"k{number}": number for number in range(REST_MEMBERS + 1)})
    assert not whole
    assert len(json.loads(text or "")) == REST_MEMBERS


def test_a_rest_that_is_too_long_is_left_out_and_told() -> None:
    assert rest_text({"a": "x" * REST_CHARACTERS}) == (None, False)


def test_nothing_has_no_rest() -> None:
    assert rest_text({}) == (None, True)


def test_what_json_cannot_hold_becomes_text() -> None:
    text, whole = rest_text({"a": "\ud800"})
    assert whole
    assert "text" in json.loads(text or "")


def test_declared_names_are_put_below_a_name_of_their_own() -> None:
    found = outside_registry({"message": [1, 2], "other": 3})
    assert found == {"other": 3, MISFIT: {"message": [1, 2]}}
