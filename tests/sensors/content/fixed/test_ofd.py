import pytest

from corpus.document.draft import Draft
from corpus.document.ofd import write_ofd
from situation.content.piece import Block
from situation.content.place import Box
from tests.sensors.content.fixed.ofd_part import ofd, page, part, text
from tests.sensors.content.pieced import damaged, passage, pieces_of, reasons, texts

MARK = "机密★10年"


def test_a_line_has_its_place_in_shares_of_the_page_and_its_size_in_points() -> None:
    found = passage(pieces_of(ofd(page(text(MARK, 28, 42)))), MARK)
    assert found.points == 16.0
    assert found.place.page == 1
    assert found.box is not None
    assert found.box.left == pytest.approx(28 / 210, abs=0.001)
    assert found.box.bottom == pytest.approx((42 + 5.64) / 297, abs=0.001)


def test_a_line_in_a_run_for_each_character_is_one_line() -> None:
    runs = [text(sign, 28 + at * 5.64, 42) for at, sign in enumerate("机密★")]
    assert texts(pieces_of(ofd(page(*reversed(runs))))) == ["机密★"]


def test_steps_between_characters_tell_how_wide_a_run_is() -> None:
    run = (
        '<ofd:TextObject Size="5" Boundary="20 40 90 10"><ofd:TextCode X="0" Y="5" '
        f'DeltaX="g 3 10 10">机密★十年</ofd:TextCode></ofd:TextObject>{text("后", 66, 40, size=5)}'
    )
    assert texts(pieces_of(ofd(page(run)))) == ["机密★十年后"]


def test_what_stands_on_one_line_far_apart_is_divided_by_a_tab() -> None:
    pieces = pieces_of(ofd(page(text("姓名", 28, 42), text("号码", 100, 42))))
    assert texts(pieces) == ["姓名\t号码"]


def test_a_matrix_moves_and_enlarges_a_run() -> None:
    run = text(MARK, 0, 0, size=1, more='CTM="5.64 0 0 5.64 28 42"')
    found = passage(pieces_of(ofd(page(run))), MARK)
    assert found.points == 16.0
    assert found.box is not None
    assert found.box.left == pytest.approx(28 / 210, abs=0.001)


def test_a_page_may_have_a_size_of_its_own() -> None:
    area = "<ofd:Area><ofd:PhysicalBox>0 0 100 100</ofd:PhysicalBox></ofd:Area>"
    found = passage(pieces_of(ofd(page(text("甲", 50, 40, size=10), area=area))), "甲")
    assert found.box == Box(left=0.5, top=0.412, right=0.6, bottom=0.5)


def test_the_template_under_a_page_is_read_once_with_the_first_page_that_has_it() -> None:
    templates = {"7": page(text(MARK, 28, 42))}
    sheets = (page(text("一", 28, 60), template="7"), page(text("二", 28, 60), template="7"))
    pieces = pieces_of(ofd(*sheets, templates=templates))
    found = passage(pieces, MARK)
    assert (found.place.role, found.place.page) == ("template", 1)
    assert found.box is not None
    assert texts(pieces) == [MARK, "一", "二"]


def test_annotations_are_read_with_their_page_and_their_remarks() -> None:
    stamp = (
        '<ofd:Annot Type="Stamp"><ofd:Remark>附注字</ofd:Remark><ofd:Appearance '
        f'Boundary="100 100 40 20">{text("印章字", 5, 5)}</ofd:Appearance></ofd:Annot>'
    )
    listed = '<ofd:Page PageID="101"><ofd:FileLoc>Page_1/A.xml</ofd:FileLoc></ofd:Page>'
    pieces = pieces_of(
        ofd(
            page(text("一", 28, 42)),
            page(text("二", 28, 42)),
            document="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>",
            parts={
                "Annots/Annotations.xml": part("Annotations", listed),
                "Annots/Page_1/A.xml": part("PageAnnot", stamp),
            },
        )
    )
    assert texts(pieces, "annotation") == ["印章字", "附注字"]
    found = passage(pieces, "印章字")
    assert found.place.page == 2
    assert found.box is not None
    assert found.box.left == pytest.approx(105 / 210, abs=0.001)


def test_composite_units_of_the_resources_are_read_without_a_place() -> None:
    unit = f'<ofd:CompositeGraphicUnit ID="9"><ofd:Content>{text(MARK, 1, 1)}</ofd:Content>'
    res = part(
        "Res",
        f"<ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>",
    )
    found = passage(pieces_of(ofd(page(), parts={"DocumentRes.xml": res})), MARK)
    assert found.box is None


def test_what_is_not_shown_is_hidden_and_a_page_of_a_former_version_a_revision() -> None:
    held = page(text("看不见", 28, 42, more='Visible="false"'))
    old = {"Pages/Page_9/Content.xml": page(text("旧稿字", 28, 42))}
    pieces = pieces_of(ofd(held, parts=old))
    assert texts(pieces, "hidden") == ["看不见"]
    assert texts(pieces, "revision") == ["旧稿字"]


def test_upright_text_is_read_for_itself() -> None:
    upright = (
        '<ofd:TextObject Size="5" Boundary="20 40 10 60"><ofd:TextCode X="0" Y="5" '
        'DeltaY="g 2 5">竖排字</ofd:TextCode></ofd:TextObject>'
    )
    assert texts(pieces_of(ofd(page(upright, text("横排字", 26, 40, size=5))))) == [
        "横排字",
        "竖排字",
    ]


def test_data_headings_and_attachments_are_read() -> None:
    info = (
        "<ofd:Title>题名字</ofd:Title><ofd:CustomDatas>"
        '<ofd:CustomData Name="密级">内部</ofd:CustomData></ofd:CustomDatas>'
    )
    listed = (
        '<ofd:Attachment Name="附件.txt"><ofd:FileLoc>file_1.dat0</ofd:FileLoc></ofd:Attachment>'
    )
    document = (
        '<ofd:Outlines><ofd:OutlineElem Title="目录字"/></ofd:Outlines>'
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    )
    pieces = pieces_of(
        ofd(
            page(),
            info=info,
            document=document,
            parts={
                "Attachs/Attachments.xml": part("Attachments", listed),
                "Attachs/file_1.dat0": "附件字",
            },
        )
    )
    assert texts(pieces, "property") == ["Title: 题名字", "密级: 内部", "目录字"]
    (block,) = (piece for piece in pieces if isinstance(piece, Block))
    assert (block.data.decode(), block.place.member) == ("附件字", "附件.txt")


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK,),
        header="页眉字",
        template=("模板字",),
        annotations=("注释字",),
        comments=("批注字",),
        properties={"keywords": "关键字"},
    )
    pieces = pieces_of(write_ofd(draft))
    assert {"题名", MARK} <= set(texts(pieces, "body"))
    assert {"页眉字", "模板字"} <= set(texts(pieces, "template"))
    assert set(texts(pieces, "annotation")) == {"注释字", "批注字"}
    assert "Keyword: 关键字" in texts(pieces, "property")


def test_a_page_that_is_missing_is_named_and_the_others_are_read() -> None:
    whole = ofd(page(text("一", 28, 42)), page(text("二", 28, 42)))
    missing = whole.replace(b"Page_0/Content.xml", b"Page_8/Content.xml")
    pieces = pieces_of(missing)
    assert reasons(pieces) == ["broken"]
    assert texts(pieces, "body") == ["二"]


def test_characters_that_mean_nothing_are_said_so() -> None:
    assert reasons(pieces_of(ofd(page(text("\ue001\ue002\ue003", 28, 42))))) == ["garbled"]


def test_a_package_that_is_encrypted_is_said_so() -> None:
    data = ofd(page(text("一", 28, 42)), info="</ofd:DocInfo><ofd:Encryptions/><ofd:DocInfo>")
    assert reasons(pieces_of(data)) == ["encrypted"]


def test_damage_never_raises() -> None:
    draft = Draft(title="题名", paragraphs=("正文",), template=("模板",), annotations=("注释",))
    for hurt in damaged(write_ofd(draft), 300):
        assert pieces_of(hurt)
