"""PDF and OFD: read by pypdf and pypdfium2; OFD by its parts, for which no library is at hand."""

import io
import zipfile

import pypdf
import pypdfium2
import pytest
from lxml import etree

from corpus.document.ofd import write_ofd
from corpus.document.pdf import Encoding, write_pdf
from corpus.mark.page import PAGE_HEIGHT, PAGE_WIDTH
from tests.corpus.document.whole import MARK, WHOLE

OFD = "{http://www.ofdspec.org/2016}"


@pytest.mark.parametrize("encoding", ["GBK-EUC-H", "UniGB-UCS2-H"])
def test_a_pdf_without_a_map_to_unicode_is_read_by_two_libraries(encoding: Encoding) -> None:
    data = write_pdf(WHOLE, encoding)
    assert b"ToUnicode" not in data
    one = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    other = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    for text in ("机密★10年", "题目", "页眉文字", "文本框文字", "第一段 <尖括号> & 符号"):
        assert text in one
        assert text in other


def test_a_pdf_of_bare_glyph_numbers_says_nothing() -> None:
    text = pypdfium2.PdfDocument(write_pdf(WHOLE, "Identity-H"))[0].get_textpage().get_text_range()
    assert "机密" not in text


def test_a_pdf_has_annotations_attachments_and_properties() -> None:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(WHOLE)))
    notes = [note.get_object()["/Contents"] for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert {"注释文字", "批注文字"} <= set(map(str, notes))
    assert reader.attachments["附件.bin"] == [b"attached"]
    assert reader.metadata is not None
    assert reader.metadata.title == "属性题名"
    assert str(reader.metadata["/密级"]) == "属性密级"


def test_a_line_of_a_pdf_stands_where_it_was_put() -> None:
    page = pypdfium2.PdfDocument(write_pdf(WHOLE))[0]
    text = page.get_textpage()
    at = text.get_text_range().index("机")
    left, _, _, top = text.get_charbox(at, loose=True)
    assert left / page.get_width() == pytest.approx(MARK.left, abs=0.02)
    assert 1 - top / page.get_height() == pytest.approx(MARK.top, abs=0.02)


def test_an_encrypted_pdf_opens_by_its_password_alone() -> None:
    data = write_pdf(WHOLE, password="k9")
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.is_encrypted
    assert reader.decrypt("wrong") == 0
    assert reader.decrypt("k9")
    assert "题目" in reader.pages[0].extract_text()


def test_an_ofd_has_every_text_in_its_part() -> None:
    with zipfile.ZipFile(io.BytesIO(write_ofd(WHOLE))) as archive:
        assert archive.testzip() is None
        found = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}
        assert archive.read("Doc_0/Attachs/file_0.bin") == b"attached"
    assert "页眉文字" in found["Doc_0/Tpls/Tpl_0/Content.xml"]
    assert "模板文字" in found["Doc_0/Tpls/Tpl_0/Content.xml"]
    assert "注释文字" in found["Doc_0/Annots/Page_0/Annotation.xml"]
    assert "属性密级" in found["OFD.xml"]
    assert "附件.bin" in found["Doc_0/Attachs/Attachments.xml"]


def test_an_ofd_places_text_in_millimetres() -> None:
    with zipfile.ZipFile(io.BytesIO(write_ofd(WHOLE))) as archive:
        page = etree.fromstring(archive.read("Doc_0/Pages/Page_0/Content.xml"))
    first = next(page.iter(f"{OFD}TextObject"))
    left, top, _, _ = map(float, first.get("Boundary", "").split())
    assert left == pytest.approx(MARK.left * PAGE_WIDTH, abs=0.01)
    assert top == pytest.approx(MARK.top * PAGE_HEIGHT, abs=0.01)
    assert float(first.get("Size", "0")) == pytest.approx(16 * 25.4 / 72, abs=0.01)
    assert [code.text for code in first.iter(f"{OFD}TextCode")] == ["机", "密★", "10年"]
