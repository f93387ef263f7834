"""Binary Office files: the container opens in olefile, cells in calamine, texts by the format."""

import io
import struct

import olefile
import pytest
import python_calamine

from corpus.document.compound import Tree, write_compound
from corpus.document.legacy.doc import write_doc
from corpus.document.legacy.ppt import write_ppt
from corpus.document.legacy.xls import write_xls
from tests.corpus.document.whole import WHOLE


def test_a_compound_file_holds_small_and_large_streams_in_storages() -> None:
    tree: dict[str, bytes | Tree] = {f"s{n}": bytes((n,)) * n * 37 for n in range(1, 60)}
    tree |= {"large": b"l" * 200_000, "store": {"inner": b"i" * 100, "empty": b""}}
    with olefile.OleFileIO(
        io.BytesIO(write_compound(tree)), raise_defects=olefile.DEFECT_UNSURE
    ) as file:
        for n in range(1, 60):
            assert file.openstream(f"s{n}").read() == bytes((n,)) * n * 37
        assert file.openstream("large").read() == b"l" * 200_000
        assert file.openstream(["store", "inner"]).read() == b"i" * 100


@pytest.mark.parametrize("write", [write_doc, write_xls, write_ppt])
def test_a_binary_file_opens_and_says_its_properties(write: object) -> None:
    data = write(WHOLE)  # type: ignore[operator]
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        properties = file.get_metadata()
        assert properties.title.decode("gbk") == "属性题名"
        assert properties.author.decode("gbk") == "属性作者"
        natives = [path for path in file.listdir() if path[-1] == "\x01Ole10Native"]
        assert b"attached" in file.openstream(natives[0]).read()


def pieces(data: bytes) -> str:
    """Read a Word document by its piece table, step by step as MS-DOC 2.4.1 says."""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        word = file.openstream("WordDocument").read()
        at, size = struct.unpack_from("<II", word, 0x01A2)
        clx = file.openstream("1Table").read()[at : at + size]
    assert clx[0] == 2
    plc = clx[5:]
    count = (len(plc) - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", plc)
    text = ""
    for n in range(count):
        (start,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * n + 2)
        length = places[n + 1] - places[n]
        if start & 0x40000000:
            begin = (start & 0x3FFFFFFF) // 2
            text += word[begin : begin + length].decode("cp1252")
        else:
            text += word[start : start + 2 * length].decode("utf-16-le")
    return text


def test_a_word_document_has_all_its_stories_in_order() -> None:
    data = write_doc(WHOLE)
    text = pieces(data)
    order = ("机密★10年", "题目", "plain ascii", "脚注文字", "页眉文字", "批注文字", "文本框文字")
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        counts = struct.unpack_from("<8I", file.openstream("WordDocument").read(), 0x4C)
    assert sum(counts) + 1 == len(text)


def test_a_workbook_opens_in_calamine_with_its_hidden_sheet() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(write_xls(WHOLE)))
    rows = book.get_sheet_by_index(0).to_python()
    assert ["某甲", "一二三"] in [row[:2] for row in rows]
    assert book.sheets_metadata[1].visible == python_calamine.SheetVisibleEnum.Hidden
    assert book.get_sheet_by_index(1).to_python() == [["隐藏文字"]]


def records(data: bytes) -> list[tuple[int, bytes]]:
    """Walk the records of a presentation (MS-PPT 2.3.1), containers opened."""
    found, at = [], 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        body = data[at + 8 : at + 8 + size]
        found.append((kind, body))
        if version & 0xF == 0xF or kind == 0x138B:
            found += records(body)
        at += 8 + size
    return found


def test_a_presentation_is_a_tree_of_records_with_its_texts() -> None:
    with olefile.OleFileIO(io.BytesIO(write_ppt(WHOLE))) as file:
        stream = file.openstream("PowerPoint Document").read()
        user = file.openstream("Current User").read()
    (edit,) = struct.unpack_from("<I", user, 16)
    assert struct.unpack_from("<H", stream, edit + 2) == (0x0FF5,)
    texts = [body.decode("utf-16-le") for kind, body in records(stream) if kind in {0x0FA0, 0x0FBA}]
    for text in ("题目", "机密★10年", "讲稿文字", "页脚文字", "批注文字", "隐藏文字", "文本框文字"):
        assert text in texts
