"""The page of a Word file: margins, grid, what stands at its head and foot."""

from typing import Final, cast

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.section import Section, _Footer, _Header
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from playbooks.document import layout
from playbooks.document.block import Document
from playbooks.document.writing import BODY, HEADING, dress, element, rule, write, write_field

_GRID_UNIT: Final = 4096
"""Word counts the change of a character's width in 4096ths of a point."""
_TWIPS: Final = 20
_FOOT_MM: Final = 21.5
"""The foot begins so far above the edge that the number stands 7 mm below the text."""


def prepare(file: WordFile, document: Document) -> None:
    """Set the page, the plain style, the head and the foot of every page, the properties."""
    normal = _plain_style(file)
    section = file.sections[0]
    _set_page(section)
    file.settings.odd_and_even_pages_header_footer = True
    for header in (section.header, section.even_page_header):
        _write_head(_first_line(header, normal), header, document)
    _write_foot(_first_line(section.footer, normal), WD_ALIGN_PARAGRAPH.RIGHT)
    _write_foot(_first_line(section.even_page_footer, normal), WD_ALIGN_PARAGRAPH.LEFT)
    _set_properties(file, document)


def _plain_style(file: WordFile) -> ParagraphStyle:
    normal = cast("ParagraphStyle", file.styles["Normal"])
    dress(normal, BODY, layout.BODY)
    normal.element.get_or_add_rPr().append(element("lang", val="en-GB", eastAsia="zh-CN"))
    # Word would set figures and Latin letters apart from Chinese; official documents do not.
    for name in ("autoSpaceDE", "autoSpaceDN"):
        normal.element.get_or_add_pPr().append(element(name, val="0"))
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(layout.LINE)
    return normal


def _first_line(place: _Header | _Footer, normal: ParagraphStyle) -> Paragraph:
    # The styles of head and foot in the library's template have tab stops of their own.
    place.is_linked_to_previous = False
    line: Paragraph = place.paragraphs[0]
    line.style = normal
    return line


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(15), Mm(_FOOT_MM)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no grid
    narrower = round((layout.CHARACTER - layout.BODY) * _GRID_UNIT)
    for key, value in (
        ("type", "linesAndChars"),
        ("linePitch", round(layout.LINE * _TWIPS)),
        ("charSpace", narrower),
    ):
        grid.set(qn(f"w:{key}"), str(value))


def _write_head(line: Paragraph, header: _Header, document: Document) -> None:
    words = layout.HEAD_WORDS[document.language]
    if document.drill:
        _mark_drill(line, words["drill"])
        line = header.add_paragraph()
    _small(line)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(layout.TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    said = "　".join(each for each in (document.number, document.grade) if each)
    write(line, f"{said}\t", BODY, layout.HEAD)
    before, between, after = words["page"].replace("{page}", "{pages}").split("{pages}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        write(line, text, BODY, layout.HEAD)
        if field:
            write_field(line, field, layout.HEAD)
    rule(line, colour="000000", eighths=4, space=1)


def _mark_drill(line: Paragraph, words: str) -> None:
    """Hatch the line, as the console hatches what belongs to a drill."""
    _small(line)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - no shading there
        element("shd", val="thinDiagStripe", color="808080", fill="FFFFFF"),
        "w:tabs",
        "w:spacing",
        "w:ind",
        "w:jc",
        "w:rPr",
    )
    run = write(line, f" {words} ", HEADING, layout.HEAD)
    run._r.get_or_add_rPr().append(  # noqa: SLF001 - same
        element("shd", val="clear", color="auto", fill="FFFFFF")
    )


def _write_foot(line: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    _small(line)
    line.alignment = side
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(layout.BODY)
    write(line, "— ", BODY, layout.PAGE_NUMBER)
    write_field(line, "PAGE", layout.PAGE_NUMBER)
    write(line, " —", BODY, layout.PAGE_NUMBER)


def _small(line: Paragraph) -> None:
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _set_properties(file: WordFile, document: Document) -> None:
    properties = file.core_properties
    properties.title, properties.author = document.subject[:255], document.issuer[:255]
    properties.subject, properties.comments = document.number[:255], ""
    properties.last_modified_by = document.issuer[:255]
    properties.language = "zh-CN" if document.language == "zh" else "en-GB"
    # The template of the library dates from 2013; a file without a date claims nothing.
    for tag in ("dcterms:created", "dcterms:modified"):
        found = properties._element.find(qn(tag))  # noqa: SLF001 - no way to unset a date
        if found is not None:
            properties._element.remove(found)  # noqa: SLF001 - same
