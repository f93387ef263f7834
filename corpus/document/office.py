"""Office Open XML (ECMA-376): documents and presentations, written part by part.

Marks are split over runs; every place is used in which a text can stand: text boxes, headers and
footers, footnotes, comments, revisions, alternative texts, properties, embedded files.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from corpus.document.archive import Member, write_zip
from corpus.document.draft import Draft, runs

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_REL = f"{_OFFICE}/relationships"
_WORD_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SLIDE_TYPES = "application/vnd.openxmlformats-officedocument.presentationml"

Override = tuple[str, str]
Relation = tuple[str, str]
"""The last step of a relationship's type, and its target."""


def _types(overrides: Sequence[Override]) -> str:
    rows = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides
    )
    defaults = (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
        ("png", "image/png"),
        ("bin", "application/vnd.openxmlformats-officedocument.oleObject"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("docx", f"{_WORD_TYPES}.document"),
    )
    kinds = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults)
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{kinds}{rows}</Types>'


def _relations(relations: Sequence[Relation]) -> str:
    rows = []
    for number, (kind, target) in enumerate(relations, 1):
        root = f"{_PACKAGE}/relationships/metadata" if kind == "core-properties" else _REL
        rows.append(f'<Relationship Id="rId{number}" Type="{root}/{kind}" Target="{target}"/>')
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


_CORE = {"title": "dc:title", "subject": "dc:subject", "creator": "dc:creator",
         "keywords": "cp:keywords", "description": "dc:description"}  # fmt: skip


def _core(draft: Draft) -> str:
    rows = "".join(
        f"<{tag}>{escape(draft.properties[key])}</{tag}>"
        for key, tag in _CORE.items()
        if key in draft.properties
    )
    spaces = f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"{_XML}<cp:coreProperties {spaces}>{rows}</cp:coreProperties>"


def _custom(draft: Draft) -> str:
    own = [key for key in draft.properties if key not in _CORE]
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" '
        f"name={quoteattr(key)}><vt:lpwstr>{escape(draft.properties[key])}</vt:lpwstr></property>"
        for number, key in enumerate(own, 2)
    )
    spaces = f'xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes"'
    return f"{_XML}<Properties {spaces}>{rows}</Properties>"


def _app() -> str:
    space = f'xmlns="{_OFFICE}/extended-properties"'
    return f"{_XML}<Properties {space}><Company>示例市</Company></Properties>"


def _text(tag: str, text: str) -> str:
    parts = escape(text).split("\t")
    return "<w:tab/>".join(f'<w:{tag} xml:space="preserve">{part}</w:{tag}>' for part in parts)


def _run(text: str, tag: str = "t") -> str:
    return f"<w:r>{_text(tag, text)}</w:r>"


def _paragraph(text: str) -> str:
    return f"<w:p>{''.join(_run(part) for part in runs(text))}</w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(
        f"<w:tr>{''.join(f'<w:tc>{_paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
        for row in rows
    )
    if not rows:
        return ""
    grid = '<w:gridCol w:w="1800"/>' * len(rows[0])
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{cells}</w:tbl>"


def _box(text: str) -> str:
    return (
        '<w:p><w:r><w:pict><v:shape id="box" style="width:200pt;height:40pt"><v:textbox>'
        f"<w:txbxContent>{_paragraph(text)}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )


def _revisions(draft: Draft) -> Iterator[str]:
    who = 'w:author="李" w:date="2026-03-01T08:00:00Z"'
    for number, text in enumerate(draft.deleted, 100):
        yield f'<w:p><w:del w:id="{number}" {who}>{_run(text, "delText")}</w:del></w:p>'
    for number, text in enumerate(draft.inserted, 200):
        yield f'<w:p><w:ins w:id="{number}" {who}>{_run(text)}</w:ins></w:p>'


def _alternative(text: str, number: int) -> str:
    space = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    return (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{space}"><wp:extent cx="9525" cy="9525"/>'
        f'<wp:docPr id="{number}" name="picture" descr={quoteattr(text)}/>'
        f'<a:graphic xmlns:a="{_DRAWING}"><a:graphicData uri="{_DRAWING}/picture"/></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def _references(draft: Draft) -> Iterator[str]:
    for number in range(1, len(draft.footnotes) + 1):
        yield f'<w:p><w:r><w:footnoteReference w:id="{number}"/></w:r></w:p>'
    for number in range(len(draft.comments)):
        yield f'<w:p><w:r><w:commentReference w:id="{number}"/></w:r></w:p>'


def _word_body(draft: Draft) -> str:
    hidden = (
        f"<w:p><w:r><w:rPr><w:vanish/></w:rPr>{_text('t', text)}</w:r></w:p>"
        for text in draft.hidden
    )
    plain = [line.text for line in draft.lines if line.role == "body"]
    plain += [draft.title] if draft.title else []
    parts = (
        *map(_box, draft.boxes()),
        *map(_paragraph, (*plain, *draft.paragraphs)),
        _table(draft.table),
        *_revisions(draft),
        *hidden,
        *(_alternative(text, 300 + number) for number, text in enumerate(draft.alternatives)),
        *_references(draft),
    )
    ends = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>'
        '<w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>'
        "</w:sectPr>"
    )
    spaces = f'xmlns:w="{_W}" xmlns:r="{_REL}" xmlns:v="urn:schemas-microsoft-com:vml"'
    return f"{_XML}<w:document {spaces}><w:body>{''.join(parts)}{ends}</w:body></w:document>"


def _word_part(tag: str, content: str) -> str:
    return f'{_XML}<w:{tag} xmlns:w="{_W}">{content}</w:{tag}>'


def _notes(tag: str, item: str, texts: Sequence[str], first: int) -> str:
    rows = (
        f'<w:{item} w:id="{number}" w:author="王">{_paragraph(text)}</w:{item}>'
        for number, text in enumerate(texts, first)
    )
    return _word_part(tag, "".join(rows))


def _package(
    parts: dict[str, str | bytes], overrides: Sequence[Override], main: str, draft: Draft
) -> bytes:
    relations = (
        ("officeDocument", main),
        ("core-properties", "docProps/core.xml"),
        ("extended-properties", "docProps/app.xml"),
        ("custom-properties", "docProps/custom.xml"),
    )
    properties = (
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        (
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        ),
        (
            "/docProps/custom.xml",
            "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        ),
    )
    everything: dict[str, str | bytes] = {
        "[Content_Types].xml": _types((*overrides, *properties)),
        "_rels/.rels": _relations(relations),
        **parts,
        "docProps/core.xml": _core(draft),
        "docProps/app.xml": _app(),
        "docProps/custom.xml": _custom(draft),
    }
    return write_zip(
        [
            Member(name=name, data=part if isinstance(part, bytes) else part.encode())
            for name, part in everything.items()
        ]
    )


def write_docx(draft: Draft) -> bytes:
    """Write a WordprocessingML document (ECMA-376 part 1, clause 17)."""
    header = "".join(map(_paragraph, draft.headers())) or "<w:p/>"
    relations: list[Relation] = [
        ("header", "header1.xml"),
        ("footer", "footer1.xml"),
        ("footnotes", "footnotes.xml"),
        ("comments", "comments.xml"),
    ]
    parts: dict[str, str | bytes] = {
        "word/document.xml": _word_body(draft),
        "word/header1.xml": _word_part("hdr", header),
        "word/footer1.xml": _word_part("ftr", _paragraph(draft.footer)),
        "word/footnotes.xml": _notes("footnotes", "footnote", draft.footnotes, 1),
        "word/comments.xml": _notes("comments", "comment", draft.comments, 0),
    }
    for number, (name, data) in enumerate(draft.attachments, 1):
        target = f"embeddings/object{number}.{name.rsplit('.', 1)[-1]}"
        parts[f"word/{target}"] = data
        relations.append(("package", target))
    for number, picture in enumerate(draft.pictures, 1):
        parts[f"word/media/image{number}.png"] = picture
        relations.append(("image", f"media/image{number}.png"))
    parts["word/_rels/document.xml.rels"] = _relations(relations)
    names = ("header", "footer", "footnotes", "comments")
    files = ("header1", "footer1", "footnotes", "comments")
    overrides = [("/word/document.xml", f"{_WORD_TYPES}.document.main+xml")]
    overrides += [
        (f"/word/{file}.xml", f"{_WORD_TYPES}.{name}+xml")
        for name, file in zip(names, files, strict=True)
    ]
    return _package(parts, overrides, "word/document.xml", draft)


def _shape(number: int, text: str, alternative: str = "") -> str:
    lines = "".join(
        f"<a:p>{''.join(f'<a:r><a:t>{escape(part)}</a:t></a:r>' for part in runs(line))}</a:p>"
        for line in text.split("\n")
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="shape" descr={quoteattr(alternative)}/>'
        f"<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
    )


def _slide(tag: str, shapes: Sequence[str]) -> str:
    spaces = f'xmlns:p="{_P}" xmlns:a="{_DRAWING}" xmlns:r="{_REL}"'
    group = (
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    )
    return (
        f"{_XML}<p:{tag} {spaces}><p:cSld><p:spTree>{group}{''.join(shapes)}</p:spTree></p:cSld>"
        f"</p:{tag}>"
    )


def _presentation(count: int) -> str:
    rows = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, count + 1))
    spaces = f'xmlns:p="{_P}" xmlns:r="{_REL}"'
    return (
        f"{_XML}<p:presentation {spaces}><p:sldIdLst>{rows}</p:sldIdLst>"
        '<p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>'
        "</p:presentation>"
    )


def _slides(draft: Draft) -> list[list[str]]:
    """Return the texts of the slides: lines and title on the first, then six paragraphs each."""
    first = [
        *(line.text for line in draft.lines if line.role == "body"),
        draft.title,
        *draft.boxes(),
    ]
    first += list(draft.headers())
    rest = [*draft.paragraphs, *("\t".join(row) for row in draft.table)]
    return [first, *(rest[at : at + 6] for at in range(0, len(rest), 6))]


def write_pptx(draft: Draft) -> bytes:
    """Write a PresentationML document (ECMA-376 part 1, clause 19); hidden text has its slide."""
    slides = _slides(draft) + ([list(draft.hidden)] if draft.hidden else [])
    parts: dict[str, str | bytes] = {"ppt/presentation.xml": _presentation(len(slides))}
    overrides = [("/ppt/presentation.xml", f"{_SLIDE_TYPES}.presentation.main+xml")]
    for number, texts in enumerate(slides, 1):
        alternatives = draft.alternatives if number == 1 else ()
        shapes = [_shape(n, text) for n, text in enumerate(filter(None, texts), 2)]
        shapes += [_shape(90 + n, "", text) for n, text in enumerate(alternatives)]
        slide = _slide("sld", shapes)
        if draft.hidden and number == len(slides):
            slide = slide.replace("<p:sld ", '<p:sld show="0" ', 1)
        parts[f"ppt/slides/slide{number}.xml"] = slide
        overrides.append((f"/ppt/slides/slide{number}.xml", f"{_SLIDE_TYPES}.slide+xml"))
    _first_slide(draft, parts, overrides)
    relations = [("slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)]
    parts["ppt/_rels/presentation.xml.rels"] = _relations(relations)
    return _package(parts, overrides, "ppt/presentation.xml", draft)


def _first_slide(draft: Draft, parts: dict[str, str | bytes], overrides: list[Override]) -> None:
    """Hang notes, comments, embedded files and pictures onto the first slide."""
    relations: list[Relation] = []
    if draft.notes:
        parts["ppt/notesSlides/notesSlide1.xml"] = _slide(
            "notes", [_shape(2, "\n".join(draft.notes))]
        )
        overrides.append(("/ppt/notesSlides/notesSlide1.xml", f"{_SLIDE_TYPES}.notesSlide+xml"))
        relations.append(("notesSlide", "../notesSlides/notesSlide1.xml"))
    if draft.comments:
        rows = "".join(
            f'<p:cm authorId="0" idx="{n}"><p:pos x="0" y="0"/>'
            f"<p:text>{escape(text)}</p:text></p:cm>"
            for n, text in enumerate(draft.comments, 1)
        )
        parts["ppt/comments/comment1.xml"] = f'{_XML}<p:cmLst xmlns:p="{_P}">{rows}</p:cmLst>'
        overrides.append(("/ppt/comments/comment1.xml", f"{_SLIDE_TYPES}.comments+xml"))
        relations.append(("comments", "../comments/comment1.xml"))
    for number, (name, data) in enumerate(draft.attachments, 1):
        target = f"embeddings/object{number}.{name.rsplit('.', 1)[-1]}"
        parts[f"ppt/{target}"] = data
        relations.append(("package", f"../{target}"))
    parts["ppt/slides/_rels/slide1.xml.rels"] = _relations(relations)
