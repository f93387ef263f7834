import pytest

from corpus.document.draft import Draft
from corpus.document.pdf import Encoding, write_pdf
from situation.content.piece import Block, Nature, Unreadable
from situation.content.place import Role
from tests.sensors.content.fixed.pdf_page import page, pdf, shown, stream
from tests.sensors.content.pieced import damaged, passage, pieces_of, reasons, texts

MARK = "机密★10年"
_PICTURE = stream(bytes(3), b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
                            b"/ColorSpace/DeviceRGB")  # fmt: skip


def test_a_font_of_gbk_codes_without_a_map_is_read() -> None:
    assert texts(pieces_of(page(shown(MARK, 80, 700)))) == [MARK]


def test_a_line_has_its_place_and_its_size_by_the_matrix() -> None:
    found = passage(pieces_of(page(shown(MARK, 79.4, 700))), MARK)
    assert found.points == 16.0
    assert found.place.page == 1
    assert found.ordinal == 1
    assert found.box is not None
    assert found.box.left == pytest.approx(79.4 / 595, abs=0.01)
    assert found.box.bottom == pytest.approx((842 - 700) / 842, abs=0.01)


def test_a_page_that_is_turned_has_places_as_it_is_shown() -> None:
    turned = passage(pieces_of(page(shown(MARK, 80, 700), entries=b"/Rotate 90")), MARK)
    assert turned.box is not None
    assert turned.box.left == pytest.approx(700 / 842, abs=0.02)
    assert turned.box.top == pytest.approx(80 / 595, abs=0.02)


def test_characters_that_were_drawn_apart_are_one_line() -> None:
    content = shown("10年", 128, 700) + shown("另一行", 80, 500)
    content += shown("机", 80, 700) + shown("★", 112, 700) + shown("密", 96, 700)
    assert MARK in texts(pieces_of(page(content)))


def test_a_wide_gap_on_a_line_is_a_tab_and_a_narrow_one_a_space() -> None:
    content = shown("某某文件", 80, 700) + shown("机密", 160, 700) + shown("特急", 400, 700)
    assert texts(pieces_of(page(content))) == ["某某文件 机密\t特急"]


def test_texts_that_lie_over_one_another_are_lines_of_their_own() -> None:
    marks = [shown(sign, 80 + at * 16, 700) for at, sign in enumerate("机密★十年")]
    pieces = pieces_of(page(b"".join(marks) + shown("特急", 80, 700)))
    assert set(texts(pieces)) == {"机密★十年", "特急"}


def test_a_text_in_the_gap_of_another_is_told_apart_by_the_order_of_drawing() -> None:
    marks = shown("绝", 80, 700) + shown("密★十年", 112, 700)
    pieces = pieces_of(page(marks + shown("特急", 80, 700)))
    assert set(texts(pieces)) == {"绝 密★十年", "特急"}


@pytest.mark.parametrize("encoding", ["GBK-EUC-H", "UniGB-UCS2-H"])
def test_every_place_that_another_writer_fills_is_read(encoding: Encoding) -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK,),
        header="页眉字",
        annotations=("注释字",),
        comments=("批注字",),
        properties={"keywords": "关键字"},
        attachments=(("附件.txt", "附件字".encode()),),
    )
    pieces = pieces_of(write_pdf(draft, encoding))
    assert {"题名", MARK, "页眉字"} <= set(texts(pieces, "body"))
    assert texts(pieces, "annotation") == ["注释字", "批注字"]
    assert texts(pieces, "property") == ["Keywords: 关键字"]
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert (block.data.decode(), block.place.member) == ("附件字", "附件.txt")


def test_the_appearance_of_a_stamp_is_read() -> None:
    annots = b"/Annots[6 0 R]"
    look = stream(shown("印章字", 5, 5), b"/Type/XObject/Subtype/Form/BBox[0 0 100 50]"
                                       b"/Resources<</Font<</F 5 0 R>>>>")  # fmt: skip
    stamp = b"<</Type/Annot/Subtype/Stamp/Rect[80 600 180 650]/AP<</N 7 0 R>>>>"
    pieces = pieces_of(page(shown("正文", 80, 700), entries=annots, more={6: stamp, 7: look}))
    assert texts(pieces, "annotation") == ["印章字"]


def test_values_of_form_fields_are_read() -> None:
    value = "张某某".encode("utf-16-be").hex().encode()
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/Rect[80 600 180 620]/V<FEFF%s>/P 3 0 R>>"
        % value
    )
    pieces = pieces_of(
        page(
            shown("正文", 80, 700),
            entries=b"/Annots[6 0 R]",
            catalogue=b"/AcroForm<</Fields[6 0 R]>>",
            more={6: field},
        )
    )
    assert "张某某" in texts(pieces, "annotation")


def test_headings_metadata_and_alternate_texts_are_read() -> None:
    title = "目录字".encode("utf-16-be").hex().encode()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li>元数据字</rdf:li>'
        "</rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    more = {
        6: b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>",
        7: b"<</Title<FEFF%s>/Parent 6 0 R/Dest[3 0 R/Fit]>>" % title,
        10: b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream"
        % (len(packet), packet),
    }
    catalogue = b"/Outlines 6 0 R/Metadata 10 0 R"
    pieces = pieces_of(page(shown("正文", 80, 700), catalogue=catalogue, more=more))
    assert texts(pieces, "property") == ["目录字", "title: 元数据字"]


def test_a_file_that_hangs_on_a_page_is_read() -> None:
    held = stream("挂件字".encode(), b"/Type/EmbeddedFile")
    annotation = (
        b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]"
        b"/FS<</Type/Filespec/F(note.txt)/UF(note.txt)/EF<</F 7 0 R>>>>>>"
    )
    more = {6: annotation, 7: held}
    pieces = pieces_of(page(shown("正文", 80, 700), entries=b"/Annots[6 0 R]", more=more))
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert (block.data.decode(), block.place.member) == ("挂件字", "note.txt")
    assert block.place.page == 1


def test_a_page_whose_characters_mean_nothing_is_said_to_be_garbled() -> None:
    draft = Draft(paragraphs=("本通知自印发之日起施行，请各单位认真贯彻落实有关要求。",))
    assert reasons(pieces_of(write_pdf(draft, "Identity-H"))) == ["garbled"]


def test_a_page_that_is_a_picture_is_said_so_where_pictures_are_not_read() -> None:
    assert reasons(pieces_of(page(b"q 500 0 0 700 40 40 cm /I Do Q", more={8: _PICTURE}))) == [
        "garbled"
    ]


def test_of_many_pages_that_are_pictures_the_first_are_named_and_the_others_counted() -> None:
    kids = b"".join(b"%d 0 R " % number for number in range(20, 30))
    picture = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</I 8 0 R>>>>>>"
    )
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count 10>>" % kids,
        4: stream(b"q 500 0 0 700 40 40 cm /I Do Q"),
        8: _PICTURE,
        **dict.fromkeys(range(20, 30), picture),
    }
    unread = [piece for piece in pieces_of(pdf(objects)) if isinstance(piece, Unreadable)]
    assert [piece.place.page for piece in unread] == [1, 2, 3, None]
    assert unread[-1].detail == "7 further pages cannot be read as text"


def test_a_picture_beside_enough_text_is_only_told() -> None:
    content = shown("这一页的文字足够多，所以图片只是图片而已。", 80, 700)
    pieces = pieces_of(page(content + b"q 50 0 0 50 40 40 cm /I Do Q", more={8: _PICTURE}))
    assert not reasons(pieces)
    assert [piece.trait for piece in pieces if isinstance(piece, Nature)] == ["image"]


def test_a_document_that_asks_for_a_password_is_encrypted() -> None:
    draft = Draft(paragraphs=("正文",))
    assert reasons(pieces_of(write_pdf(draft, "GBK-EUC-H", password="hidden"))) == ["encrypted"]


def test_pages_of_a_document_that_was_cut_are_read_as_far_as_may_be_and_the_cut_is_told() -> None:
    whole = page(shown(MARK, 80, 700))
    without_end = pieces_of(whole[: whole.index(b"startxref")])
    assert texts(without_end) == [MARK]
    assert reasons(without_end) == ["truncated"]
    assert reasons(pieces_of(whole[: whole.index(b"xref")])) == ["truncated"]


def test_what_is_no_document_is_broken() -> None:
    assert reasons(pieces_of(b"%PDF-1.7\nnothing else\nstartxref\n0\n%%EOF")) == ["broken"]


@pytest.mark.parametrize("role", ["body", "annotation"])
def test_damage_never_raises(role: Role) -> None:
    draft = Draft(paragraphs=(MARK,), annotations=("注释字",) if role == "annotation" else ())
    for hurt in damaged(write_pdf(draft, "GBK-EUC-H"), 150):
        assert pieces_of(hurt)
