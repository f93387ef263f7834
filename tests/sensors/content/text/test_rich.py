"""RTF: its paragraphs, wherever they stand in the document."""

from tests.sensors.content.pieced import pieces_of, reasons, texts


def escaped(text: str) -> str:
    return "".join(f"\\'{octet:02x}" for octet in text.encode("gb18030"))


DOCUMENT = (
    r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}{\info{\title " + escaped("标题") + r"}}"
    r"{\header " + escaped("秘密") + r"}"
    r"\pard " + escaped("关于") + r"{\b " + escaped("工作") + r"}\par "
    r"\u26426?\u23494?\par plain text\line more\par"
    r"{\*\shpinst{\shptxt " + escaped("文本框") + r"\par}}"
    r"{\*\unknown left out}{\*\annotation note}}"
).encode()


def test_paragraphs_are_read_with_runs_joined() -> None:
    assert texts(pieces_of(DOCUMENT, "a.rtf"), "body") == ["关于工作", "机密", "plain text", "more"]


def test_headers_boxes_notes_and_properties_have_their_roles() -> None:
    pieces = pieces_of(DOCUMENT, "a.doc")
    assert texts(pieces, "header") == ["秘密"]
    assert texts(pieces, "text_box") == ["文本框"]
    assert texts(pieces, "property") == ["标题"]
    assert texts(pieces, "comment") == ["note"]


def test_groups_without_end_are_too_deep() -> None:
    assert reasons(pieces_of(b"{\\rtf1" + b"{" * 100_000, "a.rtf")) == ["too_deep"]
