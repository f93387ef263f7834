"""Parquet files: all rows as text, and the notes of the writer."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sensors.content.pieced import grids, pieces_of, reasons, texts


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def test_columns_of_all_types_are_text() -> None:
    table = pa.table(
        {
            "姓名": ["甲某", None],
            "序号": [1, None],
            "对": [True, False],
            "标签": [["a", "b"], None],
            "人": [{"id": "A001"}, None],
            "原文": ["乙".encode("gb18030"), None],
        }
    )
    (grid,) = grids(pieces_of(parquet(table), "a.parquet"))
    assert dict(zip(grid.header, map(list, grid.columns), strict=True)) == {
        "姓名": ["甲某", ""],
        "序号": ["1", ""],
        "对": ["true", "false"],
        "标签": ["a\nb", ""],
        "人": ["id: A001", ""],
        "原文": ["乙", ""],
    }


def test_a_long_table_is_read_in_grids_with_all_rows() -> None:
    found = grids(pieces_of(parquet(pa.table({"n": list(range(5000))})), "a.parquet"))
    assert [grid.first_row for grid in found] == [1, 2001, 4001]
    assert sum(len(grid.columns[0]) for grid in found) == 5000


def test_notes_of_the_writer_are_read() -> None:
    table = pa.table({"n": [1]}).replace_schema_metadata({"owner": "某局"})
    assert texts(pieces_of(parquet(table), "a.parquet"), "property") == ["owner: 某局"]


def test_a_file_that_is_cut_off_is_said() -> None:
    assert reasons(pieces_of(parquet(pa.table({"n": [1]}))[:-20], "a.parquet")) == ["broken"]
