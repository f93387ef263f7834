"""Terms of secrecy: how long, until when, or until what happens."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

TermKind = Literal["long", "span", "date", "condition"]

LIMITS: Final[Mapping[str, int]] = {"绝密": 30, "机密": 20, "秘密": 10}
"""Years that each level may last at most (保守国家秘密法 2024 art 20), unless it says 长期."""

_LONG: Final = frozenset({"长期", "永久"})
_YEARS_OF: Final[Mapping[str, float]] = {
    "年": 1,
    "个月": 1 / 12,
    "月": 1 / 12,
    "周": 7 / 365,
    "日": 1 / 365,
    "天": 1 / 365,
}
_UNIT: Final = "(?:年|个 ?月|月|周|日|天)"
_NUMBER: Final = r"(?:\d(?: ?\d){0,2}|[一二三四五六七八九十两百]{1,4})"
_YEAR: Final = r"(?:1 ?9|2 ?0)(?: ?\d){2}"
_END: Final = (
    r"(?=[ \t\n]*(?:$|[\n\t ]|[^\u4e00-\u9fffA-Za-z0-9★]|"
    r"特提|特急|加急|平急|急件|份号|编号|第[ \d]+[号份]|共[ \d]+份))"
)
"""What may stand behind a term: nothing, a gap, a sign, or another element of the head."""

TERM: Final = (
    r"[长長] ?期|永 ?久"
    rf"|{_NUMBER} ?{_UNIT}{_END}"
    rf"|(?:至|到)? ?{_YEAR} ?年(?: ?\d{{1,2}} ?月(?: ?\d{{1,2}} ?日)?)?(?:前|止|解密)?{_END}"
    rf"|(?:至|到)? ?{_YEAR}[-./]\d{{1,2}}[-./]\d{{1,2}}{_END}"
    r"|启用(?:并使用完毕)?前|(?:开考|考试(?:结束)?|使用(?:完毕)?)前"
    rf"|[\u4e00-\u9fff0-9、·“”]{{1,24}}?(?:前|后|之日|之时|为止|期满|时){_END}"
    rf"|{_NUMBER} ?{_UNIT}"
    rf"|(?:至|到)? ?{_YEAR} ?年(?: ?\d{{1,2}} ?月(?: ?\d{{1,2}} ?日)?)?"
)
"""A term behind the star, in normalised text. Those that end well are tried first."""

_SPAN: Final = re.compile(rf"({_NUMBER})({_UNIT.replace(' ?', '')})")
_DATE: Final = re.compile(r"[至到]?((?:19|20)\d\d)(?:年|[-./])")
_DIGITS: Final = {char: place for place, char in enumerate("一二三四五六七八九", start=1)} | {
    "两": 2
}


class Term(NamedTuple):
    """A term. `years` is how long a span lasts, or the year of a date; 0 for others."""

    kind: TermKind
    text: str
    years: float


def term_of(found: str) -> Term:
    """Return the term that a stretch matching `TERM` is."""
    text = re.sub(r"\s", "", found).replace("長", "长")
    if text in _LONG:
        return Term("long", text, 0)
    if span := _SPAN.fullmatch(text):
        return Term("span", text, _number(span[1]) * _YEARS_OF[span[2]])
    if date := _DATE.match(text):
        kind: TermKind = "date" if text[-1] not in "后时" and "用" not in text else "condition"
        return Term(kind, text, int(date[1]))
    return Term("condition", text, 0)


def over_limit(level: str, term: Term | None, issued: int | None = None) -> bool:
    """Tell whether a term is longer than its level may last. `issued`: year of the document."""
    limit = LIMITS.get(level)
    if limit is None or term is None:
        return False
    if term.kind == "date":
        return issued is not None and term.years - issued > limit
    return term.kind == "span" and term.years > limit


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    in_tens = _DIGITS.get(tens, 1) * 10 if ten else 0
    return _DIGITS.get(hundreds, 0) * 100 + in_tens + _DIGITS.get(ones, 0)
