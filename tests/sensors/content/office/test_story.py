import pytest

from situation.content.place import Role
from tests.sensors.content.office.word_part import document, paragraph, part, table
from tests.sensors.content.pieced import grids, passage, pieces_of, texts

MARK = "机密★10年"


def test_runs_of_a_paragraph_are_joined() -> None:
    assert texts(pieces_of(document(paragraph("机", "密", "★", "10", "年")))) == [MARK]


def test_paragraphs_of_the_body_are_counted_from_one() -> None:
    pieces = pieces_of(document(paragraph("一") + paragraph("") + paragraph("二")))
    assert [passage(pieces, text).ordinal for text in ("一", "二")] == [1, 2]


def test_a_paragraph_has_the_size_of_its_largest_run() -> None:
    sized = (
        '<w:p><w:r><w:rPr><w:sz w:val="32"/></w:rPr><w:t>机密</w:t></w:r>'
        '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>★</w:t></w:r></w:p>'
    )
    assert passage(pieces_of(document(sized)), "机密★").points == 16.0


def test_a_paragraph_without_a_size_has_that_of_its_style_and_of_those_below_it() -> None:
    styles = part(
        "styles",
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault>'
        '</w:docDefaults><w:style w:styleId="a"><w:rPr><w:sz w:val="32"/></w:rPr></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>',
    )
    body = (
        '<w:p><w:pPr><w:pStyle w:val="b"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>乙</w:t></w:r></w:p>"
    )
    pieces = pieces_of(document(body, word__styles=styles))
    assert [passage(pieces, text).points for text in ("甲", "乙")] == [16.0, 10.5]


def test_deleted_text_comes_with_the_paragraph_as_it_was_and_inserted_text_as_it_is() -> None:
    body = (
        "<w:p><w:r><w:t>机密</w:t></w:r><w:del><w:r><w:delText>★</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>等级</w:t></w:r></w:ins><w:r><w:t>10年</w:t></w:r></w:p>"
    )
    pieces = pieces_of(document(body))
    assert texts(pieces, "body") == ["机密等级10年"]
    assert texts(pieces, "revision") == [MARK]


def test_a_paragraph_that_was_moved_away_is_a_revision() -> None:
    body = "<w:p><w:moveFrom><w:r><w:t>移走的话</w:t></w:r></w:moveFrom></w:p>"
    assert texts(pieces_of(document(body)), "revision") == ["移走的话"]


def test_an_inserted_paragraph_alone_is_no_revision_twice() -> None:
    body = "<w:p><w:ins><w:r><w:t>新写的话</w:t></w:r></w:ins></w:p>"
    assert texts(pieces_of(document(body))) == ["新写的话"]


def test_a_text_box_comes_once_though_it_is_written_for_new_and_old_readers() -> None:
    box = f"<w:txbxContent>{paragraph('机密', '★10年')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>锚段</w:t></w:r></w:p>"
    )
    pieces = pieces_of(document(body))
    assert texts(pieces, "text_box") == [MARK]
    assert texts(pieces, "body") == ["锚段"]


def test_text_for_old_readers_alone_is_read_too() -> None:
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice/><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{paragraph(MARK)}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert texts(pieces_of(document(body)), "text_box") == [MARK]


def test_hidden_text_and_the_codes_of_fields_are_hidden() -> None:
    body = (
        "<w:p><w:r><w:t>可见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
        "<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>的字</w:t></w:r></w:p>'
    )
    pieces = pieces_of(document(body))
    assert texts(pieces, "body") == ["可见的字"]
    assert texts(pieces, "hidden") == ["看不见", "HYPERLINK x"]


def test_a_star_out_of_the_symbol_font_is_a_star() -> None:
    body = (
        "<w:p><w:r><w:t>机密</w:t></w:r>"
        '<w:r><w:sym w:font="Wingdings" w:char="F0AB"/></w:r><w:r><w:t>10年</w:t></w:r></w:p>'
    )
    assert texts(pieces_of(document(body))) == [MARK]


def test_breaks_and_tabs_are_characters() -> None:
    body = "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"
    assert texts(pieces_of(document(body))) == ["甲\t乙\n丙"]


def test_pages_are_counted_by_asked_and_rendered_breaks_without_counting_one_twice() -> None:
    body = (
        paragraph("一")
        + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>二</w:t></w:r></w:p>"
        + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>三</w:t></w:r></w:p>"
    )
    pieces = pieces_of(document(body))
    assert [passage(pieces, text).place.page for text in "一二三"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("drawing", "role"),
    [
        ('<w:drawing><wp:inline><wp:docPr descr="印章图"/></wp:inline></w:drawing>', "alt_text"),
        ('<w:pict><v:shape alt="印章图"/></w:pict>', "alt_text"),
        ('<w:pict><v:shape><v:textpath string="印章图"/></v:shape></w:pict>', "text_box"),
    ],
)
def test_what_describes_a_drawing_or_is_lettered_in_it_is_read(drawing: str, role: Role) -> None:
    pieces = pieces_of(document(f"<w:p><w:r>{drawing}</w:r></w:p>"))
    assert texts(pieces, role) == ["印章图"]


def test_a_table_of_data_is_a_grid_under_its_headings() -> None:
    body = table(("姓名", "号码"), ("甲某", "1"), ("乙某", "2"))
    (grid,) = grids(pieces_of(document(body)))
    assert (grid.name, grid.header, grid.first_row) == ("表1", ["姓名", "号码"], 2)
    assert [list(column) for column in grid.columns] == [["甲某", "乙某"], ["1", "2"]]


def test_two_tables_have_two_names() -> None:
    rows = (("姓名", "号码"), ("甲某", "1"), ("乙某", "2"))
    found = grids(pieces_of(document(table(*rows) + paragraph("间") + table(*rows))))
    assert [grid.name for grid in found] == ["表1", "表2"]


def test_a_form_keeps_labels_beside_their_values() -> None:
    body = table(("姓名：", "甲某", "性别：", "男"), ("住址：", "某省某市"))
    assert texts(pieces_of(document(body))) == ["姓名：\t甲某\t性别：\t男", "住址：\t某省某市"]


def test_a_mark_alone_in_the_row_of_a_layout_stays_a_paragraph_of_its_own() -> None:
    body = table((MARK, ""), ("某某文件", "签发人"))
    assert texts(pieces_of(document(body)))[0] == MARK


def test_a_table_within_a_cell_belongs_to_the_cell() -> None:
    inner = table(("内一", "内二"))
    rows = [f"<w:tr><w:tc>{paragraph(a)}</w:tc><w:tc>{b}</w:tc></w:tr>" for a, b in
            (("姓名", paragraph("说明")), ("甲某", inner), ("乙某", paragraph("无")))]  # fmt: skip
    (grid,) = grids(pieces_of(document(f"<w:tbl>{''.join(rows)}</w:tbl>")))
    assert grid.columns[1][0] == "内一\n内二"
