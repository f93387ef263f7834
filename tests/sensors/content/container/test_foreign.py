"""7z and RAR are read by libarchive, member by member."""

import io

import py7zr
import pytest

from sensors.content.container.foreign import HAS_LIBARCHIVE
from situation.content.piece import Block, Passage
from tests.sensors.content.container.rar import rar4, rar5
from tests.sensors.content.pieced import pieces_of, reasons
from tests.testdata import missing

MEMBERS = [("名单/人员.txt", "甲某的资料\n".encode()), ("b.txt", b"second\n" * 500)]


@pytest.fixture(autouse=True)
def library() -> None:
    if not HAS_LIBARCHIVE:
        missing("libarchive is not installed")


def packed(password: str | None = None, *, head: bool = False) -> bytes:
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", password=password, header_encryption=head) as archive:
        for name, data in MEMBERS:
            archive.writef(io.BytesIO(data), name)
    return stream.getvalue()


def contents(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for piece in pieces_of(data, "a.dat"):
        if isinstance(piece, Block):
            found[piece.place.member] = found.get(piece.place.member, b"") + piece.data
    return found


@pytest.mark.parametrize(
    "data", [packed(), rar4(MEMBERS), rar5(MEMBERS)], ids=["7z", "rar4", "rar5"]
)
def test_all_members_are_read_under_their_names(data: bytes) -> None:
    assert contents(data) == dict(MEMBERS)


def test_members_that_ask_for_a_password_are_each_said() -> None:
    pieces = pieces_of(packed("示例口令"), "a.7z")
    names = [piece.text for piece in pieces if isinstance(piece, Passage)]
    assert names == ["a.7z", *(name for name, _ in MEMBERS)]
    assert reasons(pieces) == ["encrypted", "encrypted"]


def test_an_archive_whose_names_are_hidden_is_encrypted() -> None:
    assert reasons(pieces_of(packed("示例口令", head=True), "a.7z")) == ["encrypted"]


def test_an_encrypted_rar_is_said() -> None:
    assert set(reasons(pieces_of(rar4(MEMBERS, encrypted=True), "a.rar"))) == {"encrypted"}


@pytest.mark.parametrize(
    "data", [packed(), rar4(MEMBERS), rar5(MEMBERS)], ids=["7z", "rar4", "rar5"]
)
def test_an_archive_that_is_cut_off_is_said(data: bytes) -> None:
    assert reasons(pieces_of(data[: len(data) - 60], "a.dat"))


def test_a_name_that_leads_out_is_said_and_read() -> None:
    pieces = pieces_of(rar5([("../../up.txt", b"content\n")]), "a.rar")
    assert reasons(pieces) == ["path"]
    assert any(isinstance(piece, Block) for piece in pieces)
