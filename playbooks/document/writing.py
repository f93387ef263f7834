"""Runs and paragraphs of a Word file with Chinese fonts by name, and its fields."""

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt, RGBColor
from docx.styles.style import CharacterStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, TITLE, HEADING, SUBHEADING = "仿宋", "方正小标宋简体", "黑体", "楷体"
"""The faces that GB/T 9704-2012 names; the reader's machine has them."""
LATIN = "Times New Roman"


def element(name: str, **attributes: str | float) -> BaseOxmlElement:
    """Return an element `w:name` with attributes of the same namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def dress(target: Run | CharacterStyle, face: str, size: float) -> None:
    """Give a run or a style its face and its size in points."""
    target.font.name = LATIN
    target.font.size = Pt(size)
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    # Quotation marks, dashes and Ⅱ are in both kinds of font; the hint takes the Chinese one.
    fonts.set(qn("w:hint"), "eastAsia")


def write(
    paragraph: Paragraph, text: str, face: str, size: float, *, colour: str | None = None
) -> Run:
    """Add a run of plain text to the paragraph; line breaks in it stay such."""
    run = paragraph.add_run(text)
    dress(run, face, size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def write_field(paragraph: Paragraph, name: str, size: float) -> None:
    """Add a number that Word counts: `PAGE` or `NUMPAGES`."""
    for part in (
        element("fldChar", fldCharType="begin"),
        _instruction(name),
        element("fldChar", fldCharType="separate"),
        None,
        element("fldChar", fldCharType="end"),
    ):
        run = write(paragraph, "1" if part is None else "", BODY, size)
        if part is not None:
            run._r.append(part)  # noqa: SLF001 - python-docx has no fields


def rule(paragraph: Paragraph, *, colour: str, eighths: int, space: int) -> None:
    """Draw a line under the paragraph, as wide as it; `eighths` of a point thick."""
    lines = element("pBdr")
    lines.append(element("bottom", val="single", sz=eighths, space=space, color=colour))
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - no borders there
        lines, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _instruction(name: str) -> BaseOxmlElement:
    instruction = element("instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {name} "
    return instruction
