import pytest

from situation.content.place import Role
from tests.sensors.content.pieced import damaged, grids, package, passage, pieces_of, reasons, texts

_TEXT = "application/vnd.oasis.opendocument.text"
_TABLE = "application/vnd.oasis.opendocument.spreadsheet"
_SHOW = "application/vnd.oasis.opendocument.presentation"
_BASE = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{short}="{_BASE}:{long}:1.0"'
    for short, long in (
        *(("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing")),
        *(("style", "style"), ("svg", "svg-compatible"), ("presentation", "presentation")),
        ("meta", "meta"),
    )
)
MARK = "机密★10年"


def opendocument(media: str, body: str, **parts: str) -> bytes:
    """Return a document; `parts` are the contents of further parts of XML by their names."""
    content = f"<office:document-content {_SPACES}>{body}</office:document-content>"
    named = {
        f"{name}.xml": f"<office:document {_SPACES}>{held}</office:document>"
        for name, held in parts.items()
    }
    return package({"mimetype": media, "content.xml": content, **named})


def story(*paragraphs: str) -> bytes:
    """Return a text document."""
    held = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    return opendocument(_TEXT, f"<office:body><office:text>{held}</office:text></office:body>")


def test_spans_of_a_paragraph_are_joined_with_their_spaces() -> None:
    held = 'A机<text:span>密★</text:span>10<text:s text:c="2"/>年<text:tab/>特<text:line-break/>急'
    assert texts(pieces_of(story(held))) == ["A机密★10  年\t特\n急"]


_BOXED = "<draw:frame><draw:text-box><text:p>旁文</text:p></draw:text-box></draw:frame>"
_NOTED = "<text:note><text:note-body><text:p>旁文</text:p></text:note-body></text:note>"


@pytest.mark.parametrize(
    ("anchored", "role"),
    [
        (_NOTED, "footnote"),
        ("<office:annotation><text:p>旁文</text:p></office:annotation>", "comment"),
        (_BOXED, "text_box"),
        ("<draw:frame><svg:desc>旁文</svg:desc></draw:frame>", "alt_text"),
    ],
)
def test_what_is_anchored_in_a_paragraph_is_told_apart_from_it(anchored: str, role: Role) -> None:
    pieces = pieces_of(story(f"前{anchored}后"))
    assert texts(pieces, role) == ["旁文"]
    assert texts(pieces, "body") == ["前后"]


def test_deleted_text_is_a_revision() -> None:
    held = (
        "<office:body><office:text><text:tracked-changes><text:changed-region><text:deletion>"
        "<text:p>删去字</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>留下字</text:p></office:text></office:body>"
    )
    pieces = pieces_of(opendocument(_TEXT, held))
    assert (texts(pieces, "revision"), texts(pieces, "body")) == (["删去字"], ["留下字"])


def test_headers_and_data_of_the_document_are_read() -> None:
    styles = (
        "<style:master-page><style:header><text:p>页眉字</text:p></style:header>"
        "<style:footer><text:p>页脚字</text:p></style:footer></style:master-page>"
    )
    meta = '<meta:user-defined meta:name="密级">内部</meta:user-defined>'
    pieces = pieces_of(opendocument(_TEXT, "", styles=styles, meta=meta))
    assert (texts(pieces, "header"), texts(pieces, "footer")) == (["页眉字"], ["页脚字"])
    assert texts(pieces, "property") == ["密级: 内部"]


def row(*cells: str, more: str = "") -> str:
    """Return a row of a table."""
    held = "".join(
        f'<table:table-cell office:value-type="string" ><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row {more}>{held}</table:table-row>"


def test_a_table_in_a_text_is_a_grid_once() -> None:
    held = row("姓名", "号码") + row("甲某", "1") + row("乙某", "2")
    table = (
        f"<office:body><office:text><table:table>{held}</table:table></office:text></office:body>"
    )
    pieces = pieces_of(opendocument(_TEXT, table))
    assert [grid.header for grid in grids(pieces)] == [["姓名", "号码"]]
    assert not texts(pieces)


def test_cells_of_a_table_document_come_with_hidden_rows_apart_and_comments_beside() -> None:
    rows = (
        row("姓名", "号码")
        + row("甲某", "1")
        + row("乙某", "2", more='table:visibility="collapse"')
        + row("丙某<office:annotation><text:p>格注</text:p></office:annotation>", "3")
    )
    table = (
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="人员">{rows}</table:table></office:spreadsheet></office:body>'
    )
    manifest = {"META-INF/manifest": ""}
    pieces = pieces_of(opendocument(_TABLE, table, **manifest))
    assert [(grid.place.role, grid.columns[0][0]) for grid in grids(pieces)] == [
        ("body", "甲某"),
        ("hidden", "乙某"),
        ("body", "丙某"),
    ]
    assert texts(pieces, "comment") == ["格注"]
    assert not texts(pieces, "body")


def test_a_table_document_that_lacks_its_manifest_still_gives_its_cells() -> None:
    rows = row("姓名", "号码") + row("甲某", "1") + row("乙某", "2")
    held = f"<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet>"
    pieces = pieces_of(opendocument(_TABLE, f"<office:body>{held}</office:body>"))
    assert [list(column) for column in grids(pieces)[0].columns] == [["甲某", "乙某"], ["1", "2"]]


def test_slides_have_numbers_notes_and_hidden_ones() -> None:
    held = (
        '<style:style style:name="off"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style><office:body><office:presentation>'
        f"<draw:page><draw:frame><draw:text-box><text:p>{MARK}</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>备注字</text:p></draw:text-box>"
        '</draw:frame></presentation:notes></draw:page><draw:page draw:style-name="off">'
        "<draw:frame><draw:text-box><text:p>藏页字</text:p></draw:text-box></draw:frame>"
        "</draw:page></office:presentation></office:body>"
    )
    pieces = pieces_of(opendocument(_SHOW, held))
    assert passage(pieces, MARK).place.role == "body"
    assert passage(pieces, MARK).place.page == 1
    assert texts(pieces, "note") == ["备注字"]
    assert texts(pieces, "hidden") == ["藏页字"]


def test_a_document_that_asks_for_a_password_is_encrypted() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    parts: dict[str, str | bytes] = {
        "mimetype": _TEXT,
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": manifest,
    }
    assert reasons(pieces_of(package(parts))) == ["encrypted"]


def test_damage_never_raises() -> None:
    for hurt in damaged(story("正文", "机<text:span>密</text:span>"), 300):
        assert pieces_of(hurt)
