"""What lies above is seen; where it is transparent, what lies below."""

import json

import polars as pl

from sensors.log.kind import LINE
from sensors.log.overlay import overlaid
from situation.fields import REST

BELOW = pl.DataFrame({LINE: [3, 4], "message": ["a", "b"], REST: ['{"x":1}', None]})


def test_values_above_hold_and_the_order_below_stays() -> None:
    above = pl.DataFrame({LINE: [4], "message": ["new"], "user.name": ["u"]})
    found = overlaid(BELOW, above)
    assert found["message"].to_list() == ["a", "new"]
    assert found["user.name"].to_list() == [None, "u"]
    assert found[LINE].to_list() == [3, 4]


def test_what_is_null_above_shows_what_is_below() -> None:
    above = pl.DataFrame({LINE: [3], "message": pl.Series([None], dtype=pl.String)})
    assert overlaid(BELOW, above)["message"].to_list() == ["a", "b"]


def test_the_rests_of_both_are_joined() -> None:
    above = pl.DataFrame({LINE: [3, 4], REST: ['{"y":2}', '{"z":3}']})
    rests = [json.loads(text) for text in overlaid(BELOW, above)[REST]]
    assert rests == [{"x": 1, "y": 2}, {"z": 3}]


def test_nothing_above_changes_nothing() -> None:
    assert overlaid(BELOW, BELOW.clear()).equals(BELOW)
