"""Archives: zip (APPNOTE 6.3), tar (POSIX.1-2001), gzip, bzip2, xz, 7z, and stored RAR 4.

The zip writer is the generator's own, because it has to write what libraries refuse: names in
GBK, names that lead out of the archive, members encrypted by PKWARE's old cipher.
"""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import py7zr

from corpus.dice import Dice

_DOS_TIME, _DOS_DATE = 0x6000, 0x5C5B
"""12:00 on 27 February 2026."""
_ENCRYPTED, _UTF8 = 0x0001, 0x0800


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of an archive. `encoding` of its name: utf-8 (said by a flag) or gbk (not said)."""

    name: str
    data: bytes
    stored: bool = False
    password: bytes = b""
    encoding: str = "utf-8"


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _crc_table() -> tuple[int, ...]:
    rows = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        rows.append(value)
    return tuple(rows)


_TABLE = _crc_table()


def zip_cipher(password: bytes, data: bytes) -> bytes:
    """Encrypt by the traditional cipher of PKWARE (APPNOTE 6.1)."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(octet: int) -> None:
        keys[0] = _TABLE[(keys[0] ^ octet) & 0xFF] ^ (keys[0] >> 8)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _TABLE[(keys[2] ^ (keys[1] >> 24)) & 0xFF] ^ (keys[2] >> 8)

    for octet in password:
        update(octet)
    out = bytearray()
    for octet in data:
        mixed = (keys[2] | 2) & 0xFFFF
        out.append(octet ^ ((mixed * (mixed ^ 1)) >> 8 & 0xFF))
        update(octet)
    return bytes(out)


@dataclass(frozen=True, slots=True)
class _Packed:
    name: bytes
    flags: int
    method: int
    crc: int
    body: bytes
    size: int


def _packed(member: Member) -> _Packed:
    crc = zlib.crc32(member.data)
    body = member.data if member.stored else _deflate(member.data)
    flags = _UTF8 if member.encoding == "utf-8" and not member.name.isascii() else 0
    if member.password:
        salt = Dice(member.name).octets(11) + bytes((crc >> 24,))
        body = zip_cipher(member.password, salt + body)
        flags |= _ENCRYPTED
    name = member.name.encode(member.encoding)
    return _Packed(name, flags, 0 if member.stored else 8, crc, body, len(member.data))


def _fields(one: _Packed) -> bytes:
    sizes = (one.crc, len(one.body), one.size)
    head = struct.pack("<HHHHHIII", 20, one.flags, one.method, _DOS_TIME, _DOS_DATE, *sizes)
    return head + struct.pack("<HH", len(one.name), 0)


def write_zip(members: Sequence[Member]) -> bytes:
    """Write a zip archive."""
    out, directory = bytearray(), bytearray()
    for one in map(_packed, members):
        at = len(out)
        out += b"PK\x03\x04" + _fields(one) + one.name + one.body
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + _fields(one)
        directory += struct.pack("<HHHII", 0, 0, 0, 0, at) + one.name
    count = len(members)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)


def write_tar(members: Sequence[Member]) -> bytes:
    """Write a tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.size = len(member.data)
            archive.addfile(entry, io.BytesIO(member.data))
    return out.getvalue()


def _number(value: int) -> bytes:
    """Write a number as 7z headers do, here in the form of nine octets where it is not small."""
    return bytes((value,)) if value < 0x80 else b"\xff" + struct.pack("<Q", value)


_LZMA2 = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]


def _7z_header(members: Sequence[Member], sizes: Sequence[int]) -> bytes:
    count = _number(len(members))
    names = b"\0" + b"".join(f"{member.name}\0".encode("utf-16-le") for member in members)
    marks = b"\x01\x00" + struct.pack("<I", 0x20) * len(members)
    folder = b"\x01\x21\x21\x01\x10"
    crcs = b"".join(struct.pack("<I", zlib.crc32(member.data)) for member in members)
    parts = (
        b"\x01\x04\x06\x00" + count + b"\x09" + b"".join(map(_number, sizes)) + b"\x00",
        b"\x07\x0b" + count + b"\x00" + folder * len(members) + b"\x0c",
        b"".join(_number(len(member.data)) for member in members),
        b"\x00\x08\x0d" + b"\x01" * len(members) + b"\x0a\x01" + crcs + b"\x00\x00",
        b"\x05" + count + b"\x11" + _number(len(names)) + names,
        b"\x15" + _number(len(marks)) + marks + b"\x00\x00",
    )
    return b"".join(parts)


def write_7z(members: Sequence[Member]) -> bytes:
    """Write a 7z archive (7zFormat.txt): each member a folder of its own, packed by LZMA2."""
    packed = [lzma.compress(one.data, lzma.FORMAT_RAW, filters=_LZMA2) for one in members]
    header = _7z_header(members, [len(data) for data in packed])
    body = b"".join(packed)
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    signature = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start))
    return signature + start + body + header


def write_encrypted_7z(members: Sequence[Member], password: str) -> bytes:
    """Write a 7z archive under a password; its octets differ from run to run (a random vector)."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for member in members:
            archive.writestr(member.data, member.name)
    return out.getvalue()


def write_gzip(data: bytes) -> bytes:
    """Pack by gzip (RFC 1952), without a time."""
    return gzip.compress(data, 6, mtime=0)


def write_bzip2(data: bytes) -> bytes:
    """Pack by bzip2."""
    return bz2.compress(data)


def write_xz(data: bytes) -> bytes:
    """Pack by xz."""
    return lzma.compress(data)


def _rar_block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data


def write_rar(members: Sequence[Member]) -> bytes:
    """Write a RAR 4 archive whose members are stored (method 0x30), names as they are in GBK."""
    out = b"Rar!\x1a\x07\x00" + _rar_block(0x73, 0, bytes(6))
    for member in members:
        name = member.name.encode("gbk")
        size = len(member.data)
        fields = struct.pack(
            "<IIBIIBB", size, size, 2, zlib.crc32(member.data), 0x5C5B6000, 20, 0x30
        )
        fields += struct.pack("<HI", len(name), 0x20) + name
        out += _rar_block(0x74, 0x8000, fields, member.data)
    return out + _rar_block(0x7B, 0x4000, b"")
