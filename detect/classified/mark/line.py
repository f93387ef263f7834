"""Lines of a document, and the marks sighted in them with what stands around."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from detect.classified.mark.grammar import Form
from situation.content.place import Box, Place

BEFORE: Final = 15
"""Lines in front of a mark that are looked at (GB/T 9704-2012: the whole head of a document)."""
AFTER: Final = 20
"""Lines behind it: title and first paragraph, or the candidates' notes of an exam paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line in normal form. `number` counts the lines of its document from 1, 0 if unknown.

    `cells` are the other cells of its row where it is a cell, `column` the heading above it and
    `fellows` how many cells of that column hold a mark, and how many different ones.
    """

    text: str
    place: Place
    number: int = 0
    box: Box | None = None
    points: float | None = None
    cells: Sequence[str] = ()
    column: str = ""
    fellows: tuple[int, int] = (0, 0)


@dataclass(slots=True, kw_only=True)
class Sighting:
    """A mark that was seen: its form, its line, the lines around it, the forms beside it.

    `after` grows until enough lines were read. `beside` are the other forms of its line, `near`
    those of the lines close by. `title` holds the first lines of the document `document`, and
    `levels` how many different levels bear a star in all of it.
    """

    form: Form
    line: Line
    before: Sequence[str]
    at: int = 0
    """Number of its line in the order of reading."""
    after: list[str] = field(default_factory=list)
    beside: Sequence[Form] = ()
    near: list[Form] = field(default_factory=list)
    document: str = ""
    title: Sequence[str] = ()
    levels: int = 0

    @property
    def settled(self) -> bool:
        """Whether enough was read behind it."""
        return len(self.after) >= AFTER

    @property
    def left(self) -> str:
        """What stands in front of it in its line."""
        return self.line.text[max(0, self.form.start - _FAR) : self.form.start]

    @property
    def right(self) -> str:
        """What stands behind it in its line."""
        return self.line.text[self.form.end : self.form.end + _FAR]

    @property
    def around(self) -> str:
        """All that is at hand around it."""
        return "\n".join((*self.before, self.left, self.right, *self.line.cells, *self.after))


_FAR: Final = 300
_ELEMENT: Final = re.compile(
    r"密 ?级(?:[和及与]保密期限|标志)?|保密(?:期限|等级|级别)|文件密级|等级|紧急程度|缓急|"
    r"特提|特急|加急|平急|急件|普通件|份号|编号|序号|No\.?|№|第 ?\d+ ?[份号]|共 ?\d+ ?份|"
    r"(?<!\d)\d(?: ?\d){5}(?!\d)|[\s:：\[\](){}【】〔〕〈〉<>《》|,，/\\_—–#*=~-]"
)


def is_alone(sighting: Sighting) -> bool:
    """Tell whether a mark fills its line, but for other elements of a head (GB/T 9704-2012, 7.2).

    Copy number, label, urgency and brackets may stand beside it.
    """
    rest = f"{sighting.left} {sighting.right}"
    return len(rest) <= _LONGEST_HEAD and not _ELEMENT.sub("", rest)


_LONGEST_HEAD: Final = 60
