"""Office documents open in libraries that did not write them, each text in its place."""

import io
import zipfile

import docx
import openpyxl
from lxml import etree

from corpus.document.draft import Draft, Sheet
from corpus.document.office import write_docx, write_pptx
from corpus.document.workbook import write_xlsx
from tests.corpus.document.whole import WHOLE


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {
            name: "".join(etree.fromstring(archive.read(name)).itertext())
            for name in archive.namelist()
            if name.endswith(".xml")
        }


def test_a_word_document_opens_and_its_mark_is_split_into_runs() -> None:
    document = docx.Document(io.BytesIO(write_docx(WHOLE)))
    marked = next(one for one in document.paragraphs if one.text == "机密★10年")
    assert len(marked.runs) >= 3
    assert document.tables[0].cell(1, 0).text == "某甲"
    assert document.sections[0].header.paragraphs[0].text == "页眉文字"
    assert document.core_properties.author == "属性作者"


def test_a_word_document_has_every_text_in_its_part() -> None:
    found = parts(write_docx(WHOLE))
    for text in ("文本框文字", "删除文字", "插入文字", "隐藏文字", "第一段 <尖括号> & 符号"):
        assert text in found["word/document.xml"]
    assert "脚注文字" in found["word/footnotes.xml"]
    assert "批注文字" in found["word/comments.xml"]
    assert "页脚文字" in found["word/footer1.xml"]
    assert "属性密级" in found["docProps/custom.xml"]


def test_a_word_document_carries_its_attachment() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(WHOLE))) as archive:
        assert archive.read("word/embeddings/object1.bin") == b"attached"


def test_a_presentation_is_whole_xml_with_notes_and_comments() -> None:
    found = parts(write_pptx(WHOLE))
    assert "讲稿文字" in found["ppt/notesSlides/notesSlide1.xml"]
    assert "批注文字" in found["ppt/comments/comment1.xml"]
    slides = "".join(text for name, text in found.items() if "slides/slide" in name)
    assert {"题目", "文本框文字", "隐藏文字"} <= {
        text for text in ("题目", "文本框文字", "隐藏文字") if text in slides
    }


def test_a_workbook_opens_with_hidden_sheet_notes_and_header() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(WHOLE)))
    assert [sheet.sheet_state for sheet in book] == ["visible", "hidden"]
    assert book.worksheets[1]["A1"].value == "隐藏文字"
    assert book.worksheets[0].oddHeader.left.text == "页眉文字"
    notes = [cell.comment.text for row in book.worksheets[0] for cell in row if cell.comment]
    assert any("批注文字" in note for note in notes)
    assert book.properties.title == "属性题名"


def test_numbers_stay_texts_in_a_workbook() -> None:
    rows = (("身份证号",), ("0" * 18,))
    book = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(Draft(sheets=(Sheet(name="s", rows=rows),))))
    )
    assert book.worksheets[0]["A2"].value == "0" * 18


def test_documents_are_the_same_each_time() -> None:
    for write in (write_docx, write_pptx, write_xlsx):
        assert write(WHOLE) == write(WHOLE)
