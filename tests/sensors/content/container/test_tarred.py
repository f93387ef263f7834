"""Tar archives: files are read, links and devices are not followed."""

import io
import tarfile

from situation.content.piece import Block
from tests.sensors.content.pieced import pieces_of, reasons


def tarred(*members: tuple[tarfile.TarInfo, bytes], encoding: str = "utf-8") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(
        fileobj=stream, mode="w", format=tarfile.GNU_FORMAT, encoding=encoding
    ) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def of_kind(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def blocks(data: bytes) -> dict[str, bytes]:
    pieces = pieces_of(data, "a.tar")
    return {piece.place.member: piece.data for piece in pieces if isinstance(piece, Block)}


def test_files_are_read_under_names_of_any_encoding() -> None:
    data = tarred((tarfile.TarInfo("名单.txt"), b"text\n"), encoding="gbk")
    assert blocks(data) == {"名单.txt": b"text\n"}


def test_links_pipes_and_devices_are_not_read() -> None:
    data = tarred(
        (of_kind("inside", tarfile.SYMTYPE, "a.txt"), b""),
        (of_kind("outside", tarfile.SYMTYPE, "/etc/hostname"), b""),
        (of_kind("above", tarfile.LNKTYPE, "../x"), b""),
        (of_kind("pipe", tarfile.FIFOTYPE), b""),
        (of_kind("disk", tarfile.BLKTYPE), b""),
        (tarfile.TarInfo("a.txt"), b"text\n"),
    )
    assert blocks(data) == {"a.txt": b"text\n"}
    assert reasons(pieces_of(data, "a.tar")) == ["path", "path"]


def test_a_member_that_claims_more_than_there_is_is_said() -> None:
    info = tarfile.TarInfo("a.txt")
    info.size = 8 << 30
    assert "truncated" in reasons(pieces_of(info.tobuf() + b"text\n" * 400, "a.tar"))
