"""Packed files are read as what is in them."""

import bz2
import gzip
import lzma

import pyarrow as pa
import pytest

from sensors.content.container.packed import inner_name
from situation.content.piece import Block
from tests.sensors.content.pieced import grids, pieces_of, reasons

TABLE = "姓名,电话\n甲某,1\n".encode()
ZSTD = pa.compress(TABLE * 100, codec="zstd", asbytes=True)


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TABLE), bz2.compress(TABLE), lzma.compress(TABLE)],
    ids=["gzip", "bzip2", "xz"],
)
def test_what_is_packed_goes_on_as_a_member(data: bytes) -> None:
    (grid,) = grids(pieces_of(data, "list.csv.gz"))
    assert grid.place.member == "list.csv"


def test_zstd_is_read() -> None:
    (grid,) = grids(pieces_of(ZSTD, "list.csv.zst"))
    assert len(grid.columns[0]) == 200


def test_members_of_gzip_that_follow_one_another_are_one() -> None:
    data = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    (block,) = (piece for piece in pieces_of(data, "a.txt.gz") if isinstance(piece, Block))
    assert block.data == b"one\ntwo\n"


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TABLE * 9)[:-12],
        bz2.compress(TABLE)[:-6],
        lzma.compress(TABLE)[:-20],
        ZSTD[:-9],
    ],
    ids=["gzip", "bzip2", "xz", "zstd"],
)
def test_what_is_cut_off_is_said(data: bytes) -> None:
    assert len(reasons(pieces_of(data, "list.csv.gz"))) == 1


@pytest.mark.parametrize(
    ("name", "inner"), [("a.csv.gz", "a.csv"), ("b.tgz", "b.tar"), ("c.TXZ", "c.tar"), ("d", "d")]
)
def test_the_name_within_is_the_one_that_was_packed(name: str, inner: str) -> None:
    assert inner_name(name) == inner
