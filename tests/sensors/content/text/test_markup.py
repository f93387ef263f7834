"""XML: what repeats is a table, everything else tag and text; nothing is resolved or fetched."""

from situation.content.piece import Block
from tests.sensors.content.pieced import grids, pieces_of, reasons, texts

PEOPLE = (
    '<?xml version="1.0" encoding="{}"?><people><!-- 草稿 -->'
    '<person id="1"><姓名>甲某</姓名><tel>0755</tel></person>'
    '<person id="2"><姓名>乙某</姓名><tel>0756</tel></person>'
    "<p>一段<b>强调</b>的文字</p><server><password>示例</password></server></people>"
)


def test_elements_that_repeat_are_a_table() -> None:
    (grid,) = grids(pieces_of(PEOPLE.format("UTF-8").encode(), "a.xml"))
    assert grid.name == "person"
    assert list(grid.header) == ["id", "姓名", "tel"]
    assert [list(column) for column in grid.columns] == [
        ["1", "2"],
        ["甲某", "乙某"],
        ["0755", "0756"],
    ]


def test_other_texts_come_with_their_tag_and_mixed_text_as_one() -> None:
    pieces = pieces_of(PEOPLE.format("UTF-8").encode(), "a.xml")
    assert texts(pieces, "body") == ["一段强调的文字", "password: 示例"]
    assert texts(pieces, "comment") == ["草稿"]


def test_the_encoding_that_the_head_names_is_used() -> None:
    (grid,) = grids(pieces_of(PEOPLE.format("GB18030").encode("gb18030"), "a.xml"))
    assert list(grid.columns[1]) == ["甲某", "乙某"]


def test_a_head_that_lies_about_the_encoding_leaves_text() -> None:
    pieces = pieces_of(PEOPLE.format("UTF-8").encode("gb18030"), "a.xml")
    text = b"".join(piece.data for piece in pieces if isinstance(piece, Block)).decode()
    assert "<姓名>甲某</姓名>" in text


def test_rows_of_attributes_are_a_table() -> None:
    (grid,) = grids(pieces_of(b'<r><x k="1" m="a"/><x k="2" m="b"/></r>', "a.xml"))
    assert list(grid.header) == ["k", "m"]


def test_a_namespace_is_left_out_of_tags() -> None:
    data = '<n:r xmlns:n="urn:x"><n:a>甲</n:a></n:r>'.encode()
    assert texts(pieces_of(data, "a.xml")) == ["a: 甲"]


def test_an_entity_of_a_file_is_not_resolved_and_is_said() -> None:
    data = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>a&x;b</r>'
    pieces = pieces_of(data, "a.xml")
    assert reasons(pieces) == ["broken"]
    assert not any("/" in text for text in texts(pieces))


def test_entities_that_multiply_end_in_a_reason() -> None:
    levels = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))
    data = f'<!DOCTYPE r [<!ENTITY e0 "haha">{levels}]><r>&e9;</r>'.encode()
    assert set(reasons(pieces_of(data, "a.xml"))) <= {"ratio", "broken"}
    assert reasons(pieces_of(data, "a.xml"))


def test_markup_that_is_nested_too_deep_is_read_as_text_and_said() -> None:
    pieces = pieces_of(b"<a>" * 20_000 + b"x" + b"</a>" * 20_000, "a.xml")
    assert reasons(pieces) == ["too_deep"]
    assert any(isinstance(piece, Block) and b"x" in piece.data for piece in pieces)


def test_what_follows_a_fault_is_text_and_nothing_before_it_comes_twice() -> None:
    data = b"<r>\n<a>one</a>\n<a>two</a>\n<b></c>\n<a>three</a>\n</r>"
    pieces = pieces_of(data, "a.xml")
    text = b"".join(piece.data for piece in pieces if isinstance(piece, Block))
    assert b"three" in text
    assert b"one" not in text


def test_a_million_leaves_of_one_element_are_told_in_order() -> None:
    data = b"<r>" + b"".join(b"<a>%d</a>" % number for number in range(20_000)) + b"</r>"
    told = "\n".join(texts(pieces_of(data, "a.xml"))).replace("a: ", "").split("\n")
    assert sorted(map(int, told)) == list(range(20_000))
