"""Documents as PDF: one Typst file lays out the blocks; the fonts are embedded."""

import dataclasses
import functools
import json
import pathlib
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal

import typst

from playbooks.document import layout
from playbooks.document.block import Block, Document
from situation.faults import Misconfigured

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PAGE = pathlib.Path(__file__).with_name("page.typ")
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN", "SimSun")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_FACES: dict[str, tuple[str, ...]] = {
    "body": ("FangSong_GB2312", "FangSong", "FZFangSong-Z02", "STFangsong", *_SERIF, *_SANS),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", *_SERIF, *_SANS),
    "heading": ("SimHei", "FZHei-B01", "STHeiti", *_SANS, *_SERIF),
    "subheading": ("KaiTi_GB2312", "KaiTi", "STKaiti", "AR PL UKai CN", *_SERIF, *_SANS),
}
"""The families for each part of a document; the first that is there is taken."""

_LAYOUT: dict[str, object] = {
    "line": layout.LINE,
    "character": layout.CHARACTER,
    "body": layout.BODY,
    "title": layout.TITLE,
    "form": layout.FORM,
    "table": layout.TABLE,
    "head": layout.HEAD,
    "page_number": layout.PAGE_NUMBER,
    "red": layout.RED,
    "top_mm": layout.TOP_MM,
    "bottom_mm": layout.BOTTOM_MM,
    "left_mm": layout.LEFT_MM,
    "right_mm": layout.RIGHT_MM,
    "above_letterhead_mm": layout.ABOVE_LETTERHEAD_MM,
    "whole_row": layout.WHOLE_ROW,
    "form_widths": layout.FORM_WIDTHS,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Faces:
    """The fonts of this machine, and the family found for each part of a document."""

    fonts: typst.Fonts
    families: dict[str, str]


@functools.cache
def find_faces(folders: tuple[pathlib.Path, ...] = (), *, system: bool = True) -> Faces:
    """Look for the fonts in `folders` and, if `system`, where the machine keeps its own.

    Raises `Misconfigured` where there is no font for Chinese text.
    """
    fonts = typst.Fonts(include_system_fonts=system, font_paths=list(folders))
    there = set(fonts.families())
    families = {
        part: found
        for part, wanted in _FACES.items()
        if (found := _first(wanted, there)) is not None
    }
    if len(families) < len(_FACES):
        raise Misconfigured(
            "no font with Chinese characters was found; install Noto CJK (Debian: apt-get install"
            f" fonts-noto-cjk) or one of {', '.join((*_SERIF, *_SANS))}",
            where="PDF fonts",
        )
    return Faces(fonts, families)


def pdf_of(document: Document, faces: Faces | None = None) -> bytes:
    """Return the document as PDF; the same document gives the same bytes.

    A document with a date is PDF/A-2b (ISO 19005-2), as archives want it, unless it shows a
    character that none of the fonts has. Raises `Misconfigured` where the machine has no font
    for Chinese text.
    """
    faces = faces or find_faces()
    if _DAY.fullmatch(document.date):
        try:
            return _compiled(document, faces, "a-2b")
        except typst.TypstError:
            return _compiled(document, faces, "1.7")
    return _compiled(document, faces, "1.7")


def _compiled(document: Document, faces: Faces, standard: Literal["1.7", "a-2b"]) -> bytes:
    said = _said(document, faces) | {"archival": standard == "a-2b"}
    return typst.compile(
        _PAGE.read_bytes(),
        font_paths=faces.fonts,
        ignore_system_fonts=True,
        pdf_standards=standard,
        sys_inputs={"document": json.dumps(said, ensure_ascii=False)},
    )


def _said(document: Document, faces: Faces) -> dict[str, object]:
    blocks = document.blocks
    return {
        "subject": document.subject,
        "date": document.date,
        "issuer": document.issuer,
        "language": document.language,
        "number": document.number,
        "grade": document.grade,
        "drill": document.drill,
        "letterhead": any(block.kind == "letterhead" for block in blocks),
        "blocks": [
            _block(block, after) for block, after in zip_longest(blocks, blocks[1:]) if block
        ],
        "words": layout.HEAD_WORDS[document.language],
        "fonts": faces.families,
        "layout": _LAYOUT,
    }


def _block(block: Block, after: Block | None) -> dict[str, object]:
    said: dict[str, object] = dataclasses.asdict(block)
    said["before_signature"] = after is not None and after.kind == "signature"
    if block.kind == "letterhead":
        said["size"] = layout.letterhead_size(block.text)
    return said


def _first(wanted: Sequence[str], there: set[str]) -> str | None:
    return next((family for family in wanted if family in there), None)
