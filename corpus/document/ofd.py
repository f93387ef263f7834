"""OFD (GB/T 33190-2016): pages, a template page, annotations, attachments, a seal."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from corpus.document.archive import Member, write_zip
from corpus.document.draft import Draft
from corpus.mark.page import LINE, PAGE_HEIGHT, PAGE_WIDTH, POINT, Line

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_AREA = f"<ofd:PhysicalBox>0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}</ofd:PhysicalBox>"
_ROWS = 22
_WIDE = 28


def _object(number: int, line: Line) -> str:
    """Write a text object, boundary and size in millimetres, each run a text code of its own."""
    left, top = line.left * PAGE_WIDTH, line.top * PAGE_HEIGHT
    width, height = max(len(line.text), 1) * line.points * POINT, line.points * POINT * 1.3
    codes, at = [], 0.0
    for part in line.runs or (line.text,):
        codes.append(
            f'<ofd:TextCode X="{at:.3f}" Y="{height * 0.8:.3f}">{escape(part)}</ofd:TextCode>'
        )
        at += len(part) * line.points * POINT
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{left:.3f} {top:.3f} {width:.3f} {height:.3f}" '
        f'Font="2" Size="{line.points * POINT:.4f}">{"".join(codes)}</ofd:TextObject>'
    )


def _content(lines: Sequence[Line], first: int, template: str = "") -> str:
    objects = "".join(_object(first + number, line) for number, line in enumerate(lines))
    return (
        f"{_XML}<ofd:Page {_SPACE}><ofd:Area>{_AREA}</ofd:Area>{template}"
        f'<ofd:Content><ofd:Layer ID="{first + 900}">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def _line(text: str, row: float, points: float = 16.0, left: float = 28.0) -> Line:
    top = (37 + row * LINE) / PAGE_HEIGHT
    return Line(
        text=text, left=left / PAGE_WIDTH, top=top, right=0.9, bottom=top + 0.02, points=points
    )


def _pages(draft: Draft) -> list[list[Line]]:
    placed = list(draft.lines)
    lowest = max((line.bottom * PAGE_HEIGHT - 37) / LINE for line in placed) + 1 if placed else 0
    flowing = [draft.title] if draft.title else []
    flowing += [*draft.paragraphs, *draft.text_boxes, *draft.footnotes]
    flowing += ["  ".join(row) for row in draft.table]
    texts = [text[at : at + _WIDE] for text in flowing for at in range(0, max(len(text), 1), _WIDE)]
    pages = [placed]
    for number, text in enumerate(texts):
        at = number + int(lowest)
        while len(pages) <= at // _ROWS:
            pages.append([])
        pages[at // _ROWS].append(_line(text, at % _ROWS))
    return pages


def _document(count: int, draft: Draft) -> str:
    pages = "".join(
        f'<ofd:Page ID="{10 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(count)
    )
    attachments = (
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>" if draft.attachments else ""
    )
    return (
        f"{_XML}<ofd:Document {_SPACE}><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID>"
        f"<ofd:PageArea>{_AREA}</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        '<ofd:TemplatePage ID="5" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f"<ofd:Pages>{pages}</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        f"{attachments}</ofd:Document>"
    )


def _root(draft: Draft) -> str:
    known = {"title": "Title", "creator": "Author", "subject": "Subject", "description": "Abstract"}
    rows = "".join(
        f"<ofd:{tag}>{escape(draft.properties[key])}</ofd:{tag}>"
        for key, tag in known.items()
        if key in draft.properties
    )
    own = "".join(
        f"<ofd:CustomData Name={quoteattr(key)}>{escape(value)}</ofd:CustomData>"
        for key, value in draft.properties.items()
        if key not in {*known, "keywords"}
    )
    words = draft.properties.get("keywords")
    keywords = (
        f"<ofd:Keywords><ofd:Keyword>{escape(words)}</ofd:Keyword></ofd:Keywords>" if words else ""
    )
    customs = f"<ofd:CustomDatas>{own}</ofd:CustomDatas>" if own else ""
    return (
        f'{_XML}<ofd:OFD {_SPACE} Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID>{rows}{keywords}{customs}"
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>"
    )


def _annotations(draft: Draft) -> str:
    stamps = "".join(
        f'<ofd:Annot ID="{700 + n}" Type="Stamp" Creator="王" LastModDate="2026-03-01">'
        f'<ofd:Appearance Boundary="100 40 60 10">{_object(800 + n, _line(text, 0))}'
        "</ofd:Appearance></ofd:Annot>"
        for n, text in enumerate(draft.annotations)
    )
    remarks = "".join(
        f'<ofd:Annot ID="{750 + n}" Type="Highlight" Creator="王" LastModDate="2026-03-01">'
        f'<ofd:Remark>{escape(text)}</ofd:Remark><ofd:Appearance Boundary="0 0 1 1"/></ofd:Annot>'
        for n, text in enumerate(draft.comments)
    )
    rows = stamps + remarks
    return f"{_XML}<ofd:PageAnnot {_SPACE}>{rows}</ofd:PageAnnot>"


def _attachments(draft: Draft) -> str:
    rows = "".join(
        f'<ofd:Attachment ID="{n}" Name={quoteattr(name)} Format="{name.rsplit(".", 1)[-1]}">'
        f"<ofd:FileLoc>file_{n}.{name.rsplit('.', 1)[-1]}</ofd:FileLoc></ofd:Attachment>"
        for n, (name, _) in enumerate(draft.attachments)
    )
    return f"{_XML}<ofd:Attachments {_SPACE}>{rows}</ofd:Attachments>"


def _fixed() -> dict[str, str]:
    """Parts that are the same in each file: fonts, the list of annotations, the list of seals."""
    return {
        "Doc_0/PublicRes.xml": (
            f'{_XML}<ofd:Res {_SPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="仿宋" '
            'FamilyName="仿宋"/></ofd:Fonts></ofd:Res>'
        ),
        "Doc_0/Annots/Annotations.xml": (
            f'{_XML}<ofd:Annotations {_SPACE}><ofd:Page PageID="10">'
            "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        ),
        "Doc_0/Signs/Signatures.xml": (
            f'{_XML}<ofd:Signatures {_SPACE}><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" '
            'Type="Seal" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'
        ),
        "Doc_0/Signs/Sign_0/Signature.xml": (
            f'{_XML}<ofd:Signature {_SPACE}><ofd:SignedInfo><ofd:Provider ProviderName="示例印章" '
            'Version="1.0"/><ofd:StampAnnot ID="1" PageRef="10" Boundary="130 220 42 42"/>'
            "</ofd:SignedInfo></ofd:Signature>"
        ),
    }


def _template(draft: Draft) -> str:
    lines = [_line(text, -2 + number) for number, text in enumerate(draft.template)]
    lines += [_line(text, -2.4, 10.5) for text in (draft.header,) if text]
    lines += [_line(text, 23, 10.5, 90) for text in (draft.footer,) if text]
    return _content(lines, 2000)


def write_ofd(draft: Draft) -> bytes:
    """Write an OFD; lines keep their places, the header stands on the template page."""
    pages = _pages(draft)
    parts = {
        "OFD.xml": _root(draft),
        "Doc_0/Document.xml": _document(len(pages), draft),
        "Doc_0/Tpls/Tpl_0/Content.xml": _template(draft),
        "Doc_0/Annots/Page_0/Annotation.xml": _annotations(draft),
        **_fixed(),
    }
    template = '<ofd:Template TemplateID="5" ZOrder="Background"/>'
    for number, lines in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _content(
            lines, 3000 + 1000 * number, template
        )
    if draft.attachments:
        parts["Doc_0/Attachs/Attachments.xml"] = _attachments(draft)
    files = [Member(name=name, data=part.encode()) for name, part in parts.items()]
    for number, (name, data) in enumerate(draft.attachments):
        end = name.rsplit(".", 1)[-1]
        files.append(Member(name=f"Doc_0/Attachs/file_{number}.{end}", data=data))
    return write_zip(files)
