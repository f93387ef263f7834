"""JSON: objects in a row are a table, everything else is keys with values."""

import json

from situation.content.piece import Block
from tests.sensors.content.pieced import grids, pieces_of, reasons, texts


def test_an_array_of_objects_is_a_table_with_joined_keys() -> None:
    records = [
        {"name": "甲某", "holder": {"id": "A001"}, "phones": ["1", "2"]},
        {"name": "乙某", "holder": {"id": None}},
    ]
    (grid,) = grids(pieces_of(json.dumps(records).encode(), "a.json"))
    assert list(grid.header) == ["name", "holder.id", "phones"]
    assert [list(column) for column in grid.columns] == [
        ["甲某", "乙某"],
        ["A001", ""],
        ["1\n2", ""],
    ]


def test_lines_of_objects_are_a_table() -> None:
    lines = "".join(f'{{"n": {number}, "ok": true}}\n' for number in range(3))
    (grid,) = grids(pieces_of(lines.encode(), "a.jsonl"))
    assert [list(column) for column in grid.columns] == [["0", "1", "2"], ["true"] * 3]


def test_an_object_is_told_by_its_keys_and_its_lists_of_objects_as_tables() -> None:
    answer = {"code": 0, "data": {"rows": [{"a": 1}, {"a": 2}]}, "password": "示例"}
    pieces = pieces_of(json.dumps(answer, ensure_ascii=False).encode(), "a.json")
    assert texts(pieces) == ["code: 0", "password: 示例"]
    (grid,) = grids(pieces)
    assert (grid.name, list(grid.header)) == ("rows", ["a"])


def test_escaped_han_is_read() -> None:
    assert texts(pieces_of(b'{"k": "\\u7532\\u67d0"}', "a.json")) == ["k: 甲某"]


def test_an_array_of_arrays_is_a_table() -> None:
    (grid,) = grids(pieces_of('[["姓名","电话"],["甲某","1"],["乙某","2"]]'.encode(), "a.json"))
    assert list(grid.header) == ["姓名", "电话"]
    assert [list(column) for column in grid.columns] == [["甲某", "乙某"], ["1", "2"]]


def test_plain_values_come_some_hundred_at_once() -> None:
    found = texts(pieces_of(json.dumps(list(range(1200))).encode(), "a.json"))
    assert len(found) == 3
    assert "\n".join(found).split("\n") == [str(number) for number in range(1200)]


def test_a_long_array_is_read_in_many_grids_with_all_rows() -> None:
    records = [{"n": number, "text": "内容" * 20} for number in range(20_000)]
    found = grids(pieces_of(json.dumps(records).encode(), "a.json"))
    assert [cell for grid in found for cell in grid.columns[0]] == [
        str(number) for number in range(20_000)
    ]
    assert all(grid.columns[0][0] == str(grid.first_row - 1) for grid in found)


def test_what_is_no_json_from_some_place_on_is_text_from_there() -> None:
    pieces = pieces_of(b'{"a": 1}\n{"a": 2}\nbroken {"a": 3}\n{"a": 4}\n', "a.jsonl")
    (grid,) = grids(pieces)
    assert list(grid.columns[0]) == ["1", "2"]
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert block.data == b'broken {"a": 3}\n{"a": 4}\n'
    assert block.place.line == 3


def test_json_that_is_nested_too_deep_is_read_as_text_and_said() -> None:
    data = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    pieces = pieces_of(data, "a.json")
    assert b"".join(piece.data for piece in pieces if isinstance(piece, Block)) == data
    assert reasons(pieces) == ["too_deep"]


def test_objects_that_share_no_keys_do_not_grow_into_an_empty_table() -> None:
    lines = b"".join(b'{"k%d": 1}\n' % number for number in range(2000))
    found = grids(pieces_of(lines, "a.jsonl"))
    assert sum(len(grid.header) * len(grid.columns[0]) for grid in found) < 300_000
    assert sum(len(grid.columns[0]) for grid in found) == 2000
