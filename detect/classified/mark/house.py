"""Wording for the house, 内部资料 or 不得外传: it has no form by law and is weak by itself."""

from typing import Final

from detect.classified.mark.line import Line
from detect.classified.mark.scoring import within
from detect.classified.mark.wording import HOUSE
from situation.content.verdict import Mark, Reason

_LONGEST: Final = 40
_HEAD_LINES: Final = 5
_BASE, _ALONE, _AHEAD = 25, 25, 20
_ROLES: Final = frozenset({"header", "footer", "text_box", "subject", "template", "annotation"})
_SIGNS: Final = ' \t,，;；、·★。.!！:：()（）[]【】“”"-—_'


def house_mark(line: Line) -> Mark | None:
    """Return the wording of a line that says that it is for the house alone, if it has its place.

    In a sentence it says nothing; alone on its line, or in the head of a document, it does.
    """
    if len(line.text) > _LONGEST or not (found := HOUSE.search(line.text)):
        return None
    rest = HOUSE.sub("", line.text).strip(_SIGNS)
    score = _BASE + (_ALONE if not rest else 0) + (_AHEAD if _is_ahead(line) else 0)
    if score <= _BASE or (rest and len(rest) > len(found[0])):
        return None
    text = found[0].strip(_SIGNS)
    return Mark(
        classed="work_secret",
        level="",
        text=text,
        term="",
        score=score,
        place=line.place,
        box=line.box,
        reasons=(Reason(code="house", detail=f"{score:+d}"),),
    )


def _is_ahead(line: Line) -> bool:
    place = line.place
    if place.role in _ROLES:
        return True
    if line.box is not None:
        return (place.page or 1) == 1 and within(line.box)
    return 1 <= line.number <= _HEAD_LINES
