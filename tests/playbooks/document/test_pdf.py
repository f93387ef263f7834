import io
import pathlib

import pypdf
import pytest

from playbooks.document.cleaning import clean
from playbooks.document.pdf import find_faces, pdf_of
from situation.faults import Misconfigured
from tests.playbooks.document.corpus import ACTING, UNSEEN, WRITTEN_ELSEWHERE
from tests.playbooks.document.golden import TEMPLATES, data_of, document_of, notice_data_with
from tests.playbooks.document.reading import pages_of_pdf, squeezed


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def dictionary(value: object) -> pypdf.generic.DictionaryObject:
    found = value.get_object() if isinstance(value, pypdf.generic.PdfObject) else value
    assert isinstance(found, pypdf.generic.DictionaryObject)
    return found


def embedded(reader: pypdf.PdfReader) -> dict[str, bool]:
    """Return the fonts of the first page by name, and whether each lies in the file."""
    found = {}
    for each in dictionary(dictionary(reader.pages[0]["/Resources"])["/Font"]).values():
        font = dictionary(each)
        below = font["/DescendantFonts"]
        assert isinstance(below, pypdf.generic.ArrayObject)
        descriptor = dictionary(dictionary(below[0])["/FontDescriptor"])
        files = {"/FontFile", "/FontFile2", "/FontFile3"}
        found[str(font["/BaseFont"])] = bool(files & set(descriptor))
    return found


def test_the_chinese_fonts_lie_in_the_file() -> None:
    fonts = embedded(read(pdf_of(document_of("notice", "zh"))))
    assert len(fonts) >= 2
    assert all(fonts.values()), fonts
    assert any(
        find_faces().families["body"].replace(" ", "").casefold() in name.casefold()
        for name in fonts
    )


def test_the_page_is_a4_and_every_page_says_which_it_is() -> None:
    content = pdf_of(document_of("course", "zh"))
    pages = pages_of_pdf(content)
    assert [round(float(side) / 72 * 25.4) for side in read(content).pages[0].mediabox[2:]] == [
        210,
        297,
    ]
    for number, page in enumerate(pages, 1):
        assert squeezed(page).startswith(
            squeezed(f"示网应通〔2026〕第001号Ⅱ级（重大）第{number}页共{len(pages)}页")
        )
        assert page.endswith(f"— {number} —")


def test_a_drill_is_marked_in_the_title_and_on_every_page() -> None:
    pages = pages_of_pdf(pdf_of(document_of("course", "zh", drill_id="d1")))
    assert len(pages) > 2
    assert all("【演练】本文件仅用于演练" in page for page in pages)
    assert "【演练】通报办理全过程" in pages[0]
    assert not any("演练" in page for page in pages_of_pdf(pdf_of(document_of("course", "zh"))))


def test_a_dated_document_is_pdf_a_and_the_same_each_time() -> None:
    content = pdf_of(document_of("notice", "zh"))
    metadata = read(content).xmp_metadata
    assert metadata is not None
    assert b'pdfaid:part="2"' in content or b"<pdfaid:part>2</pdfaid:part>" in content
    assert content == pdf_of(document_of("notice", "zh"))
    information = read(content).metadata
    assert information is not None
    assert information.title == "关于政务服务前置机疑似失陷的通报"


def test_a_draft_is_no_archive() -> None:
    draft = TEMPLATES.fill("notice", notice_data_with("x", issued_at=None), "zh")
    content = pdf_of(draft)
    assert b"pdfaid" not in content
    assert "（未签发）" in pages_of_pdf(content)[-1]


def test_without_a_chinese_font_it_says_what_to_install(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="fonts-noto-cjk"):
        find_faces((tmp_path,), system=False)


@pytest.mark.parametrize("text", [*ACTING, *UNSEEN])
def test_a_text_stands_on_the_page_as_it_is(text: str) -> None:
    shown = squeezed(clean(text))
    pages = pages_of_pdf(pdf_of(TEMPLATES.fill("feedback", notice_data_with(text), "zh")))
    assert f"原因分析{shown}" in squeezed(pages[0])
    assert "处置措施" in pages[0]


@pytest.mark.parametrize("text", WRITTEN_ELSEWHERE)
def test_a_script_beyond_the_fonts_spoils_nothing(text: str) -> None:
    pages = pages_of_pdf(pdf_of(TEMPLATES.fill("feedback", notice_data_with(text), "zh")))
    assert "处置措施" in pages[0]


def test_a_long_hash_is_copied_whole() -> None:
    pages = pages_of_pdf(
        pdf_of(TEMPLATES.fill("feedback", notice_data_with("0123456789abcdef" * 9), "zh"))
    )
    assert "0123456789abcdef" * 9 in pages[0].replace("\n", "")


def test_an_endless_text_is_cut_and_laid_out() -> None:
    data = data_of("receipt") | {"assignee": "x" * 500_000}
    pages = pages_of_pdf(pdf_of(TEMPLATES.fill("receipt", data, "zh")))
    assert "此处略去480000字" in squeezed("".join(pages))
