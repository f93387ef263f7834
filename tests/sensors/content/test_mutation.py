"""Files of every format that are damaged at random never raise, and never say nothing."""

import bz2
import gzip
import io
import json
import lzma
import pathlib
import tarfile
from collections.abc import Callable, Mapping

import py7zr
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from situation.content.piece import Passage
from tests.sensors.content.container.rar import rar4, rar5
from tests.sensors.content.data.test_database import database
from tests.sensors.content.hostile import giant_picture
from tests.sensors.content.mail.test_message import mail
from tests.sensors.content.mail.test_outlook import msg, stream, wide
from tests.sensors.content.pieced import damaged, package, pieces_of
from tests.sensors.content.text.test_dump import DUMP
from tests.sensors.content.text.test_markdown import TEXT as MARKDOWN
from tests.sensors.content.text.test_markup import PEOPLE
from tests.sensors.content.text.test_page import PAGE
from tests.sensors.content.text.test_rich import DOCUMENT

_COUNT = 300
_EMPTY_WHEN_CUT = frozenset({"a.html", "a.rtf", "a.mbox"})
"""Formats whose beginning is rightly read as nothing: tags, words of control, a divider."""
_TABLE = "姓名,证件号码,备注\n" + '甲某,A001,"有，详见"\n' * 30


def _tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("名单.csv")
        info.size = len(_TABLE.encode())
        archive.addfile(info, io.BytesIO(_TABLE.encode()))
    return packed.getvalue()


def _7z() -> bytes:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        archive.writef(io.BytesIO(_TABLE.encode()), "名单.csv")
    return packed.getvalue()


def _mail() -> bytes:
    message = mail()
    message.add_alternative("<p>正文</p>", subtype="html")
    inner = package({"a.csv": _TABLE})
    message.add_attachment(inner, maintype="a", subtype="x", filename="附件.zip")
    return message.as_bytes()


def _outlook() -> bytes:
    attached = {stream("3707001F"): wide("a.csv"), stream("37010102"): _TABLE.encode() * 9}
    return msg({stream("1000001F"): wide("正文"), "__attach_version1.0_#00000000": attached})


def _parquet() -> bytes:
    packed = io.BytesIO()
    pq.write_table(pa.table({"姓名": ["甲某"] * 99, "n": list(range(99))}), packed)
    return packed.getvalue()


SAMPLES: Mapping[str, Callable[[], bytes]] = {
    "a.txt": lambda: _TABLE.encode("gb18030"),
    "wide.txt": lambda: _TABLE.encode("utf-16"),
    "a.csv": _TABLE.encode,
    "a.json": lambda: json.dumps([{"姓名": "甲某", "证件": {"n": n}} for n in range(40)]).encode(),
    "a.xml": lambda: PEOPLE.format("UTF-8").encode(),
    "a.html": PAGE.encode,
    "a.sql": DUMP.encode,
    "a.rtf": lambda: DOCUMENT,
    "a.md": MARKDOWN.encode,
    "a.eml": _mail,
    "a.mbox": lambda: b"From a@b Mon Jan  1 00:00:00 2026\n" + mail().as_bytes(),
    "a.msg": _outlook,
    "a.zip": lambda: package({"名单.csv": _TABLE, "b.zip": package({"c.txt": "text\n" * 99})}),
    "a.tar": _tar,
    "a.csv.gz": lambda: gzip.compress(_TABLE.encode(), mtime=0),
    "a.csv.bz2": lambda: bz2.compress(_TABLE.encode()),
    "a.csv.xz": lambda: lzma.compress(_TABLE.encode()),
    "a.csv.zst": lambda: pa.compress(_TABLE.encode(), codec="zstd", asbytes=True),
    "a.7z": _7z,
    "4.rar": lambda: rar4([("名单.csv", _TABLE.encode())]),
    "5.rar": lambda: rar5([("名单.csv", _TABLE.encode())]),
    "a.parquet": _parquet,
    "a.png": giant_picture,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_gives_pieces_and_never_an_exception(name: str) -> None:
    whole = SAMPLES[name]()
    assert len(pieces_of(whole, name)) > 1
    for hurt in damaged(whole, _COUNT):
        pieces = pieces_of(hurt, name)
        assert isinstance(pieces[0], Passage)
        assert len(pieces) > 1 or name in _EMPTY_WHEN_CUT or not hurt.strip()


def test_a_damaged_database_gives_pieces_and_never_an_exception(tmp_path: pathlib.Path) -> None:
    for hurt in damaged(database(tmp_path, rows=300), _COUNT):
        assert len(pieces_of(hurt, "a.db")) > 1 or not hurt
