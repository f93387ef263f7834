"""Tables in plain formats, SQLite and Parquet come back as they went in."""

import csv
import io
import json
import pathlib
import sqlite3

import pyarrow.parquet as pq
import pytest
from lxml import etree, html

from corpus.document import data, text

ROWS = (("姓名", "备注"), ("某甲", "逗号, 引号\" 和 '撇号'"), ("某乙", "<尖括号> & 符号"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_csv_comes_back(encoding: str, delimiter: str) -> None:
    written = text.write_csv(ROWS, delimiter=delimiter, encoding=encoding)
    read = csv.reader(io.StringIO(written.decode(encoding), newline=""), delimiter=delimiter)
    assert tuple(map(tuple, read)) == ROWS


def test_json_comes_back() -> None:
    rows = json.loads(text.write_json(ROWS))["data"]
    lines = [json.loads(line) for line in text.write_jsonl(ROWS).splitlines()]
    assert rows == lines == [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]


def test_xml_and_html_are_well_formed() -> None:
    fields = [field.text for field in etree.fromstring(text.write_xml(ROWS)).iter("field")]
    assert fields == [cell for row in ROWS[1:] for cell in row]
    page = html.fromstring(text.write_html("题", ROWS, ("段",)))
    assert [cell.text for cell in page.iter("td")] == fields


def test_a_dump_runs_in_a_database() -> None:
    with sqlite3.connect(":memory:") as database:
        database.executescript(text.write_sql("person", ROWS).decode())
        assert tuple(database.execute("select * from person")) == ROWS[1:]
    database.close()


def test_a_copy_statement_has_a_line_for_each_row() -> None:
    lines = text.write_sql("person", (("a", "b"), ("1", "2")), copy=True).decode().splitlines()
    assert lines == ["COPY public.person (a, b) FROM stdin;", "1\t2", "\\."]


def test_sqlite_and_parquet_come_back(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(data.write_sqlite({"person": ROWS}))
    database = sqlite3.connect(path)
    assert tuple(database.execute("select 姓名, 备注 from person order by rid")) == ROWS[1:]
    database.close()
    table = pq.read_table(io.BytesIO(data.write_parquet(ROWS)))
    assert tuple(zip(*table.to_pydict().values(), strict=True)) == ROWS[1:]
