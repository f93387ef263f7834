import io
import re
import zipfile

import docx
import pytest

from playbooks.document.block import Block, Document
from playbooks.document.cleaning import clean
from playbooks.document.word import word_of
from tests.playbooks.document.corpus import ACTING, UNSEEN, WRITTEN_ELSEWHERE
from tests.playbooks.document.golden import TEMPLATES, document_of, notice_data_with
from tests.playbooks.document.reading import lines_of_word


def opened(document: Document) -> docx.document.Document:
    return docx.Document(io.BytesIO(word_of(document)))


def xml_of(document: Document, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(word_of(document))) as packed:
        return packed.read(f"word/{part}.xml").decode()


def test_the_page_is_that_of_gb_t_9704() -> None:
    section = opened(document_of("notice", "zh")).sections[0]
    sides = section.page_width, section.page_height
    assert [round(side.mm) for side in sides if side is not None] == [210, 297]
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 35, 28, 26]
    found = re.search(
        r'<w:docGrid w:linePitch="(\d+)" w:type="linesAndChars" w:charSpace="(-?\d+)"/>',
        xml_of(document_of("notice", "zh"), "document"),
    )
    assert found is not None
    lines = 225 / 25.4 * 1440 / int(found[1])
    characters = 156 / 25.4 * 72 / (16 + int(found[2]) / 4096)
    assert (round(lines, 1), round(characters, 1)) == (22.0, 28.0)


def test_title_heading_and_text_have_their_faces_and_sizes() -> None:
    written = xml_of(document_of("notice", "zh"), "document")
    for text, face, half_points in (
        ("关于政务服务前置机疑似失陷的通报", "方正小标宋简体", 44),
        ("一、事件情况", "黑体", 32),
        ("示例市政务服务数据管理局：", "仿宋", 32),
    ):
        run = written[: written.index(f"<w:t>{text}")].rpartition("<w:r>")[2]
        assert f'w:eastAsia="{face}"' in run
        assert f'<w:sz w:val="{half_points}"/>' in run


def test_head_and_foot_say_number_grade_and_page() -> None:
    section = opened(document_of("notice", "zh")).sections[0]
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "示网应通〔2026〕第001号　Ⅱ级（重大）\t第 1 页 共 1 页"
    assert (
        section.footer.paragraphs[0].text == section.even_page_footer.paragraphs[0].text == "— 1 —"
    )
    head = xml_of(document_of("notice", "zh"), "header1")
    assert " PAGE " in head
    assert " NUMPAGES " in head


def test_the_page_number_stands_outside() -> None:
    section = opened(document_of("notice", "zh")).sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (2, 0)


def test_a_drill_is_marked_in_the_title_and_on_every_page() -> None:
    file = opened(document_of("notice", "zh", drill_id="d1"))
    assert "【演练】关于政务服务前置机疑似失陷的通报" in [line.text for line in file.paragraphs]
    for header in (file.sections[0].header, file.sections[0].even_page_header):
        assert "【演练】本文件仅用于演练" in header.paragraphs[0].text
    assert "thinDiagStripe" in xml_of(document_of("notice", "zh", drill_id="d1"), "header1")
    assert "演练" not in xml_of(document_of("notice", "zh"), "header1")


def test_only_the_letterhead_and_its_rule_are_red() -> None:
    assert xml_of(document_of("notice", "zh"), "document").count("E60012") == 2
    assert "E60012" not in xml_of(document_of("receipt", "zh"), "document")


def test_the_head_of_a_table_stands_again_on_every_page() -> None:
    assert xml_of(document_of("course", "zh"), "document").count("<w:tblHeader/>") == 4


def test_the_last_text_stays_with_the_signature() -> None:
    lines = opened(document_of("notice", "zh")).paragraphs
    assert [line.paragraph_format.keep_with_next for line in lines[-3:]] == [True, True, False]


def test_the_properties_claim_no_date_and_no_stranger() -> None:
    with zipfile.ZipFile(io.BytesIO(word_of(document_of("notice", "zh")))) as packed:
        core = packed.read("docProps/core.xml").decode()
    assert "关于政务服务前置机疑似失陷的通报" in core
    assert "示例市" in core
    assert "2013" not in core
    assert "python-docx" not in core


@pytest.mark.parametrize("text", [*ACTING, *UNSEEN, *WRITTEN_ELSEWHERE])
def test_a_text_stands_in_the_file_as_it_is(text: str) -> None:
    document = TEMPLATES.fill("feedback", notice_data_with(text), "zh")
    shown = " / ".join(line for line in clean(text).split("\n") if line)
    lines = lines_of_word(word_of(document))
    assert f"原因分析 | {shown}" in lines
    assert f"通报标题 | {shown}" in lines
    plain = lines_of_word(word_of(document_of("feedback", "zh")))
    assert [line.count(" | ") for line in lines] == [line.count(" | ") for line in plain]


def test_page_breaks_and_lists_are_written() -> None:
    document = Document(
        name="x",
        language="zh",
        subject="",
        number="",
        grade="",
        issuer="",
        date="",
        drill=False,
        blocks=(
            Block("list", "附件", rows=(("一份",), ("两份",))),
            Block("page_break"),
            Block("list", "附件", rows=(("只有一份",),)),
        ),
    )
    assert lines_of_word(word_of(document)) == ["附件：1. 一份", "2. 两份", "附件：只有一份"]
    assert '<w:br w:type="page"/>' in xml_of(document, "document")
