"""Zip archives: names of any encoding, links, passwords, paths that lead out."""

import io
import struct
import zipfile

from situation.content.piece import Block, Passage, Unreadable
from tests.sensors.content.pieced import grids, package, pieces_of, reasons


def members(data: bytes) -> list[str]:
    return [
        piece.place.member
        for piece in pieces_of(data, "a.zip")
        if isinstance(piece, Passage) and piece.place.role == "name"
    ][1:]


def with_password() -> bytes:
    """Return an archive whose only member claims to be encrypted."""
    data = bytearray(package({"a.txt": "text"}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature) + at
        flags = struct.unpack_from("<H", data, place)[0]
        struct.pack_into("<H", data, place, flags | 1)
    return bytes(data)


def test_members_are_read_under_the_path_that_leads_to_them() -> None:
    inner = package({"表/名单.csv": "姓名,电话\n甲某,1\n"})
    pieces = pieces_of(package({"内.zip": inner}), "外.zip")
    (grid,) = grids(pieces)
    assert grid.place.member == "内.zip!表/名单.csv"


def test_a_name_in_gbk_is_read() -> None:
    name = "名单.txt"
    plain = package({"NNNNNNNN": "text\n"})
    assert members(plain.replace(b"NNNNNNNN", name.encode("gbk")[:4] + b".txt")) == ["名单.txt"]


def test_an_encrypted_member_is_said_with_its_name() -> None:
    pieces = pieces_of(with_password(), "a.zip")
    (said,) = (piece for piece in pieces if isinstance(piece, Unreadable))
    assert (said.reason, said.place.member) == ("encrypted", "a.txt")


def test_names_that_lead_out_are_said_and_read_all_the_same() -> None:
    data = package({"../up.txt": "one\n", "/root.txt": "two\n", "c:\\x.txt": "three\n"})
    pieces = pieces_of(data, "a.zip")
    assert reasons(pieces) == ["path"] * 3
    assert len([piece for piece in pieces if isinstance(piece, Block)]) == 3


def test_a_link_is_not_followed_and_one_that_leads_out_is_said() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, target in (("out", "/etc/hostname"), ("in", "a.txt")):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, target)
    pieces = pieces_of(stream.getvalue(), "a.zip")
    assert reasons(pieces) == ["path"]
    assert not any(isinstance(piece, Block) for piece in pieces)


def test_an_archive_without_its_end_is_truncated() -> None:
    assert reasons(pieces_of(package({"a.txt": "text" * 999})[:-30], "a.zip")) == ["truncated"]


def test_one_broken_member_does_not_hide_the_others() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "broken content\n")
        archive.writestr("b.txt", "whole\n")
    pieces = pieces_of(stream.getvalue().replace(b"broken", b"breken"), "a.zip")
    assert reasons(pieces) == ["broken"]
    assert [piece.data for piece in pieces if isinstance(piece, Block)] == [b"whole\n"]


def test_an_empty_archive_is_nothing_but_its_name() -> None:
    assert len(pieces_of(package({}), "a.zip")) == 1
