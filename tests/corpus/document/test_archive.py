"""Archives open in libraries that did not write them."""

import bz2
import gzip
import io
import lzma
import pathlib
import tarfile
import zipfile

import libarchive
import py7zr

from corpus.document.archive import (
    Member,
    write_7z,
    write_bzip2,
    write_encrypted_7z,
    write_gzip,
    write_rar,
    write_tar,
    write_xz,
    write_zip,
)

MEMBERS = (
    Member(name="2026/名单.csv", data="姓名,电话\r\n".encode() * 300),
    Member(name="stored.bin", data=bytes(range(256)) * 20, stored=True),
)


def test_a_zip_opens_and_its_names_are_flagged() -> None:
    with zipfile.ZipFile(io.BytesIO(write_zip(MEMBERS))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["2026/名单.csv", "stored.bin"]
        assert archive.read("stored.bin") == MEMBERS[1].data


def test_a_zip_of_old_systems_has_its_names_in_gbk() -> None:
    data = write_zip([Member(name="名单.csv", data=b"x", encoding="gbk")])
    with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gbk") as archive:
        assert archive.namelist() == ["名单.csv"]


def test_an_encrypted_member_opens_by_its_password_alone() -> None:
    data = write_zip([Member(name="a.txt", data=b"locked" * 50, password=b"k9")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.infolist()[0].flag_bits & 1
        assert archive.read("a.txt", pwd=b"k9") == b"locked" * 50


def test_a_7z_opens_in_two_libraries(tmp_path: pathlib.Path) -> None:
    data = write_7z(MEMBERS)
    with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
        assert archive.getnames() == ["2026/名单.csv", "stored.bin"]
        archive.extract(tmp_path, targets=["stored.bin"])
    assert (tmp_path / "stored.bin").read_bytes() == MEMBERS[1].data
    with libarchive.memory_reader(data) as entries:
        assert [b"".join(entry.get_blocks()) for entry in entries] == [m.data for m in MEMBERS]


def test_an_encrypted_7z_asks_for_its_password() -> None:
    data = write_encrypted_7z(MEMBERS, "k9")
    with py7zr.SevenZipFile(io.BytesIO(data), password="k9") as archive:
        assert archive.needs_password()


def test_a_rar_opens() -> None:
    data = write_rar([Member(name="list.csv", data=b"a,b\n" * 40)])
    with libarchive.memory_reader(data) as entries:
        found = [(entry.pathname, b"".join(entry.get_blocks())) for entry in entries]
    assert found == [("list.csv", b"a,b\n" * 40)]


def test_a_tar_opens() -> None:
    with tarfile.open(fileobj=io.BytesIO(write_tar(MEMBERS))) as archive:
        assert archive.getnames() == ["2026/名单.csv", "stored.bin"]


def test_streams_unpack() -> None:
    text = b"line\n" * 1000
    assert gzip.decompress(write_gzip(text)) == text
    assert bz2.decompress(write_bzip2(text)) == text
    assert lzma.decompress(write_xz(text)) == text


def test_archives_are_the_same_each_time() -> None:
    for write in (write_zip, write_7z, write_tar):
        assert write(MEMBERS) == write(MEMBERS)
