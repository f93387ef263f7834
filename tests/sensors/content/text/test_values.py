"""Nested values become rows under joined keys."""

from sensors.content.text.values import Json, Rows, flat, is_records
from situation.content.piece import BODY, Grid, Passage


def test_an_object_is_flat_under_joined_keys() -> None:
    record: dict[str, Json] = {"a": {"b": [1, {"c": None}]}, "d": True, "e": 1.5}
    assert flat(record) == {"a.b": "1", "a.b.c": "", "d": "true", "e": "1.5"}


def test_a_single_object_is_keys_with_values() -> None:
    rows = Rows("t", BODY)
    pieces = [*rows.take({"a": {"b": "x"}, "c": ""}), *rows.rest()]
    assert [piece.text for piece in pieces if isinstance(piece, Passage)] == ["b: x"]


def test_objects_are_one_table_under_all_their_keys() -> None:
    rows = Rows("t", BODY)
    pieces = [*rows.take({"a": 1}), *rows.take({"b": 2}), *rows.rest()]
    (grid,) = (piece for piece in pieces if isinstance(piece, Grid))
    assert list(grid.header) == ["a", "b"]
    assert [list(column) for column in grid.columns] == [["1", ""], ["", "2"]]


def test_a_list_is_a_table_when_all_of_it_are_objects() -> None:
    assert is_records([{"a": 1}, {"a": 2}])
    assert not is_records([{"a": 1}])
    assert not is_records([{"a": 1}, 2])
