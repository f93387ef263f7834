"""Files that are made to hurt who reads them: small here, endless when they are unpacked."""

import bz2
import gzip
import io
import lzma
import pathlib
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.sensors.content.pieced import package

MIB = 1024 * 1024


def zip_bomb() -> bytes:
    """Return an archive of one member that is a thousand times its size."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(b"0" * MIB)
    return stream.getvalue()


def archives_within(levels: int, wide: int) -> bytes:
    """Return archives in archives, each of them `wide` times, as 42.zip."""
    data = package({"a.txt": b"0" * MIB})
    for level in range(levels):
        data = package({f"{level}-{number}.zip": data for number in range(wide)})
    return data


def overlapping() -> bytes:
    """Return an archive whose 500 entries are all the same octets."""
    whole = package({"a.txt": b"0" * 8 * MIB})
    start, end = whole.find(b"PK\x01\x02"), whole.rfind(b"PK\x05\x06")
    return whole[:start] + _directory(whole[start:end], 500, start)


def endless_directory() -> bytes:
    """Return an archive of 300,000 entries."""
    whole = package({"a.txt": b"text"})
    start, end = whole.find(b"PK\x01\x02"), whole.rfind(b"PK\x05\x06")
    return whole[:start] + _directory(whole[start:end], 300_000, start)


def _directory(entry: bytes, count: int, start: int) -> bytes:
    entries = entry * count
    shown = min(count, 0xFFFF)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, shown, shown, len(entries), start, 0)
    return entries + end


def chain(pack: Callable[[bytes], bytes], levels: int) -> bytes:
    """Return a text that was packed again and again."""
    data = b"text\n"
    for _ in range(levels):
        data = pack(data)
    return data


def claiming_tar(kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return an archive whose member claims eight gigabytes."""
    info = tarfile.TarInfo("huge.txt")
    info.type, info.size = kind, 8 << 30
    return info.tobuf() + b"text\n" * 4000


def climbing_tar() -> bytes:
    """Return an archive with members that lead out, links and devices."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("../../escaped.txt", "/escaped.txt", "C:\\escaped.txt"):
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"text\n"))
        for name, kind, target in (
            ("link", tarfile.SYMTYPE, "/etc/hostname"),
            ("hard", tarfile.LNKTYPE, "../../x"),
            ("pipe", tarfile.FIFOTYPE, ""),
            ("disk", tarfile.BLKTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return stream.getvalue()


def climbing_zip() -> bytes:
    """Return an archive with names that lead out."""
    return package({"../../escaped.txt": "text", "/escaped.txt": "text", "a\\..\\..\\b": "text"})


def giant_picture() -> bytes:
    """Return a picture of 50,000 by 50,000 points in a few hundred octets."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(99_999))), chunk(b"IEND", b"")]
    )


def entities() -> bytes:
    """Return markup whose entities multiply to a billion (billion laughs)."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE r [<!ENTITY e0 "haha">{levels}]><r>&e9;</r>'.encode()


def foreign_entity() -> bytes:
    """Return markup that asks for a file and for a server."""
    return (
        b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">'
        b'<!ENTITY s SYSTEM "http://127.0.0.1:9/x">]><r>a&f;b&s;c</r>'
    )


UNREADABLE: Mapping[str, Callable[[], bytes]] = {
    "bomb.zip": zip_bomb,
    "42.zip": lambda: archives_within(6, 5),
    "deep.zip": lambda: archives_within(12, 1),
    "overlapping.zip": overlapping,
    "directory.zip": endless_directory,
    "cut.zip": lambda: zip_bomb()[:2000],
    "climbing.zip": climbing_zip,
    "bomb.gz": lambda: gzip.compress(bytes(200 * MIB)),
    "bomb.bz2": lambda: bz2.compress(b"\n" * 200 * MIB),
    "bomb.xz": lambda: lzma.compress(b"a" * 200 * MIB),
    "chain.gz": lambda: chain(gzip.compress, 40),
    "claiming.tar": claiming_tar,
    "claiming-pax.tar": lambda: claiming_tar(tarfile.XHDTYPE),
    "climbing.tar": climbing_tar,
    "laughs.xml": entities,
    "foreign.xml": foreign_entity,
    "deep.xml": lambda: b"<a>" * 500_000 + b"</a>" * 500_000,
    "deep.html": lambda: b"<html><body>" + b"<div>" * 500_000 + b"x",
    "deep.json": lambda: b"[" * 2_000_000 + b"]" * 2_000_000,
    "deep.rtf": lambda: b"{\\rtf1" + b"{" * 2_000_000,
    "parts.eml": lambda: _mail() + b"--X\n\nhi\n" * 50_000 + b"--X--\n",
    "unknown.bin": lambda: bytes(range(256)) * 4000,
}
"""Each ends in at least one reason."""


def _mail() -> bytes:
    head = b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
    return head + b"Content-Type: multipart/mixed; boundary=X\n\n"


READABLE: Mapping[str, Callable[[], bytes]] = {
    "field.csv": lambda: b'a,b\nx,"' + b"y" * 50 * MIB + b'"\nz,1\n',
    "stray.csv": lambda: b'a,b\n"x,1\n' + b"y,2\n" * 500_000,
    "wide.csv": lambda: b",".join(b"c%d" % n for n in range(50_000)) + (b"\n" + b"1," * 50_000) * 9,
    "ragged.csv": lambda: b"a,b\n" + (b"1,2\n" * 50 + b"," * 5000 + b"\n") * 500,
    "rows.csv": lambda: b"a,b,c\n" + (b"1," + b"z" * 60 + b",3\n") * 1_000_000,
    "line.txt": lambda: b"x" * 60 * MIB,
    "holes.log": lambda: b"first\n" * 99 + bytes(20 * MIB) + b"last\n",
    "integer.json": lambda: b"[" + b"9" * 2_000_000 + b"]",
    "keys.jsonl": lambda: b"".join(b'{"k%d": 1}\n' % number for number in range(50_000)),
    "open.json": lambda: b'[{"a": "' + b"x" * 40 * MIB,
    "open.sql": lambda: b"INSERT INTO t VALUES ('open;\n" + b"it''s;\n" * 500_000,
    "brackets.sql": lambda: b"INSERT INTO t VALUES " + b"(" * 2_000_000 + b";\n",
    "words.eml": lambda: b"From: a\nTo: b\nSubject: " + b"=?utf-8?B?5rWL?= " * 200_000 + b"\n\nx",
}
"""Each is read to its end, slowly for its size at worst."""


def sparse(path: pathlib.Path, octets: int) -> None:
    """Make a file of so many octets that takes no room."""
    with path.open("wb") as file:
        file.truncate(octets)
