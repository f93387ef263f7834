"""Files that harm a careless reader: bombs, deep nests, torn, encrypted and sparse ones, XXE.

Each has a name, its octets (or a maker that writes it into a folder, for the sparse one) and what
a careful reader says of it: the reason by the scan's words.
"""

import os
import pathlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.dice import Dice
from corpus.document.archive import (
    Member,
    write_encrypted_7z,
    write_gzip,
    write_tar,
    write_zip,
)
from corpus.document.compound import write_compound
from corpus.document.draft import Draft
from corpus.document.office import write_docx
from corpus.document.pdf import write_pdf

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A harmful file. `reasons`: what may be said of it; any of them is right."""

    name: str
    data: bytes
    reasons: frozenset[str]


def _zip_bomb(mebibytes: int) -> bytes:
    return write_zip([Member(name="zeros.txt", data=bytes(mebibytes * MIB))])


def overlapping(copies: int = 2000, mebibytes: int = 1) -> bytes:
    """Write a zip whose members all share one body, so that a small file unpacks to gigabytes."""
    body = bytes(mebibytes * MIB)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(body) + packer.flush()
    sizes = (zlib.crc32(body), len(packed), len(body))
    local = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0x6000, 0x5C5B, *sizes, 5, 0)
    out = b"PK\x03\x04" + local + b"a.txt" + packed
    rows = b""
    for number in range(copies):
        name = f"{number:05}.txt".encode()
        rows += b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0x6000, 0x5C5B,
                                            *sizes, len(name), 0, 0, 0, 0, 0, 0) + name  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, copies, copies, len(rows), len(out), 0)
    return out + rows + b"PK\x05\x06" + end


def nested(depth: int) -> bytes:
    """Write archives inside archives, `depth` deep, each holding a text beside the next."""
    data = write_zip([Member(name="innermost.txt", data="最里面的一份".encode())])
    for level in range(depth):
        data = write_zip(
            [Member(name=f"level{level}.zip", data=data), Member(name="note.txt", data=b"note")]
        )
    return data


def many(count: int) -> bytes:
    """Write an archive of very many tiny members."""
    return write_zip([Member(name=f"{n:06}.txt", data=b"x", stored=True) for n in range(count)])


def gzip_bomb(mebibytes: int) -> bytes:
    """Write a gzip file of zeros."""
    return write_gzip(bytes(mebibytes * MIB))


_ENTITY = '<!DOCTYPE d [<!ENTITY x SYSTEM "{}">]>'


def external_entity(target: str = "file:///etc/hostname") -> bytes:
    """Write an XML file that asks for a file of the machine."""
    doctype = _ENTITY.format(target)
    return f'<?xml version="1.0"?>{doctype}<d><姓名>王某</姓名><v>&x;</v></d>'.encode()


def laughs(levels: int = 9) -> bytes:
    """Write an XML file whose entities grow tenfold a level."""
    rows = ['<!ENTITY e0 "lol">']
    rows += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1)]
    return f'<?xml version="1.0"?><!DOCTYPE d [{"".join(rows)}]><d>&e{levels};</d>'.encode()


def office_entity() -> bytes:
    """Write a Word document whose body is such an XML file."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    doctype = _ENTITY.format("file:///etc/hostname")
    paragraph = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    body = (
        f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{space}"><w:body>{paragraph}</w:body>'
        "</w:document>"
    )
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    types = f'<?xml version="1.0"?><Types xmlns="{kinds}"/>'
    return write_zip(
        [
            Member(name="[Content_Types].xml", data=types.encode()),
            Member(name="word/document.xml", data=body.encode()),
        ]
    )


def traversal() -> bytes:
    """Write a zip whose members lead out of it: upwards, absolute, by drive letter."""
    names = (
        "../../../../citywatch-escaped.txt", "/citywatch-escaped.txt", "C:\\escaped.txt",
        "..\\..\\escaped.txt", "ok/inside.txt",
    )  # fmt: skip
    return write_zip([Member(name=name, data=b"escaped") for name in names])


def tar_traversal() -> bytes:
    """Write a tar whose member leads upwards."""
    return write_tar([Member(name="../../escaped.txt", data=b"escaped")])


def encrypted_office(seed: str = "1") -> bytes:
    """Write an encrypted Office file (MS-OFFCRYPTO 2.3.4.10); its content is random."""
    dice = Dice(f"{seed}/encrypted office")
    info = struct.pack("<HHI", 4, 4, 0x40) + b'<?xml version="1.0"?><encryption/>'
    package = struct.pack("<Q", 9000) + dice.octets(9008)
    return write_compound({"EncryptionInfo": info, "EncryptedPackage": package})


def sparse(path: pathlib.Path, gibibytes: int = 10) -> None:
    """Create a file that is long and takes no room."""
    with path.open("wb") as file:
        os.ftruncate(file.fileno(), gibibytes << 30)


def deep_json(depth: int = 200_000) -> bytes:
    """Write JSON of very many nested arrays."""
    return b"[" * depth + b"]" * depth


def deep_xml(depth: int = 100_000) -> bytes:
    """Write XML of very many nested elements."""
    return b"<a>" * depth + b"</a>" * depth


def long_field(mebibytes: int = 50) -> bytes:
    """Write a CSV with one field of many mebibytes."""
    return '姓名,备注\n王某,"'.encode() + b"x" * (mebibytes * MIB) + b'"\n'


_LIMITS = frozenset({"ratio", "too_large", "too_many", "time", "memory"})


def hostile_files(seed: str = "1") -> Iterator[Hostile]:
    """Make the small ones, which fit into memory and a test's time."""
    dice = Dice(f"{seed}/hostile")
    draft = Draft(title="关于年度工作的通知", paragraphs=("正文。",) * 40)
    docx, pdf = write_docx(draft), write_pdf(draft)
    locked = write_pdf(draft, password="k9" + dice.digits(4))
    texts = [Member(name="名单.txt", data="内容".encode() * 500)]
    secret = [Member(name="名单.txt", data="内容".encode() * 500, password=b"k9")]
    rows: tuple[tuple[str, bytes, frozenset[str]], ...] = (
        ("bomb.zip", _zip_bomb(256), _LIMITS),
        ("overlap.zip", overlapping(), _LIMITS | {"broken"}),
        ("nested.zip", nested(12), frozenset({"too_deep"})),
        ("many.zip", many(20_000), frozenset({"too_many"})),
        ("bomb.gz", gzip_bomb(256), _LIMITS),
        ("entity.xml", external_entity(), frozenset({"broken"})),
        ("laughs.xml", laughs(), _LIMITS | {"broken"}),
        ("entity.docx", office_entity(), frozenset({"broken"})),
        ("traversal.zip", traversal(), frozenset({"path"})),
        ("traversal.tar", tar_traversal(), frozenset({"path"})),
        ("encrypted.zip", write_zip(secret), frozenset({"encrypted"})),
        ("encrypted.7z", write_encrypted_7z(texts, "k9"), frozenset({"encrypted"})),
        ("encrypted.docx", encrypted_office(seed), frozenset({"encrypted"})),
        ("encrypted.pdf", locked, frozenset({"encrypted"})),
        ("torn.docx", docx[: len(docx) // 2], frozenset({"truncated", "broken"})),
        ("torn.pdf", pdf[: len(pdf) // 2], frozenset({"truncated", "broken"})),
        ("torn.gz", write_gzip(dice.octets(4000))[:2000], frozenset({"truncated", "broken"})),
        ("noise.bin", b"\x93\xa7\x01\xfe" + dice.octets(4096), frozenset({"unknown_type"})),
        ("deep.json", deep_json(), _LIMITS | {"too_deep", "broken"}),
        ("deep.xml", deep_xml(), _LIMITS | {"too_deep", "broken"}),
        ("garbled.pdf", write_pdf(draft, "Identity-H"), frozenset({"garbled"})),
    )  # fmt: skip
    for name, data, reasons in rows:
        yield Hostile(name=name, data=data, reasons=reasons)
