import dataclasses

import pytest

from corpus.document.draft import Draft
from corpus.document.office import write_docx
from situation.content.piece import Block
from situation.content.place import Role
from tests.sensors.content.office.word_part import document, paragraph, part
from tests.sensors.content.pieced import (
    damaged,
    package,
    pieces_of,
    reasons,
    texts,
)

MARK = "机密★10年"

PLACES: list[tuple[str, Role]] = [
    ("hdr", "header"),
    ("ftr", "footer"),
    ("footnotes", "footnote"),
    ("endnotes", "footnote"),
    ("comments", "comment"),
    ("glossaryDocument", "template"),
]


@pytest.mark.parametrize(("root", "role"), PLACES)
def test_a_part_is_known_by_its_root_wherever_it_lies(root: str, role: Role) -> None:
    odd = part(root, paragraph("机密", "★", "10年"))
    assert texts(pieces_of(document(paragraph("正文"), word__odd7=odd)), role) == [MARK]


def test_the_body_comes_before_what_stands_on_its_pages_and_these_before_notes() -> None:
    pieces = pieces_of(
        document(
            paragraph("正文"),
            word__comments=part("comments", paragraph("批注")),
            word__header1=part("hdr", paragraph("页眉")),
        )
    )
    assert texts(pieces) == ["正文", "页眉", "批注"]


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK,),
        header="页眉字",
        footer="页脚字",
        text_boxes=("框中字",),
        footnotes=("脚注字",),
        comments=("批注字",),
        deleted=("删去字",),
        inserted=("插入字",),
        hidden=("隐藏字",),
        alternatives=("替代字",),
        properties={"keywords": "关键字", "密级": "内部"},
        attachments=(("附件.txt", "附件字".encode()),),
    )
    pieces = pieces_of(write_docx(draft))
    expected: dict[Role, str] = {
        "header": "页眉字",
        "footer": "页脚字",
        "text_box": "框中字",
        "footnote": "脚注字",
        "comment": "批注字",
        "revision": "删去字",
        "hidden": "隐藏字",
        "alt_text": "替代字",
    }
    assert {role: texts(pieces, role) for role in expected} == {
        role: [text] for role, text in expected.items()
    }
    assert {"题名", MARK, "插入字"} <= set(texts(pieces, "body"))
    assert {"keywords: 关键字", "密级: 内部"} <= set(texts(pieces, "property"))
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert block.data.decode() == "附件字"


def test_variables_and_bound_data_are_properties() -> None:
    settings = part("settings", '<w:docVars><w:docVar w:name="级别" w:val="内部资料"/></w:docVars>')
    bound = "<form><author>甲某</author></form>"
    pieces = pieces_of(document(paragraph("正文"), word__settings=settings, customXml__item1=bound))
    assert texts(pieces, "property") == ["author: 甲某", "级别: 内部资料"]


def test_figures_that_programs_count_are_no_properties() -> None:
    core = "<Properties><Pages>3</Pages><Company>某局</Company></Properties>"
    pieces = pieces_of(document(paragraph("正文"), docProps__app=core))
    assert texts(pieces, "property") == ["Company: 某局"]


def test_a_broken_part_is_named_and_the_others_are_read() -> None:
    pieces = pieces_of(
        document(
            paragraph("正文"),
            word__header1="<hdr><p>",
            word__footer1=part("ftr", paragraph("页脚")),
        )
    )
    assert texts(pieces) == ["正文", "页脚"]
    assert reasons(pieces) == ["broken"]


def test_what_was_read_before_a_break_stays() -> None:
    whole = part("document", f"<w:body>{paragraph('前文')}{paragraph('后文')}</w:body>")
    cut = whole[: whole.index("后文")]
    pieces = pieces_of(package({"word/document.xml": cut}))
    assert texts(pieces) == ["前文"]
    assert reasons(pieces) == ["broken"]


def test_an_external_entity_is_never_fetched(tmp_path: object) -> None:
    hidden = f"{tmp_path}/outside.txt"
    with open(hidden, "w", encoding="utf-8") as outside:  # noqa: PTH123 - the path is in the XML
        outside.write("外面的话")
    entity = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{hidden}">]>'
    body = part("document", "<w:body><w:p><w:r><w:t>里面&e;</w:t></w:r></w:p></w:body>")
    pieces = pieces_of(package({"word/document.xml": entity + body}))
    assert "外面的话" not in "".join(texts(pieces))
    assert reasons(pieces) == ["broken"]


def test_entities_that_multiply_end_in_a_fault_or_in_nothing() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    entities = f'<!DOCTYPE d [<!ENTITY e0 "ha">{levels}]>'
    body = part("document", "<w:body><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body>")
    pieces = pieces_of(package({"word/document.xml": entities + body}))
    assert len("".join(texts(pieces))) < 100
    assert reasons(pieces) == ["broken"]


def test_a_part_that_asks_for_a_password_is_encrypted() -> None:
    data = bytearray(document(paragraph("正文")))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    assert reasons(pieces_of(bytes(data))) == ["encrypted"]


def test_parts_that_unpack_to_too_much_end_the_reading() -> None:
    long = ("<!--" + " " * 1_000_000 + "-->") * 20
    pieces = pieces_of(document(paragraph("前文") + long + paragraph("后文")))
    assert texts(pieces) == ["前文"]
    assert reasons(pieces) == ["ratio"]


@pytest.mark.parametrize("name", ["正文.docx", "正文.wps", "正文.txt", "正文"])
def test_a_document_is_known_by_its_content_and_not_by_its_name(name: str) -> None:
    assert texts(pieces_of(document(paragraph(MARK)), name)) == [MARK]


def test_damage_never_raises() -> None:
    draft = Draft(title="题名", paragraphs=("正文",), text_boxes=("框",), comments=("批注",))
    for hurt in damaged(write_docx(dataclasses.replace(draft, header="页眉")), 300):
        assert pieces_of(hurt)


def test_a_document_without_its_directory_is_truncated() -> None:
    data = document(paragraph("正文"))
    assert reasons(pieces_of(data[:-40])) == ["truncated"]
