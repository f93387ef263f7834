"""Dumps: rows of INSERT and COPY are tables under the names of their columns."""

from situation.content.piece import Block, Grid
from tests.sensors.content.pieced import grids, pieces_of

DUMP = """-- MySQL dump 10.13
CREATE TABLE `resident` (
  `id` int NOT NULL,
  `xm` varchar(20) COMMENT '姓名',
  PRIMARY KEY (`id`),
  KEY `k` (`xm`)
) ENGINE=InnoDB;
INSERT INTO `resident` VALUES (1,'甲某;'),(2,N'乙''某'),(3,NULL);
INSERT INTO resident (id, xm) VALUES
 (4,'两
行'),
 (5,'a\\'b\\n');
COPY public.phone (person, number) FROM stdin;
1\t0755
2\t\\N
\\.
SELECT 1;
"""


def rows_of(grid: Grid) -> list[list[str]]:
    return [list(row) for row in zip(*grid.columns, strict=True)]


def test_inserted_rows_have_the_columns_of_their_table() -> None:
    resident, _ = grids(pieces_of(DUMP.encode(), "a.sql"))
    assert (resident.name, list(resident.header)) == ("resident", ["id", "xm"])
    assert rows_of(resident) == [
        ["1", "甲某;"],
        ["2", "乙'某"],
        ["3", ""],
        ["4", "两\n行"],
        ["5", "a'b\n"],
    ]


def test_copied_rows_are_a_table() -> None:
    _, phone = grids(pieces_of(DUMP.encode(), "a.sql"))
    assert (phone.name, list(phone.header)) == ("phone", ["person", "number"])
    assert rows_of(phone) == [["1", "0755"], ["2", ""]]


def test_what_is_no_row_is_text_with_its_line() -> None:
    blocks = [piece for piece in pieces_of(DUMP.encode(), "a.sql") if isinstance(piece, Block)]
    text = b"".join(block.data for block in blocks).decode()
    assert "COMMENT '姓名'" in text
    assert "SELECT 1;" in text
    assert blocks[0].place.line == 1


def test_rows_of_one_table_are_numbered_over_its_statements() -> None:
    statements = b"".join(b"INSERT INTO t (n) VALUES (%d);\n" % number for number in range(5000))
    found = grids(pieces_of(statements, "a.sql"))
    assert [grid.first_row for grid in found] == [1, 2001, 4001]
    assert [cell for grid in found for cell in grid.columns[0]] == list(map(str, range(5000)))


def test_a_statement_that_never_ends_is_text() -> None:
    data = b"INSERT INTO t VALUES ('open;\n" + b"it''s;\n" * 20_000
    pieces = pieces_of(data, "a.sql")
    assert sum(len(piece.data) for piece in pieces if isinstance(piece, Block)) == len(data)


def test_a_function_within_a_row_is_one_cell() -> None:
    (grid,) = grids(pieces_of(b"INSERT INTO t (a,b) VALUES (1,TO_DATE('2026','YYYY'));", "a.sql"))
    assert rows_of(grid) == [["1", "TO_DATE 2026 YYYY"]]
