import struct

import pytest

from sensors.content.legacy.compound import Path
from sensors.content.legacy.storage import native_file
from sensors.content.legacy.wrapping import wrapped
from situation.content.piece import Block, Piece
from tests.sensors.content.legacy.sample import sample, streams_of, with_streams
from tests.sensors.content.office.word_part import document, paragraph
from tests.sensors.content.pieced import grids, pieces_of, reasons, texts


def native(name: str, held: bytes) -> bytes:
    """Return the stream that wraps a file (MS-OLEDS, 2.3.6)."""
    label = name.encode("gbk") + b"\0"
    path = b"C:\\" + label
    body = b"\x02\x00" + label + path + struct.pack("<HHI", 0, 3, len(path)) + path
    body += struct.pack("<I", len(held)) + held
    return struct.pack("<I", len(body)) + body


def blocks(pieces: list[Piece]) -> list[tuple[str, str]]:
    return [
        (piece.place.member, piece.data.decode()) for piece in pieces if isinstance(piece, Block)
    ]


def test_a_wrapped_file_is_unwrapped_with_its_name() -> None:
    assert native_file(native("名单.txt", b"abc"), "other") == ("名单.txt", b"abc")


@pytest.mark.parametrize("held", [b"", b"\x05\0\0\0\0", b"\x05\0\0\0\x02\0name\0path\0"])
def test_a_stream_that_wraps_nothing_keeps_its_own_octets(held: bytes) -> None:
    assert native_file(held, "other") == ("other", held[4:])


def test_a_file_within_a_document_is_read_with_the_way_to_it() -> None:
    pool: dict[Path, bytes] = {
        ("ObjectPool", "_1", "\x01Ole10Native"): native("名单.txt", "附件字".encode())
    }
    pieces = pieces_of(with_streams(sample("text.doc"), pool))
    assert blocks(pieces) == [("名单.txt", "附件字")]


def test_a_document_within_a_document_is_read_like_any_other() -> None:
    inner = streams_of(sample("table.xls"))
    pool = {("ObjectPool", "_1", *path): held for path, held in inner.items()}
    pieces = pieces_of(with_streams(sample("text.doc"), pool))
    assert "表头 秘密★5年" in texts(pieces, "header")
    assert {grid.place.member for grid in grids(pieces)} == {"", "ObjectPool/_1"}


def test_a_package_within_a_document_is_read() -> None:
    pool: dict[Path, bytes] = {("ObjectPool", "_1", "Package"): document(paragraph("包中字"))}
    assert "包中字" in texts(pieces_of(with_streams(sample("text.doc"), pool)), "body")


def test_an_object_that_only_wraps_a_file_is_read_by_itself() -> None:
    data = wrapped([(("\x01Ole10Native",), native("名单.txt", "附件字".encode()))])
    assert blocks(pieces_of(data)) == [("名单.txt", "附件字")]


def test_a_compound_file_of_an_unknown_kind_has_no_reader() -> None:
    assert reasons(pieces_of(wrapped([(("odd",), b"x")]))) == ["no_reader"]


def test_a_compound_file_that_was_cut_is_broken() -> None:
    assert reasons(pieces_of(sample("text.doc")[:600])) == ["broken"]
