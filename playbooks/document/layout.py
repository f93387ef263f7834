"""The figures of a page after GB/T 9704-2012, the format of official documents.

Clause 5.2: A4, 37 mm above and 28 mm left of a text area of 156 by 225 mm, 22 lines of 28
characters in size 3 (16 points). Clause 7: title in size 2 (22 points), headings in Hei and Kai,
page number in size 4 (14 points) between dashes, outside, 7 mm below the text. Tables and the
head of each page are not ruled by the standard; theirs are a choice.
"""

from typing import Final

TOP_MM: Final = 37.0
BOTTOM_MM: Final = 35.0
LEFT_MM: Final = 28.0
RIGHT_MM: Final = 26.0
TEXT_WIDTH_MM: Final = 156.0
TEXT_HEIGHT_MM: Final = 225.0
LINES: Final = 22
CHARACTERS: Final = 28

POINTS_A_MM: Final = 72 / 25.4
BODY: Final = 16.0
"""Size 3 (三号) in points; the sizes below are size 2, 4 and 5 and small 4."""
TITLE: Final = 22.0
PAGE_NUMBER: Final = 14.0
FORM: Final = 12.0
TABLE: Final = 10.5
HEAD: Final = 10.5
LETTERHEAD: Final = 36.0
ABOVE_LETTERHEAD_MM: Final = 12.0
"""Less than the 35 mm of clause 7.2.4: a form of two pages should not become one of three."""

LINE: Final = TEXT_HEIGHT_MM * POINTS_A_MM / LINES
"""Distance of lines in points."""
CHARACTER: Final = TEXT_WIDTH_MM * POINTS_A_MM / CHARACTERS
"""Width of a character in points: a little less than its size, so that 28 fill a line."""

_FIRST_WIDE = "\u2e80"

RED: Final = "E60012"
"""The red of the letterhead and its rule; everything else is black (clause 5.2.4)."""


def letterhead_size(name: str) -> float:
    """Return the size of a letterhead in points, so that the name stands in one line."""
    wide = sum(1.0 if character >= _FIRST_WIDE else 0.55 for character in name)
    fits = 0.98 * TEXT_WIDTH_MM * POINTS_A_MM / max(wide, 1.0)
    return round(max(BODY, min(LETTERHEAD, fits)), 1)


WHOLE_ROW: Final = 400
"""Rows of fewer characters are not broken between two pages."""
FORM_WIDTHS: Final = (25, 75)
"""Shares of label and value in a form."""
HEAD_WORDS: Final = {
    "zh": {"page": "第 {page} 页 共 {pages} 页", "drill": "【演练】本文件仅用于演练"},
    "en": {"page": "page {page} of {pages}", "drill": "[DRILL] This document is for a drill only"},
}
"""What stands at the head of each page, by language."""
