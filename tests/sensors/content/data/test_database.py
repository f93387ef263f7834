"""SQLite files: every row of every table, and what lies in blobs."""

import pathlib
import sqlite3

from sensors.content.reading import read
from situation.content.piece import Grid
from tests.sensors.content.pieced import PLAIN, grids, package, pieces_of, reasons, texts


def database(folder: pathlib.Path, *statements: str, rows: int = 2) -> bytes:
    path = folder / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE 居民 (姓名 TEXT, 序号 INTEGER, 材料 BLOB)")
    blob = package({"名单.csv": "姓名,电话\n甲某,1\n"})
    values = [(f"某{number}", number, blob if number == 1 else None) for number in range(rows)]
    connection.executemany("INSERT INTO 居民 VALUES (?, ?, ?)", values)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def named(found: list[Grid], name: str) -> list[Grid]:
    return [grid for grid in found if grid.name == name]


def test_all_rows_of_all_tables_are_read(tmp_path: pathlib.Path) -> None:
    data = database(tmp_path, "CREATE TABLE empty (a, b)", rows=4500)
    pieces = pieces_of(data, "a.db")
    found = named(grids(pieces), "居民")
    assert [cell for grid in found for cell in grid.columns[0]] == [f"某{n}" for n in range(4500)]
    assert [grid.first_row for grid in found] == [1, 2001, 4001]
    (empty,) = named(grids(pieces), "empty")
    assert list(empty.header) == ["a", "b"]
    assert any("CREATE TABLE 居民" in text for text in texts(pieces, "property"))


def test_a_blob_is_read_as_the_file_that_it_is(tmp_path: pathlib.Path) -> None:
    (grid,) = (grid for grid in grids(pieces_of(database(tmp_path), "a.db")) if grid.place.member)
    assert (grid.place.sheet, grid.place.row, grid.place.column) == ("居民", 2, "材料")
    assert grid.place.member.endswith("!名单.csv")


def test_a_table_that_is_broken_does_not_hide_the_others(tmp_path: pathlib.Path) -> None:
    data = bytearray(database(tmp_path, "CREATE TABLE b (x)", "INSERT INTO b VALUES (7)", rows=900))
    page = int.from_bytes(data[16:18], "big")
    data[page : page + 8] = b"\xff" * 8
    pieces = pieces_of(bytes(data), "a.db")
    assert "broken" in reasons(pieces)
    (grid,) = named(grids(pieces), "b")
    assert list(grid.columns[0]) == ["7"]


def test_a_database_in_an_archive_is_read(tmp_path: pathlib.Path) -> None:
    data = package({"a.db": database(tmp_path)})
    assert named(grids(pieces_of(data, "a.zip")), "居民")


def test_a_file_is_opened_where_it_lies_and_nothing_is_made_beside_it(
    tmp_path: pathlib.Path,
) -> None:
    database(tmp_path, "PRAGMA user_version = 1")
    with (tmp_path / "a.db").open("rb") as stream:
        pieces = list(read(stream, "a.db", PLAIN))
    assert named(grids(pieces), "居民")
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


def test_a_database_that_was_written_by_a_log_is_read(tmp_path: pathlib.Path) -> None:
    data = bytearray(database(tmp_path))
    data[18:20] = b"\x02\x02"
    assert named(grids(pieces_of(bytes(data), "a.db")), "居民")
