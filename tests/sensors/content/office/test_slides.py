from corpus.document.draft import Draft
from corpus.document.office import write_pptx
from situation.content.place import Box
from tests.sensors.content.pieced import damaged, grids, package, passage, pieces_of, texts

MARK = "机密★10年"
_SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shape(*runs: str, kind: str = "", more: str = "", size: int = 1600) -> str:
    """Return a shape at a quarter of the slide with a paragraph of runs."""
    held = "".join(f'<a:r><a:rPr sz="{size}"/><a:t>{run}</a:t></a:r>' for run in runs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="s" {more}/><p:nvPr>'
        f'<p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="100" y="200"/>'
        '<a:ext cx="400" cy="100"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:p>{held}</a:p></p:txBody></p:sp>"
    )


def show(*slides: str) -> bytes:
    """Return a presentation whose parts are named against their order."""
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_SPACES}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
        + '</p:sldIdLst><p:sldSz cx="1000" cy="800"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": "<Relationships>"
        + "".join(
            f'<Relationship Id="r{n}" Type="{_TYPE}/slide" Target="slides/slide{9 - n}.xml"/>'
            for n in range(len(slides))
        )
        + "</Relationships>",
    }
    for number, slide in enumerate(slides):
        parts[f"ppt/slides/slide{9 - number}.xml"] = slide
    return package(parts)


def slide(content: str, more: str = "") -> str:
    """Return a slide."""
    return f"<p:sld {_SPACES} {more}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>"


def test_slides_come_in_the_order_in_which_they_are_shown() -> None:
    pieces = pieces_of(show(slide(shape("第一")), slide(shape("第二"))))
    assert texts(pieces) == ["第一", "第二"]
    assert [passage(pieces, text).place.page for text in ("第一", "第二")] == [1, 2]


def test_a_paragraph_has_the_place_of_its_shape_and_the_size_of_its_type() -> None:
    found = passage(pieces_of(show(slide(shape("机密", "★", "10年")))), MARK)
    assert found.box == Box(left=0.1, top=0.25, right=0.5, bottom=0.375)
    assert found.points == 16.0


def test_a_shape_within_a_group_has_no_place_for_it_has_a_measure_of_its_own() -> None:
    found = passage(pieces_of(show(slide(f"<p:grpSp>{shape(MARK)}</p:grpSp>"))), MARK)
    assert found.box is None


def test_a_slide_or_a_shape_that_is_not_shown_is_hidden() -> None:
    pieces = pieces_of(
        show(slide(shape("藏页"), 'show="0"'), slide(shape("藏形", more='hidden="1"')))
    )
    assert texts(pieces, "hidden") == ["藏页", "藏形"]


def test_placeholders_of_headers_and_footers_are_those() -> None:
    pieces = pieces_of(show(slide(shape("页眉", kind="hdr") + shape("页脚", kind="ftr"))))
    assert (texts(pieces, "header"), texts(pieces, "footer")) == (["页眉"], ["页脚"])


def test_a_table_of_a_slide_is_a_grid() -> None:
    rows = "".join(
        "<a:tr>"
        + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>"
                  for cell in row)
        + "</a:tr>"
        for row in (("姓名", "号码"), ("甲某", "1"), ("乙某", "2"))
    )  # fmt: skip
    frame = f"<p:graphicFrame><a:tbl>{rows}</a:tbl></p:graphicFrame>"
    (grid,) = grids(pieces_of(show(slide(frame))))
    assert (grid.header, grid.place.page) == (["姓名", "号码"], 1)


def test_every_place_that_another_writer_fills_is_read() -> None:
    draft = Draft(
        title="题名",
        paragraphs=(MARK,),
        text_boxes=("框中字",),
        comments=("批注字",),
        notes=("备注字",),
        hidden=("隐藏字",),
        alternatives=("替代字",),
        properties={"keywords": "关键字"},
    )
    pieces = pieces_of(write_pptx(draft))
    assert {"题名", MARK, "框中字"} <= set(texts(pieces, "body"))
    assert texts(pieces, "note") == ["备注字"]
    assert texts(pieces, "comment") == ["批注字"]
    assert texts(pieces, "hidden") == ["隐藏字"]
    assert texts(pieces, "alt_text") == ["替代字"]
    assert "keywords: 关键字" in texts(pieces, "property")
    assert passage(pieces, "备注字").place.page == passage(pieces, "批注字").place.page == 1


def test_layouts_and_masters_are_templates() -> None:
    master = f"<p:sldMaster {_SPACES}><p:cSld><p:spTree>{shape(MARK)}</p:spTree></p:cSld>"
    pieces = pieces_of(package({"ppt/slideMasters/slideMaster1.xml": master + "</p:sldMaster>"}))
    assert texts(pieces, "template") == [MARK]


def test_charts_and_diagrams_are_text_boxes() -> None:
    diagram = f"<dataModel {_SPACES}><a:p><a:r><a:t>图中字</a:t></a:r></a:p></dataModel>"
    pieces = pieces_of(package({"ppt/diagrams/data1.xml": diagram}))
    assert texts(pieces, "text_box") == ["图中字"]


def test_damage_never_raises() -> None:
    draft = Draft(title="题名", paragraphs=("正文",), notes=("备注",), comments=("批注",))
    for hurt in damaged(write_pptx(draft), 300):
        assert pieces_of(hurt)
